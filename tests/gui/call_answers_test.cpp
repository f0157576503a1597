// SPDX-License-Identifier: Apache-2.0
// Answers to the search of calls that come late, fail or are cancelled: whose rows stand there.
#include "app/console/console.h"
#include "tests/gui/own_settings.h"
#include "tests/gui/safe_console.h"
#include "tests/gui/slow_source.h"
#include "tests/gui/stall_monitor.h"
#include "ui/calls/calls_pane.h"
#include "ui/calls/calls_view.h"
#include "ui/search/chip_row.h"
#include "ui/search/search_controller.h"
#include "ui/widgets/message_bar.h"

#include <QAbstractButton>
#include <QComboBox>
#include <QDockWidget>
#include <QSettings>
#include <QTest>

namespace exhibit::console {
namespace {

using namespace Qt::StringLiterals;

} // namespace

class CallAnswersTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { test::useOwnSettings(u"call-answers"_s); }

    void init()
    {
        QSettings().clear();
        m_console = test::openSafeConsole();
        m_source = std::make_shared<test::SlowSource>();
        m_console->hub().setSource(m_source, u"exhibit.example"_s, u"https://exhibit.example"_s);
        window().showHome(false);
        QVERIFY(test::trigger(window(), u"search.calls"));
        QTRY_VERIFY(calls().countText().startsWith(u"12 calls"_s));
    }
    void cleanup()
    {
        m_console.reset();
        m_source.reset();
    }
    void cleanupTestCase() { QSettings().clear(); }

    void callsOfTheSearchBeforeAreMarkedUntilOthersAreHere()
    {
        m_source->holdsSearches = true;
        search().setText(u"severity:high"_s, true);
        QVERIFY(isStale());
        QVERIFY2(calls().countText().contains(u"not current"_s), qPrintable(calls().countText()));
        m_source->holdsSearches = false;
        m_source->failsSearches = true;
        m_source->failsCalls = true; // And those are asked for all the same.
        search().search();
        QTRY_COMPARE(search().state(), ui::SearchState::Failed);
        QTRY_VERIFY(calls().bar().text().contains(u"Calls were not searched"_s));
        QVERIFY(isStale());
        QVERIFY2(calls().countText().contains(u"not current"_s), qPrintable(calls().countText()));
        QVERIFY(!calls().found().has_value());
        m_source->failsCalls = false;
        m_source->failsSearches = false;
        search().search();
        QTRY_VERIFY(calls().countText().startsWith(u"12 of 12 calls"_s));
        QVERIFY(!isStale());
    }

    void aLongSearchOfCallsCanBeCancelled()
    {
        m_source->holdsCalls = true;
        auto* cancel = calls().findChild<QAbstractButton*>(u"calls.cancel"_s);
        QVERIFY(!cancel->isVisible());
        search().setText(u"severity:high"_s, true);
        QTRY_VERIFY(cancel->isVisible());
        cancel->click();
        QVERIFY(!calls().model().isWorking());
        QVERIFY2(calls().bar().text().contains(u"cancelled"_s), qPrintable(calls().bar().text()));
        QVERIFY(isStale());
        search().setText(u"severity:low"_s, true);
        QTRY_VERIFY(calls().model().isWorking());
        calls().view().setFocus();
        QTest::keyClick(&calls().view(), Qt::Key_Escape);
        QVERIFY(!calls().model().isWorking());
    }

    void whatRestrictsCallsIsAChipThatIsCleared()
    {
        auto* outcomes = calls().findChild<QComboBox*>();
        outcomes->setCurrentIndex(outcomes->findData(u"refused"_s));
        Q_EMIT outcomes->activated(outcomes->currentIndex());
        QTRY_COMPARE(m_source->callsAsked->outcome, std::optional<std::string>("refused"));
        const auto* chips = window().pane(u"query"_s)->findChild<ui::ChipRow*>();
        QCOMPARE(chips->texts(), QStringList{u"calls’ outcome refused"_s});
        QTRY_VERIFY(calls().countText().contains(u" of 12"_s));
        QVERIFY(test::trigger(window(), u"search.back"));
        QVERIFY(chips->texts().isEmpty());
        QVERIFY(test::trigger(window(), u"search.forward"));
        QCOMPARE(search().outcome(), u"refused"_s);
        QTRY_COMPARE(search().state(), ui::SearchState::Done);
        QVERIFY(test::trigger(window(), u"search.clear"));
        QVERIFY(chips->texts().isEmpty());
        QCOMPARE(outcomes->currentIndex(), 0);
        QTRY_VERIFY(!m_source->callsAsked->outcome.has_value());
    }

private:
    ui::CallsPane& calls() { return *window().pane(u"calls"_s)->findChild<ui::CallsPane*>(); }
    bool isStale() { return calls().model().index(0, 0).data(ui::kStaleRole).toBool(); }
    ui::MainWindow& window() { return m_console->window(); }
    ui::SearchController& search() { return ui::SearchController::of(window().services()); }

    std::shared_ptr<test::SlowSource> m_source;
    std::unique_ptr<Console> m_console;
};

} // namespace exhibit::console

EXHIBIT_GUI_TEST_MAIN(exhibit::console::CallAnswersTest)
#include "call_answers_test.moc"
