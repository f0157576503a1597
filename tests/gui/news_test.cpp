// SPDX-License-Identifier: Apache-2.0
// A server that tells much at once, and values that another key may not see.
#include "app/console/console.h"
#include "tests/gui/own_settings.h"
#include "tests/gui/picture_source.h"
#include "tests/gui/safe_console.h"
#include "tests/gui/stall_monitor.h"
#include "ui/search/search_controller.h"
#include "ui/windows/known_values.h"
#include "ui/windows/status_bar.h"

#include <QSignalSpy>
#include <QTest>

namespace exhibit::console {
namespace {

using namespace Qt::StringLiterals;

constexpr int kFlood = 1000;

/// Holds what it is asked of incidents, and knows one user.
class ToldSource : public test::PictureSource {
public:
    std::vector<std::pair<std::string, domain::AnswerTo<domain::Incident>>> asked;

    domain::Question incident(std::string id, domain::AnswerTo<domain::Incident> answer) override
    {
        asked.emplace_back(std::move(id), std::move(answer));
        return std::make_shared<int>();
    }
    domain::Question values(domain::ValuesRequest request,
                            domain::AnswerTo<domain::ValuesReply> answer) override
    {
        return PictureSource::values(std::move(request),
                                     [answer](domain::SourceResult<domain::ValuesReply> reply) {
                                         reply->values = {"ada"};
                                         answer(std::move(reply));
                                     });
    }
};

domain::LiveEvent alert()
{
    domain::LiveEvent event;
    event.type = "alert";
    event.alert = "verify.failed";
    return event;
}

domain::LiveEvent stop()
{
    domain::LiveEvent event;
    event.type = "run.stopped";
    event.runId = RunId::generate();
    event.killReason = domain::KillReason::MaxTokens;
    return event;
}

domain::LiveEvent change(const IncidentId& incident)
{
    domain::LiveEvent event;
    event.type = "incident.changed";
    event.incidentId = incident;
    return event;
}

} // namespace

class NewsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { test::useOwnSettings(u"news"_s); }
    void init()
    {
        m_console = test::openSafeConsole();
        m_source = std::make_shared<ToldSource>();
        connectIt();
        window().showHome(false);
        QTRY_COMPARE(search().state(), ui::SearchState::Done);
        QTRY_VERIFY(!m_source->asked.empty()); // The record asks for the notes of what it shows.
        m_source->asked.clear();
    }
    void cleanup() { m_console.reset(); }

    void stopsDoNotCoverAnAlert()
    {
        auto& status = window().status();
        hub().tell(alert());
        QVERIFY2(status.currentMessage().contains(u"found damage"_s),
                 qPrintable(status.currentMessage()));
        for (int i = 0; i < kFlood; ++i) {
            hub().tell(stop());
        }
        QTest::qWait(700); // The pause between two is over.
        QVERIFY2(status.currentMessage().contains(u"found damage"_s),
                 qPrintable(status.currentMessage()));
        status.clearMessage(); // As when its time is over.
        QTRY_VERIFY2(status.currentMessage().contains(u"and 999 more"_s),
                     qPrintable(status.currentMessage()));
    }

    void manyStopsAreFewAnnouncements()
    {
        auto& status = window().status();
        const QSignalSpy said(&status, &QStatusBar::messageChanged);
        for (int i = 0; i < kFlood; ++i) {
            hub().tell(stop());
        }
        QCOMPARE(said.size(), 1);
        QTRY_VERIFY2(status.currentMessage().contains(u"and 998 more"_s),
                     qPrintable(status.currentMessage()));
        QCOMPARE(said.size(), 2);
        hub().tell(alert());
        QTRY_VERIFY(status.currentMessage().contains(u"found damage"_s));
    }

    void valuesOfOneKeyAreNotThoseOfAnother()
    {
        ui::KnownValues values(hub(), nullptr);
        const QSignalSpy arrived(&values, &ui::KnownValues::arrived);
        values.want(u"user"_s, u"a"_s);
        QTRY_COMPARE(arrived.size(), 1);
        QCOMPARE(values.found(u"user"_s, u"a"_s), QStringList{u"ada"_s});
        hub().setSource(nullptr, {}, {});
        QCOMPARE(values.found(u"user"_s, u"a"_s), QStringList{u"ada"_s});
        connectIt(); // The same address: who is let in may be another.
        QVERIFY(values.found(u"user"_s, u"a"_s).isEmpty());
    }

    void changesOfWhatIsNotHereAreNotRead()
    {
        for (int i = 0; i < kFlood; ++i) {
            hub().tell(change(IncidentId::generate()));
        }
        QVERIFY(m_source->asked.empty());
        QVERIFY(search().results().rowCount() > 10);
        for (int row = 1; row <= 10; ++row) { // Not the one that the record shows.
            hub().tell(change(search().results().hit(row)->incident.incidentId));
        }
        QCOMPARE(m_source->asked.size(), std::size_t{4});
        auto changed = search().results().hit(1)->incident;
        QCOMPARE(m_source->asked.front().first, changed.incidentId.text());
        changed.title = "by now";
        m_source->asked.front().second(changed);
        QCOMPARE(search().results().hit(1)->incident.title, changed.title);
        QCOMPARE(m_source->asked.size(), std::size_t{5});
        for (std::size_t i = 1; i < m_source->asked.size(); ++i) { // Grows meanwhile.
            const auto answer = m_source->asked[i].second;
            answer(tl::make_unexpected(domain::SourceFailure{}));
        }
        QCOMPARE(m_source->asked.size(), std::size_t{10});
    }

    void aClosedWindowReadsWhenItIsOpenedAgain()
    {
        const auto changed = search().results().hit(0)->incident.incidentId;
        window().hide();
        hub().tell(change(changed));
        QVERIFY(m_source->asked.empty());
        const QSignalSpy found(&search(), &ui::SearchController::resultsShown);
        window().show();
        QTRY_COMPARE(found.size(), 1);
    }

private:
    void connectIt()
    {
        hub().setSource(m_source, u"exhibit.example"_s, u"https://exhibit.example"_s);
    }
    ui::SourceHub& hub() { return m_console->hub(); }
    ui::MainWindow& window() { return m_console->window(); }
    ui::SearchController& search() { return ui::SearchController::of(window().services()); }

    std::shared_ptr<ToldSource> m_source;
    std::unique_ptr<Console> m_console;
};

} // namespace exhibit::console

EXHIBIT_GUI_TEST_MAIN(exhibit::console::NewsTest)
#include "news_test.moc"
