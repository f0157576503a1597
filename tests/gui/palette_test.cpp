// SPDX-License-Identifier: Apache-2.0
// Ctrl+K with an id that somebody pasted: every record of a real server is one key away.
#include "tests/gui/console_on_server.h"
#include "tests/gui/stall_monitor.h"
#include "ui/actions/command_palette.h"
#include "ui/calls/calls_pane.h"
#include "ui/search/results_pane.h"
#include "ui/search/results_view.h"
#include "ui/text.h"
#include "ui/widgets/message_bar.h"

#include <QLineEdit>

namespace exhibit::console {
namespace {

using namespace Qt::StringLiterals;

} // namespace

class PaletteTest : public QObject, private test::ConsoleOnServer {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { startConsole(u"palette"_s); }
    void cleanupTestCase() { stopConsole(); }
    void init()
    {
        window().activateWindow(); // Offscreen, a list that closes leaves no window active.
        find({});
        QTRY_VERIFY_WITH_TIMEOUT(rows().rowCount() > 3 && rows().hit(0) != nullptr, kPatience);
        results().bar().clear();
    }

    void aRecordThatIsInTheListIsSelectedThere()
    {
        const auto wanted = rows().hit(2)->incident.incidentId;
        open(ui::toQt(wanted.text()));
        QTRY_COMPARE_WITH_TIMEOUT(shown(), wanted.text(), kPatience);
        QCOMPARE(results().view().currentIndex().row(), 2);
        QCOMPARE(results().view().selectionModel()->selectedRows().size(), 1);
    }

    void aRecordThatTheSearchDidNotFindIsOpenedAllTheSame()
    {
        const auto wanted = rows().hit(0)->incident;
        find(u"-policy:"_s + ui::toQt(wanted.policyId));
        QCOMPARE(rows().rowOf(wanted.incidentId), -1);
        open(ui::toQt(wanted.incidentId.text()));
        QTRY_COMPARE_WITH_TIMEOUT(shown(), wanted.incidentId.text(), kPatience);
        QVERIFY2(!results().view().selectionModel()->hasSelection(), "it is none of the rows");
        QTRY_VERIFY_WITH_TIMEOUT(window().services().selection->timeline() != nullptr, kPatience);
    }

    void aRunIsSearched()
    {
        const auto wanted = rows().hit(1)->incident;
        open(ui::toQt(wanted.runId.text()));
        QTRY_COMPARE_WITH_TIMEOUT(
            search().text(), u"run:"_s + ui::toQt(wanted.runId.text()), kPatience);
        QTRY_VERIFY_WITH_TIMEOUT(search().state() == ui::SearchState::Done, kPatience);
        QVERIFY(rows().rowOf(wanted.incidentId) >= 0);
    }

    void aCallLeadsToItsIncident()
    {
        const auto wanted = rows().hit(1)->incident;
        open(ui::toQt(wanted.callId.text()));
        QTRY_COMPARE_WITH_TIMEOUT(shown(), wanted.incidentId.text(), kPatience);
    }

    void anIdThatNobodyHasIsSaidSo()
    {
        open(ui::toQt(IncidentId::generate().text()));
        QTRY_VERIFY_WITH_TIMEOUT(results().bar().text().contains(u"could not be opened"_s),
                                 kPatience);
    }

    void tabNarrowsToActionsAndBack()
    {
        QVERIFY(test::trigger(window(), u"tools.everything"));
        auto* palette = window().findChild<ui::CommandPalette*>(u"palette"_s);
        auto* field = palette->findChild<QLineEdit*>();
        QVERIFY(palette->visibleTexts().contains(u"Records"_s));
        QTest::keyClick(field, Qt::Key_Tab);
        QVERIFY(!palette->visibleTexts().contains(u"Records"_s));
        QVERIFY(palette->visibleTexts().contains(u"Search again"_s));
        QTest::keyClick(field, Qt::Key_Tab);
        QVERIFY(palette->visibleTexts().contains(u"Records"_s));
        delete palette;
    }

    void aRecordOpensInAWindowOfItsOwn()
    {
        const auto wanted = rows().hit(0)->incident.incidentId.text();
        QVERIFY(test::trigger(window(), u"tools.everything"));
        auto* palette = window().findChild<ui::CommandPalette*>(u"palette"_s);
        // Before a letter is typed the newest record is the first entry.
        QTest::keyClick(palette->findChild<QLineEdit*>(), Qt::Key_Return, Qt::ControlModifier);
        delete palette;
        QCOMPARE(m_console->records().incidents(), QStringList{ui::toQt(wanted)});
        m_console->records().closeAll();
    }

private:
    ui::ResultsPane& results() { return *pane<ui::ResultsPane>(u"results"_s); }
    std::string shown() { return window().services().selection->hit()->incident.incidentId.text(); }

    void open(const QString& id)
    {
        QVERIFY(test::trigger(window(), u"tools.everything"));
        auto* palette = window().findChild<ui::CommandPalette*>(u"palette"_s);
        QVERIFY(palette != nullptr);
        auto* field = palette->findChild<QLineEdit*>();
        field->setText(id); // Pasted.
        QVERIFY2(palette->visibleTexts().contains(id), qPrintable(id));
        QTest::keyClick(field, Qt::Key_Return);
        delete palette;
    }
};

} // namespace exhibit::console

EXHIBIT_GUI_TEST_MAIN(exhibit::console::PaletteTest)
#include "palette_test.moc"
