// SPDX-License-Identifier: Apache-2.0
// What lasts from one start of the console to the next, and what a second start does.
#include "app/console/command_line.h"
#include "app/console/console.h"
#include "app/console/session_store.h"
#include "app/console/single_instance.h"
#include "tests/gui/own_settings.h"
#include "tests/gui/stall_monitor.h"
#include "ui/search/results_view.h"
#include "ui/search/search_history.h"
#include "ui/widgets/time_display.h"

#include <QApplication>
#include <QDir>
#include <QDockWidget>
#include <QFile>
#include <QProcess>
#include <QSettings>
#include <QTemporaryDir>
#include <QTest>

#include <unistd.h>

namespace exhibit::console {
namespace {

using namespace Qt::StringLiterals;

} // namespace

class SessionTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        test::useOwnSettings(u"session"_s);
        QSettings::setDefaultFormat(QSettings::IniFormat);
        QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, m_folder.path());
        registerPanes(m_registry);
    }

    void init() { QSettings().clear(); }

    void windowsAndRecordsComeBack()
    {
        const SessionStore store(m_folder.filePath(u"state"_s));
        const ui::NoteDrafts::Texts notes{
            {{u"http://127.0.0.1:1"_s, u"inc_x inc_y"_s}, u"half\na \"thought\""_s}};
        const QJsonObject panes{{u"record"_s, QJsonObject{{u"tab"_s, 2}}}};
        store.saveState(
            {u"http://127.0.0.1:1"_s,
             {{u"severity:high \"a b\""_s, u"inc_x"_s, u"cost asc"_s, "geo", "lay", panes},
              {u"policy:BUDGET"_s, {}, {}, {}, {}, {}}},
             {{u"inc_y"_s, "place", panes}}});
        store.saveNotes(notes);
        const SessionState back = SessionStore(m_folder.filePath(u"state"_s)).readState();
        QCOMPARE(back.server, u"http://127.0.0.1:1"_s);
        QCOMPARE(back.windows.size(), 2);
        const auto& first = back.windows.first();
        QCOMPARE(first.query, u"severity:high \"a b\""_s);
        QCOMPARE(first.incident, u"inc_x"_s);
        QCOMPARE(first.order, u"cost asc"_s);
        QCOMPARE(first.geometry, QByteArray("geo"));
        QCOMPARE(first.layout, QByteArray("lay"));
        QCOMPARE(first.panes, panes);
        QCOMPARE(back.windows.at(1).query, u"policy:BUDGET"_s);
        QCOMPARE(back.records.size(), 1);
        QCOMPARE(back.records.first().incident, u"inc_y"_s);
        QCOMPARE(back.records.first().geometry, QByteArray("place"));
        QCOMPARE(back.records.first().panes, panes);
        QCOMPARE(SessionStore(m_folder.filePath(u"state"_s)).readNotes(), notes);
    }

    void whatIsWrittenCanBeRead()
    {
        const SessionStore store(m_folder.filePath(u"written"_s));
        const QString long_(2 * SessionStore::kFileBytesMax, u'q');
        const QString half(SessionStore::kFileBytesMax / 2, u'\u0001'); // Six letters each.
        store.saveState({u"s"_s,
                         {{long_, u"inc_x"_s, {}, {}, {}, {}}, {u"b"_s, {}, {}, {}, {}, {}}},
                         {{u"inc_y"_s, "at", {{u"record"_s, half}}}, {half, {}, {}}}});
        const SessionState back = store.readState();
        QCOMPARE(back.server, u"s"_s);
        QCOMPARE(back.windows.size(), 2);
        QCOMPARE(back.windows.first().incident, u"inc_x"_s);
        QCOMPARE(back.query(), QString()); // A part of one would be another.
        QCOMPARE(back.windows.at(1).query, u"b"_s);
        QCOMPARE(back.records.size(), 1);
        QCOMPARE(back.records.first().geometry, QByteArray("at"));
    }

    void aSessionOfTheVersionBeforeIsRead()
    {
        const QString folder = m_folder.filePath(u"before"_s);
        const SessionStore store(folder);
        write(folder,
              R"({"version":1,"server":"http://127.0.0.1:1","query":"a","incident":"inc_x",)"
              R"("order":"cost asc","records":["inc_y","inc_z"]})");
        const SessionState back = store.readState();
        QCOMPARE(back.windows.size(), 1);
        QCOMPARE(back.query(), u"a"_s);
        QCOMPARE(back.windows.first().incident, u"inc_x"_s);
        QCOMPARE(back.records.size(), 2);
        QCOMPARE(back.records.at(1).incident, u"inc_z"_s);
    }

    void aSessionHasLimits()
    {
        const QString folder = m_folder.filePath(u"large"_s);
        const SessionStore store(folder);
        QByteArray windows;
        QByteArray records;
        for (qsizetype i = 0; i <= SessionStore::kRecordsMax; ++i) {
            windows += (i > 0 ? "," : "") + QByteArray("{\"query\":\"a\"}");
            records += (i > 0 ? "," : "") + QByteArray("\"inc_x\"");
        }
        const QByteArray begin = "{\"version\":2,\"server\":\"s\",\"windows\":[" + windows
            + "],\"records\":[" + records + "]";
        write(folder, begin + "}");
        QCOMPARE(store.readState().windows.size(), SessionStore::kWindowsMax);
        QCOMPARE(store.readState().records.size(), SessionStore::kRecordsMax);
        write(folder, begin + QByteArray(SessionStore::kFileBytesMax, ' ') + "}");
        QCOMPARE(store.readState().server, QString());
    }

    void aBrokenSessionFileIsAnEmptySession()
    {
        const QString folder = m_folder.filePath(u"broken"_s);
        const SessionStore store(folder);
        for (const QByteArray& text :
             {QByteArray("{\"server\":"), QByteArray("[1]"), QByteArray()}) {
            write(folder, text);
            QCOMPARE(store.readState().server, QString());
        }
    }

    void anEndWithoutGoodbyeIsNoticed()
    {
        const SessionStore store(m_folder.filePath(u"run"_s));
        QVERIFY(!store.crashed());
        store.beginRun();
        QVERIFY(SessionStore(m_folder.filePath(u"run"_s)).crashed());
        store.endCleanly();
        QVERIFY(!store.crashed());
    }

    void aLayoutComesBackAndResetTakesItAway()
    {
        const SessionStore store(m_folder.filePath(u"layout"_s));
        ui::SourceHub hub;
        {
            ui::MainWindow window(m_registry, hub, false);
            window.show();
            window.showHome(false);
            qobject_cast<QDockWidget*>(window.pane(u"facets"_s))->hide();
            window.resize(1300, 800);
            store.saveWindow(window);
        }
        ui::MainWindow window(m_registry, hub, false);
        window.show();
        window.showHome(false);
        QVERIFY(window.pane(u"facets"_s)->isVisible());
        store.restoreWindow(window);
        QCOMPARE(window.size(), QSize(1300, 800));
        QVERIFY(!window.pane(u"facets"_s)->isVisible());
        QVERIFY(test::trigger(window, u"window.reset_layout"));
        QVERIFY(window.pane(u"facets"_s)->isVisible());
    }

    void aWindowFromAScreenThatIsGoneComesBack()
    {
        QWidget window;
        window.setGeometry(90'000, 90'000, 400, 300);
        ui::Layouts::bringOnScreen(&window);
        QVERIFY(
            QGuiApplication::primaryScreen()->availableGeometry().intersects(window.geometry()));
    }

    void aNamedLayoutIsKept()
    {
        ui::SourceHub hub;
        ui::MainWindow window(m_registry, hub, false);
        window.show();
        window.showHome(false);
        window.layouts().save(u"wide"_s);
        window.pane(u"record"_s)->hide();
        QCOMPARE(window.layouts().names(), QStringList{u"wide"_s});
        QVERIFY(window.layouts().restore(u"wide"_s));
        QVERIFY(window.pane(u"record"_s)->isVisible());
        QVERIFY(!window.layouts().restore(u"never saved"_s));
    }

    void aSecondStartHandsOverWhatItWasAskedFor()
    {
        const QString path = m_folder.filePath(u"one.socket"_s);
        SingleInstance first(path, nullptr);
        QVERIFY2(!first.handOver({}), "nobody is there yet");
        first.listen();
        QList<HandedOver> asked;
        connect(&first, &SingleInstance::asked, this, [&asked](const HandedOver& what) {
            asked << what;
        });
        const SingleInstance second(path, nullptr);
        const HandedOver what{{u"/tmp/a.exhibit"_s, u"ü b"_s},
                              u"https://exhibit.example"_s,
                              u"/tmp/key"_s,
                              u"severity:high \"a b\""_s};
        QVERIFY(second.handOver(what));
        QTRY_COMPARE(asked.size(), 1);
        QVERIFY(asked.first() == what);
    }

    void theSocketLiesWhereNobodyElseCanMakeOne()
    {
        const auto kept = qgetenv("XDG_RUNTIME_DIR");
        const QString runtime = m_folder.filePath(u"runtime"_s);
        QVERIFY(QDir().mkpath(runtime)
                && QFile::setPermissions(runtime,
                                         QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner));
        qputenv("XDG_RUNTIME_DIR", runtime.toUtf8());
        const QString path = socketPathFor(u"/home/ada/data"_s);
        QVERIFY2(path.startsWith(runtime + u"/exhibit-"_s), qPrintable(path));
        QVERIFY(path != socketPathFor(u"/home/ada/other"_s));
        qputenv("XDG_RUNTIME_DIR", kept);
    }

    void aSocketOfAnotherUserIsToldNothing()
    {
        if (geteuid() != 0) {
            QSKIP("only root can become another user");
        }
        QTemporaryDir open; // As /tmp: everyone may make a socket in it.
        QVERIFY(QFile::setPermissions(open.path(), QFile::Permissions(0x7777)));
        const QString path = open.filePath(u"one.socket"_s);
        QProcess other;
        other.start(u"python3"_s,
                    {u"-c"_s,
                     u"import os, socket, sys\nos.setuid(65534)\n"
                     "s = socket.socket(socket.AF_UNIX)\ns.bind(sys.argv[1])\n"
                     "os.chmod(sys.argv[1], 0o777)\ns.listen()\nprint('up', flush=True)\n"
                     "print('heard', s.accept()[0].recv(100), flush=True)\n"_s,
                     path});
        QVERIFY(other.waitForReadyRead());
        QVERIFY(!SingleInstance(path, nullptr).handOver({{u"/tmp/secret.exhibit"_s}, {}, {}, {}}));
        QVERIFY(other.waitForFinished());
        QVERIFY(other.readAllStandardOutput().contains("heard b''"));
    }

    void whatASecondStartHandsOverIsSeen()
    {
        CommandLine options;
        options.safeMode = true;
        Console console(options);
        console.openWindow();
        console.openWindow();
        auto& second = console.shownWindow();
        QVERIFY(&second != &console.window());
        second.hide();
        QCOMPARE(&console.shownWindow(), &console.window());
        console.window().hide();
        QVERIFY(console.shownWindow().isVisible());
    }

    void safeModeShowsTheDefaultAndRestoresNothing()
    {
        CommandLine options;
        QVERIFY(
            !readCommandLine({u"exhibit"_s, u"--safe-mode"_s, u"--"_s, u"-odd.exhibit"_s}, options)
                 .has_value());
        QVERIFY(options.safeMode);
        QCOMPARE(options.files, QStringList{u"-odd.exhibit"_s});
        QSettings().setValue(u"view/theme"_s, static_cast<int>(ui::ThemeChoice::Contrast));
        Console console(options);
        console.openWindow();
        QVERIFY(console.window().isHome());
        QVERIFY(console.window().services().safeMode);
        QVERIFY(!ui::Theme::instance().isHighContrast());
    }

    void safeModeLeavesWhatWasKept()
    {
        const SessionStore store(QStandardPaths::writableLocation(QStandardPaths::AppDataLocation));
        store.beginRun(); // As one that crashed.
        QSettings().setValue(u"window/geometry"_s, QByteArray("kept"));
        QSettings().setValue(u"shortcuts/search.columns"_s, u"Ctrl+Alt+L"_s);
        QByteArray columns;
        {
            CommandLine options;
            options.newInstance = true;
            Console console(options);
            console.openWindow();
            auto& window = console.window();
            auto* view = window.findChild<ui::ResultsView*>();
            view->hideColumn(1);
            view->setColumnWidth(2, view->columnWidth(2) + 17); // Which is kept.
            QVERIFY(!window.actions().action(u"search.columns")->shortcut().isEmpty());
            columns = QSettings().value(u"results/columns.1"_s).toByteArray();
            QVERIFY(!columns.isEmpty());
        }
        QSettings().setValue(u"view/utc"_s, true);
        ui::SearchMemory().remember(u"severity:high"_s, 3);
        const auto allKept = [] {
            const QSettings settings;
            QVariantMap all;
            for (const QString& key : settings.allKeys()) {
                all.insert(key, settings.value(key));
            }
            return all;
        };
        const QVariantMap before = allKept();
        {
            CommandLine options;
            options.safeMode = true;
            Console console(options);
            console.openWindow();
            console.begin();
            auto* view = console.window().findChild<ui::ResultsView*>();
            QVERIFY(!view->isColumnHidden(1));
            view->hideColumn(3);
            view->setColumnWidth(2, view->columnWidth(2) + 5);
            QVERIFY(console.window().actions().action(u"search.columns")->shortcut().isEmpty());
            QVERIFY(!ui::TimeDisplay::instance().isUtc());
            QCOMPARE(ui::SearchMemory().past().size(), 1); // What was kept can be read.
            ui::SearchMemory().remember(u"severity:low"_s, 7);
            ui::SearchMemory().save({u"one"_s, {u"severity:low"_s, {}}});
            QVERIFY(console.window().actions().trigger(u"view.theme_dark"));
            QVERIFY(console.window().actions().trigger(u"view.time_utc"));
            QVERIFY(console.window().actions().trigger(u"view.time_local"));
            QVERIFY(console.window().close());
        }
        QCOMPARE(allKept(), before);
        QCOMPARE(QSettings().value(u"window/geometry"_s).toByteArray(), QByteArray("kept"));
        QCOMPARE(QSettings().value(u"results/columns.1"_s).toByteArray(), columns);
        QVERIFY2(store.crashed(), "the next start still offers what was left");
        store.endCleanly();
    }

    void theZoneOfTimesLasts()
    {
        ui::TimeDisplay::instance().setZone(QTimeZone("Asia/Tokyo"));
        CommandLine options;
        options.newInstance = true;
        {
            Console console(options);
            console.openWindow();
            QVERIFY(!ui::TimeDisplay::instance().isUtc());
            QVERIFY(test::trigger(console.window(), u"view.time_utc"));
        }
        ui::TimeDisplay::instance().setZone(QTimeZone("Asia/Tokyo")); // As another program.
        {
            Console console(options);
            console.openWindow();
            QVERIFY(ui::TimeDisplay::instance().isUtc());
            QVERIFY(console.window().actions().action(u"view.time_utc")->isChecked());
            QVERIFY(test::trigger(console.window(), u"view.time_local"));
        }
        ui::TimeDisplay::instance().setZone(QTimeZone("Asia/Tokyo"));
        const Console console(options);
        QVERIFY(!ui::TimeDisplay::instance().isUtc());
    }

    void aWrongOptionIsWrongUsage()
    {
        CommandLine options;
        QCOMPARE(readCommandLine({u"exhibit"_s, u"--no-such"_s}, options), std::optional(2));
    }

private:
    static void write(const QString& folder, const QByteArray& text)
    {
        QFile file(folder + u"/session.json"_s);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(text);
    }

    QTemporaryDir m_folder;
    ui::Theme m_theme{nullptr};
    ui::PaneRegistry m_registry;
};

} // namespace exhibit::console

EXHIBIT_GUI_TEST_MAIN(exhibit::console::SessionTest)
#include "session_test.moc"
