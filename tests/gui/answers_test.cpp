// SPDX-License-Identifier: Apache-2.0
// Answers that come late, fail, are cancelled or hold only a part: what the console says then.
#include "app/console/console.h"
#include "tests/gui/picture_source.h"
#include "ui/detail/answer_box.h"
#include "ui/detail/fact_list.h"
#include "ui/detail/json_page.h"
#include "ui/detail/record_pane.h"
#include "ui/search/query_bar.h"
#include "ui/search/results_pane.h"
#include "ui/search/results_view.h"
#include "ui/search/search_controller.h"
#include "ui/timeline/timeline_pane.h"
#include "ui/timeline/timeline_widget.h"
#include "ui/widgets/empty_state.h"

#include <QApplication>
#include <QLabel>
#include <QSettings>
#include <QStandardPaths>
#include <QTabWidget>
#include <QTest>

namespace exhibit::console {
namespace {

using namespace Qt::StringLiterals;

/// Answers as pictures have it, or later, or not.
class SlowSource : public test::PictureSource {
public:
    bool holdsSearches = false;
    bool failsCounts = false;
    bool failsTimelines = false;

    domain::Question search(domain::SearchRequest request,
                            domain::AnswerTo<domain::SearchReply> answer) override
    {
        if (!holdsSearches || request.limit == 1) {
            return PictureSource::search(std::move(request), std::move(answer));
        }
        auto open = std::make_shared<Held>(Held{std::move(request), std::move(answer), {}});
        m_held = open;
        return open;
    }
    domain::Question facets(domain::FacetsRequest request,
                            domain::AnswerTo<domain::FacetsReply> answer) override
    {
        return failsCounts ? fail<domain::FacetsReply>(std::move(answer))
                           : PictureSource::facets(std::move(request), std::move(answer));
    }
    domain::Question histogram(domain::HistogramRequest request,
                               domain::AnswerTo<domain::HistogramReply> answer) override
    {
        return failsCounts ? fail<domain::HistogramReply>(std::move(answer))
                           : PictureSource::histogram(std::move(request), std::move(answer));
    }
    domain::Question timeline(std::string id,
                              domain::AnswerTo<domain::TimelineReply> answer) override
    {
        return failsTimelines ? fail<domain::TimelineReply>(std::move(answer))
                              : PictureSource::timeline(std::move(id), std::move(answer));
    }

    [[nodiscard]] bool isAsked() const { return !m_held.expired(); }
    void answerHeld()
    {
        holdsSearches = false;
        if (const auto held = m_held.lock()) {
            held->question = PictureSource::search(held->request, held->answer);
        }
    }

private:
    struct Held {
        domain::SearchRequest request;
        domain::AnswerTo<domain::SearchReply> answer;
        domain::Question question;
    };
    template <class T>
    domain::Question fail(domain::AnswerTo<T> answer)
    {
        return snapshot({}, [answer](const domain::SourceResult<Json>& none) {
            answer(tl::make_unexpected(none.error()));
        });
    }

    std::weak_ptr<Held> m_held;
};

} // namespace

class AnswersTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        QStandardPaths::setTestModeEnabled(true);
        QApplication::setOrganizationName(u"ExhibitTest"_s);
        QApplication::setApplicationName(u"answers-%1"_s.arg(QCoreApplication::applicationPid()));
    }

    void init()
    {
        QSettings().clear();
        CommandLine options;
        options.safeMode = true;
        m_console = std::make_unique<Console>(options);
        m_console->openWindow();
        m_source = std::make_shared<SlowSource>();
    }
    void cleanup()
    {
        m_console.reset();
        m_source.reset();
    }
    void cleanupTestCase() { QSettings().clear(); }

    void aCancelledSearchDoesNotSayThatNothingFits()
    {
        m_source->holdsSearches = true;
        connect();
        QTRY_VERIFY(m_source->isAsked());
        QVERIFY(window().actions().trigger(u"search.cancel"));
        QCOMPARE(search().state(), ui::SearchState::Cancelled);
        QVERIFY(results().showsEmpty());
        const auto* empty = results().findChild<ui::EmptyState*>();
        QCOMPARE(empty->heading(), u"The search was cancelled"_s);
        m_source->holdsSearches = false;
        search().search();
        QTRY_COMPARE(search().state(), ui::SearchState::Done);
        QVERIFY(!results().showsEmpty());
    }

    void rowsOfTheSearchBeforeStayMarkedAfterACancel()
    {
        connect();
        QTRY_COMPARE(search().state(), ui::SearchState::Done);
        const int rows = search().results().rowCount();
        m_source->holdsSearches = true;
        search().setText(u"severity:high"_s, true);
        QVERIFY(window().actions().trigger(u"search.cancel"));
        QCOMPARE(search().results().rowCount(), rows);
        QVERIFY2(hasLabel(results(), u"The search was cancelled"_s), "and whose rows these are");
    }

    void anAnswerIsKeptUnderTheTextThatWasAsked()
    {
        connect();
        QTRY_COMPARE(search().state(), ui::SearchState::Done);
        m_source->holdsSearches = true;
        search().setText(u"severity:high"_s, true);
        QVERIFY(m_source->isAsked());
        search().setText(u"severity:high model"_s, false); // Somebody types on.
        m_source->answerHeld();
        QTRY_VERIFY(!search().memory().past().isEmpty());
        QCOMPARE(search().memory().past().constFirst().query, u"severity:high"_s);
    }

    void countsThatFailAreNotThoseOfTheSearchBefore()
    {
        connect();
        QTRY_VERIFY(!search().facets().facets.empty() && !search().histogram().counts.empty());
        m_source->failsCounts = true;
        search().setText(u"severity:high"_s, true);
        QTRY_VERIFY(search().facets().facets.empty());
        QTRY_VERIFY(search().histogram().counts.empty());
    }

    void aRunThatCannotBeReadLeavesNoOtherOneDrawn()
    {
        connect();
        QTRY_VERIFY(window().services().selection->timeline() != nullptr);
        m_source->failsTimelines = true;
        auto other = std::make_shared<domain::SearchHit>(*window().services().selection->hit());
        other->incident.incidentId = IncidentId::generate();
        window().services().selection->setIncident(other);
        auto* pane = window().pane(u"timeline"_s)->findChild<ui::TimelinePane*>();
        QVERIFY(pane != nullptr);
        QTRY_VERIFY(!pane->timeline().isVisible());
        QVERIFY(pane->timeline().data().size() == 0);
    }

    void aPartOfARunIsNotCalledTheWhole()
    {
        connect();
        auto& selection = *window().services().selection;
        QTRY_VERIFY(selection.timeline() != nullptr);
        auto part = std::make_shared<domain::TimelineReply>(*selection.timeline());
        part->truncated = true;
        std::erase_if(part->events, [](const domain::TimelineEvent& event) {
            return event.type == domain::StepType::Output
                || event.type == domain::StepType::Context;
        });
        selection.setTimeline(part);
        const auto* record = window().pane(u"record"_s)->findChild<ui::RecordPane*>();
        const auto* facts = record->findChild<ui::FactList*>();
        QCOMPARE(facts->emptyText(), u"They are not among the events that were fetched."_s);
        auto* tabs = record->findChild<QTabWidget*>();
        QVERIFY(tabs != nullptr);
        bool said = false;
        for (int tab = 0; tab < tabs->count(); ++tab) {
            tabs->setCurrentIndex(tab);
            const auto* page = qobject_cast<ui::JsonPage*>(tabs->currentWidget());
            const QString text = page != nullptr ? page->toPlainText() : QString();
            QVERIFY2(!text.contains(u"did not reach"_s), qPrintable(text));
            said = said || text.contains(u"The answer is not among the events"_s);
        }
        QVERIFY(said);
    }

    void whatACrashLeftOpenIsAnUpperBound()
    {
        connect();
        auto& selection = *window().services().selection;
        QTRY_VERIFY(selection.timeline() != nullptr);
        const auto* record = window().pane(u"record"_s)->findChild<ui::RecordPane*>();
        const auto* box = record->findChild<ui::AnswerBox*>();
        QVERIFY2(box->releasedHeading().startsWith(u"Released, bytes 0"_s),
                 qPrintable(box->releasedHeading()));
        auto recovered = std::make_shared<domain::TimelineReply>(*selection.timeline());
        for (auto& event : recovered->events) {
            if (event.type == domain::StepType::Output) {
                event.data.as_object()["recovered"] = true;
            }
        }
        selection.setTimeline(recovered);
        QVERIFY2(box->releasedHeading().startsWith(u"Released at most"_s),
                 qPrintable(box->releasedHeading()));
    }

    void whatWasRedactedWasNotCut()
    {
        connect();
        auto& selection = *window().services().selection;
        QTRY_VERIFY(selection.timeline() != nullptr);
        const auto* record = window().pane(u"record"_s)->findChild<ui::RecordPane*>();
        const auto* box = record->findChild<ui::AnswerBox*>();
        const auto showTexts = [&](JsonArray texts) {
            auto changed = std::make_shared<domain::TimelineReply>(*selection.timeline());
            for (auto& event : changed->events) {
                if (event.type == domain::StepType::Output) {
                    event.data.as_object()["texts"] = texts;
                }
            }
            selection.setTimeline(changed);
        };
        const JsonObject redacted{{"channel", "choices/0/content"},
                                  {"released", "Write to [EMAIL] today"},
                                  {"original", "Write to a@example.com today"},
                                  {"withheld", ""},
                                  {"released_bytes", 28},
                                  {"withheld_bytes", 0}};
        showTexts({redacted});
        QCOMPARE(box->releasedText(), u"Write to [EMAIL] today"_s);
        QCOMPARE(box->withheldText(), QString());
        QVERIFY2(box->releasedHeading().contains(u"placeholders"_s),
                 qPrintable(box->releasedHeading()));
        // The text that was cut is shown, not the one before it; and how long it was.
        showTexts({redacted,
                   JsonObject{{"channel", "choices/1/content"},
                              {"released", "the beginning"},
                              {"withheld", "the secret"},
                              {"released_bytes", 300'000},
                              {"withheld_bytes", 10}}});
        QCOMPARE(box->withheldText(), u"the secret"_s);
        QVERIFY2(box->releasedHeading().contains(u"300000; the record keeps the first 13"_s),
                 qPrintable(box->releasedHeading()));
    }

private:
    void connect()
    {
        m_console->hub().setSource(m_source, u"exhibit.example"_s, u"https://exhibit.example"_s);
        window().showHome(false);
    }
    static bool hasLabel(const QWidget& in, const QString& part)
    {
        const auto labels = in.findChildren<QLabel*>();
        return std::any_of(labels.begin(), labels.end(), [&part](const QLabel* label) {
            return label->text().contains(part);
        });
    }
    ui::MainWindow& window() { return m_console->window(); }
    ui::SearchController& search() { return ui::SearchController::of(window().services()); }
    ui::ResultsPane& results()
    {
        return *window().pane(u"results"_s)->findChild<ui::ResultsPane*>();
    }

    std::shared_ptr<SlowSource> m_source;
    std::unique_ptr<Console> m_console;
};

} // namespace exhibit::console

QTEST_MAIN(exhibit::console::AnswersTest)
#include "answers_test.moc"
