// SPDX-License-Identifier: Apache-2.0
// A pinned record stays while the selection goes on, and nothing is done to it by mistake.
#include "app/console/console.h"
#include "tests/gui/own_settings.h"
#include "tests/gui/picture_source.h"
#include "tests/gui/safe_console.h"
#include "tests/gui/stall_monitor.h"
#include "ui/detail/explain_section.h"
#include "ui/detail/figure_strip.h"
#include "ui/detail/record_pane.h"
#include "ui/widgets/dock_title.h"

#include <QSettings>
#include <QTest>
#include <QToolButton>

#include <algorithm>

namespace exhibit::console {
namespace {

using namespace Qt::StringLiterals;

} // namespace

class PinTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { test::useOwnSettings(u"pin"_s); }

    void init()
    {
        QSettings().clear();
        m_console = test::openSafeConsole();
        QVERIFY(!window().actions().action(u"record.pin"_s)->isEnabled());
        connect();
        QTRY_VERIFY(selection().timeline() != nullptr);
    }
    void cleanup() { m_console.reset(); }
    void cleanupTestCase() { QSettings().clear(); }

    void aPinnedRecordStaysWhileTheSelectionGoesOn()
    {
        const QString first = record().titleText();
        const QString explained = record().explain().text(u"Decision"_s);
        QVERIFY(!explained.isEmpty());
        QCOMPARE(title().note(), u"follows selection"_s);
        QVERIFY(test::trigger(window(), u"record.pin"));
        QCOMPARE(title().note(), u"pinned"_s);
        selectAnother("Another one");
        QCOMPARE(record().titleText(), first);
        selection().setEvent(0); // Of the other run: the timeline shows that one.
        QCOMPARE(record().explain().text(u"Decision"_s), explained);
        QVERIFY(!figures().figure(u"Released"_s).isEmpty());

        QVERIFY(test::trigger(window(), u"record.pin"));
        QCOMPARE(record().titleText(), u"Another one"_s);
        QVERIFY(record().explain().text(u"Decision"_s).isEmpty());
        QCOMPARE(title().note(), u"follows selection"_s);
    }

    void whatActsOnTheSelectionIsNotOfferedInAPinnedRecord()
    {
        for (const auto* id : {"case.tag", "case.status"}) {
            QVERIFY2(button(id)->isVisible(), id);
        }
        QVERIFY(test::trigger(window(), u"record.pin"));
        for (const auto* id : {"case.tag", "case.status"}) {
            QVERIFY2(!button(id)->isVisible(), id);
        }
        QVERIFY(test::trigger(window(), u"record.pin"));
        QVERIFY(button("case.tag")->isVisible());
    }

    void thePinnedIncidentIsShownAsItBecomes()
    {
        QVERIFY(test::trigger(window(), u"record.pin"));
        auto changed = std::make_shared<domain::SearchHit>(*selection().hit());
        changed->incident.title = "Renamed";
        selection().setIncident(changed);
        QCOMPARE(record().titleText(), u"Renamed"_s);
    }

    void anotherServerEndsThePin()
    {
        QVERIFY(test::trigger(window(), u"record.pin"));
        connect();
        QVERIFY(!window().actions().action(u"record.pin"_s)->isChecked());
        QCOMPARE(title().note(), u"follows selection"_s);
    }

private:
    void connect()
    {
        m_console->hub().setSource(std::make_shared<test::PictureSource>(),
                                   u"exhibit.example"_s,
                                   u"https://exhibit.example"_s);
        window().showHome(false);
    }
    void selectAnother(const std::string& title)
    {
        auto other = std::make_shared<domain::SearchHit>(*selection().hit());
        other->incident.incidentId = IncidentId::generate();
        other->incident.title = title;
        selection().setIncident(other);
        QTRY_VERIFY(selection().timeline() != nullptr);
    }
    QToolButton* button(const char* action)
    {
        const auto buttons = record().findChildren<QToolButton*>();
        const auto found
            = std::find_if(buttons.begin(), buttons.end(), [action](const QToolButton* each) {
                  return each->defaultAction() != nullptr
                      && each->defaultAction()->objectName() == QLatin1StringView(action);
              });
        return found == buttons.end() ? nullptr : *found;
    }
    ui::DockTitle& title() { return *ui::titleOf(&record()); }
    ui::FigureStrip& figures() { return *record().findChild<ui::FigureStrip*>(); }
    ui::RecordPane& record() { return *window().pane(u"record"_s)->findChild<ui::RecordPane*>(); }
    ui::MainWindow& window() { return m_console->window(); }
    ui::Selection& selection() { return *window().services().selection; }

    std::unique_ptr<Console> m_console;
};

} // namespace exhibit::console

EXHIBIT_GUI_TEST_MAIN(exhibit::console::PinTest)
#include "pin_test.moc"
