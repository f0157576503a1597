// SPDX-License-Identifier: Apache-2.0
// The window around the panes: pages before them, where keys lead, and what all windows share.
#include "tests/gui/own_settings.h"
#include "tests/gui/picture_console.h"
#include "tests/gui/stall_monitor.h"
#include "ui/search/search_controller.h"
#include "ui/text.h"
#include "ui/theme/fonts.h"
#include "ui/widgets/time_display.h"
#include "ui/windows/gateway_help.h"

#include <QApplication>
#include <QDockWidget>
#include <QMenu>
#include <QPushButton>
#include <QSettings>
#include <QTest>

namespace exhibit::console {
namespace {

using namespace Qt::StringLiterals;

/// Knows its incidents one by one, and finds none.
class QuietSource : public test::PictureSource {
public:
    domain::Question search(domain::SearchRequest request,
                            domain::AnswerTo<domain::SearchReply> answer) override
    {
        return test::PictureSource::search(
            std::move(request), [answer](const domain::SourceResult<domain::SearchReply>&) {
                answer(domain::SearchReply{});
            });
    }
};

} // namespace

class ShellTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { test::useOwnSettings(u"shell"_s); }
    void init()
    {
        QSettings().clear();
        m_console = test::pictureConsole();
        window().activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&window()));
        QTRY_COMPARE(search().state(), ui::SearchState::Done);
        QTRY_VERIFY(window().services().selection->timeline() != nullptr);
    }
    void cleanup() { m_console.reset(); }

    void whatSomebodyArrangedStaysAndResetReachesTheDefault()
    {
        QVERIFY(dock(u"facets"_s)->isVisible());
        dock(u"facets"_s)->close();
        QVERIFY(test::trigger(window(), u"search.calls"));
        const int height = dock(u"results"_s)->height() + 60;
        window().resizeDocks({dock(u"results"_s)}, {height}, Qt::Vertical);
        const QByteArray arranged = window().dockLayout();

        QVERIFY(test::trigger(window(), u"workspace.investigate")); // It is there already.
        QCOMPARE(window().dockLayout(), arranged);
        m_console->takeOver({{}, {}, {}, u"severity:high"_s}); // As of a second start.
        QVERIFY(!dock(u"facets"_s)->isVisible() && dock(u"calls"_s)->isVisible());
        QVERIFY(test::trigger(window(), u"workspace.certificate"));
        QVERIFY(test::trigger(window(), u"workspace.investigate"));
        QVERIFY(!dock(u"facets"_s)->isVisible() && dock(u"calls"_s)->isVisible());

        QVERIFY(test::trigger(window(), u"window.reset_layout"));
        QVERIFY(dock(u"facets"_s)->isVisible());
        QVERIFY(!dock(u"calls"_s)->isVisible());
    }

    void aRecordThatIsAskedForOnAPageIsShown()
    {
        const auto wanted = search().results().hit(0)->incident.incidentId;
        window().services().selection->setIncident(search().results().hit(1));
        QVERIFY(test::trigger(window(), u"workspace.certificate"));
        QVERIFY(test::trigger(window(), u"tools.everything"));
        auto* palette = window().findChild<ui::CommandPalette*>();
        palette->setText(ui::toQt(wanted.text()));
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Return);
        QTRY_VERIFY(!window().isHome());
        QTRY_VERIFY(window().services().selection->hit()->incident.incidentId == wanted);
    }

    void whatChangesTheSearchOnAPageShowsIt()
    {
        search().show({u"severity:high"_s, {}});
        QTRY_COMPARE(search().state(), ui::SearchState::Done);
        for (const QStringView id : {u"search.focus", u"search.back", u"search.calls"}) {
            QVERIFY(test::trigger(window(), u"workspace.certificate"));
            QVERIFY(window().isHome());
            QVERIFY(test::trigger(window(), id));
            QVERIFY2(!window().isHome(), qPrintable(id.toString()));
        }
        QVERIFY(test::trigger(window(), u"workspace.certificate"));
        search().show({u"severity:low"_s, {}}); // As a saved search of the palette.
        QVERIFY(!window().isHome());
    }

    void noPaneStandsBesideTheWelcomePage()
    {
        m_console->hub().setSource(nullptr, {}, {});
        window().showHome(true);
        window().actions().trigger(u"search.calls");
        QVERIFY(window().isHome());
        QVERIFY(test::trigger(window(), u"tools.everything"));
        auto* palette = window().findChild<ui::CommandPalette*>();
        QVERIFY2(!palette->visibleTexts().contains(u"Records"_s), "none of them could be shown");
        palette->close();
        for (const char* id : {"facets", "results", "calls", "timeline", "record"}) {
            auto* pane = dock(QString::fromLatin1(id));
            QVERIFY2(!pane->isVisible() && !pane->toggleViewAction()->isEnabled(), id);
        }
        m_console->hub().setSource(std::make_shared<test::PictureSource>(), u"x"_s, u"http://x"_s);
        window().showHome(false);
        QVERIFY(dock(u"facets"_s)->toggleViewAction()->isEnabled());
    }

    void escapeLeadsOutwards()
    {
        for (const char* id : {"record", "timeline"}) {
            focusPane(QString::fromLatin1(id));
            press(Qt::Key_Escape);
            QVERIFY2(isInside(u"results"_s), id);
            press(Qt::Key_Escape);
            QVERIFY2(isInside(u"query"_s), id);
        }
        focusPane(u"facets"_s);
        press(Qt::Key_Escape);
        QVERIFY(isInside(u"query"_s));
        dock(u"record"_s)->setFloating(true); // A window of its own.
        dock(u"record"_s)->activateWindow();
        dock(u"record"_s)->widget()->setFocus();
        QTRY_VERIFY(isInside(u"record"_s));
        press(Qt::Key_Escape);
        QTRY_VERIFY(isInside(u"results"_s));
    }

    void f6StopsOnPagesAndAtTheJobs()
    {
        QVERIFY(test::trigger(window(), u"workspace.certificate"));
        QCOMPARE(stopsOfF6(4).size(), 2); // Contents and the ways out; nothing is open yet.
        window().showHome(true);
        QVERIFY(stopsOfF6(4).size() >= 2);
        window().showHome(false);
        QVERIFY(test::trigger(window(), u"tools.jobs"));
        auto* jobs = window().findChild<QDockWidget*>(u"pane.jobs"_s);
        bool reached = false;
        for (int i = 0; i < 8; ++i) {
            QVERIFY(test::trigger(window(), u"window.next_pane"));
            reached = reached || jobs->isAncestorOf(QApplication::focusWidget());
        }
        QVERIFY(reached);
    }

    void aRecordWindowHasWhatEveryWindowHas()
    {
        auto& record = m_console->records().open(window().services().selection->shared());
        record.activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&record));
        QTRY_VERIFY(record.services().selection->timeline() != nullptr);
        auto& actions = *record.services().actions;
        for (const QStringView id : {u"tools.palette",
                                     u"help.keys",
                                     u"window.next_pane",
                                     u"view.theme_dark",
                                     u"view.time_utc",
                                     u"file.quit"}) {
            QVERIFY2(actions.action(id)->isEnabled() && actions.action(id)->isVisible(),
                     qPrintable(id.toString()));
        }
        QSet<QWidget*> stops;
        for (int i = 0; i < 4; ++i) {
            QVERIFY(actions.trigger(u"window.next_pane"));
            for (const QString& pane : {u"timeline"_s, u"record"_s}) {
                if (record.pane(pane)->isAncestorOf(QApplication::focusWidget())) {
                    stops << record.pane(pane);
                }
            }
        }
        QCOMPARE(stops.size(), 2);
        QVERIFY(actions.trigger(u"view.theme_contrast")); // One switch changes all.
        QVERIFY(ui::Theme::instance().isHighContrast());
        QVERIFY(window().actions().action(u"view.theme_contrast")->isChecked());
        QVERIFY(actions.trigger(u"view.time_utc"));
        QVERIFY(window().actions().action(u"view.time_utc")->isChecked());
        QVERIFY(actions.trigger(u"view.time_local"));
        QVERIFY(actions.trigger(u"file.quit"));
        QTRY_VERIFY(!window().isVisible() && m_console->records().windows().isEmpty());
    }

    void theSystemsFontIsASetting()
    {
        QVERIFY(test::trigger(window(), u"view.system_font"));
        QVERIFY(ui::usesSystemFont());
        QVERIFY(QSettings().value(u"view/system_font"_s).toBool());
        QCOMPARE(QApplication::font().families(), ui::typeFont(ui::TypeRole::Body).families());
        QCOMPARE(ui::typeFont(ui::TypeRole::Mono).families().first(), u"JetBrains Mono"_s);
        QVERIFY(test::trigger(window(), u"view.system_font"));
        QVERIFY(!ui::usesSystemFont());
        QCOMPARE(QApplication::font().families().first(), u"Exhibit Sans"_s);
    }

    void lessMotionIsOfTheDocksToo()
    {
        QVERIFY(window().isAnimated());
        QVERIFY(test::trigger(window(), u"view.reduce_motion"));
        QVERIFY(!window().isAnimated());
        QVERIFY(test::trigger(window(), u"view.reduce_motion"));
    }

    void theHistoryOfSearchesIsClearedAndComesBack()
    {
        search().show({u"severity:high"_s, {}});
        QTRY_VERIFY(!search().memory().past().isEmpty());
        const auto kept = search().memory().past().size();
        QVERIFY(test::trigger(window(), u"search.history"));
        auto* clear = window().findChild<QPushButton*>(u"history.clear"_s);
        clear->click();
        QVERIFY(search().memory().past().isEmpty());
        clear->click(); // Undo, while the dialog is open.
        QCOMPARE(search().memory().past().size(), kept);
    }

    void beforeTheFirstIncidentThereAreWaysOn()
    {
        m_console->hub().setSource(
            std::make_shared<QuietSource>(), u"exhibit.example"_s, u"https://exhibit.example"_s);
        QTRY_COMPARE(search().state(), ui::SearchState::Done);
        QTRY_VERIFY(way(u"Point an application at the gateway"_s) != nullptr);
        QVERIFY(way(u"Open evidence…"_s) != nullptr);
        QVERIFY(way(u"Start a gateway with sample traffic"_s) != nullptr);
        way(u"Point an application at the gateway"_s)->click();
        auto* help = window().findChild<ui::GatewayHelp*>();
        QVERIFY(help != nullptr);
        QVERIFY2(
            help->lines().contains(u"base_url=\"https://exhibit.example/v1\", api_key=\"exk_…\""_s),
            qPrintable(help->lines()));
        way(u"Search all calls"_s)->click();
        QVERIFY(dock(u"calls"_s)->isVisible());
    }

private:
    ui::MainWindow& window() { return m_console->window(); }
    ui::SearchController& search() { return ui::SearchController::of(window().services()); }
    QDockWidget* dock(const QString& id) { return qobject_cast<QDockWidget*>(window().pane(id)); }
    QAbstractButton* way(const QString& text)
    {
        for (auto* button : dock(u"results"_s)->findChildren<QAbstractButton*>()) {
            if (button->text() == text && button->isVisible()) {
                return button;
            }
        }
        return nullptr;
    }

    static void press(Qt::Key key) { QTest::keyClick(QApplication::focusWidget(), key); }
    bool isInside(const QString& pane)
    {
        auto* focus = QApplication::focusWidget();
        return focus != nullptr && window().pane(pane)->isAncestorOf(focus);
    }
    void focusPane(const QString& id)
    {
        for (int i = 0; i < 8 && !isInside(id); ++i) {
            QVERIFY(test::trigger(window(), u"window.next_pane"));
        }
        QVERIFY2(isInside(id), qPrintable(id));
    }
    QSet<QWidget*> stopsOfF6(int times)
    {
        QSet<QWidget*> stops;
        for (int i = 0; i < times; ++i) {
            test::trigger(window(), u"window.next_pane");
            stops << QApplication::focusWidget();
        }
        return stops;
    }

    std::unique_ptr<Console> m_console;
};

} // namespace exhibit::console

EXHIBIT_GUI_TEST_MAIN(exhibit::console::ShellTest)
#include "shell_test.moc"
