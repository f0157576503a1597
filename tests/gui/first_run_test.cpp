// SPDX-License-Identifier: Apache-2.0
// The first minutes without a server: gateways that the console starts on this machine, and the
// three steps of the welcome page, by keys that go to whatever has the focus.
#include "app/console/console.h"
#include "tests/gui/stall_monitor.h"
#include "tests/support/temp_dir.h"
#include "ui/search/search_controller.h"
#include "ui/widgets/message_bar.h"
#include "ui/windows/status_bar.h"

#include <QAbstractButton>
#include <QApplication>
#include <QFile>
#include <QProcess>
#include <QSettings>
#include <QStandardPaths>
#include <QTest>

#include <csignal>

namespace exhibit::console {
namespace {

using namespace Qt::StringLiterals;
using Kind = LocalGateways::Kind;

constexpr int kPatience = 150'000;
constexpr int kStopsMax = 40;

/// Children of `parent` with that name, theirs included.
QList<qint64> childrenOf(qint64 parent, const QByteArray& name)
{
    QList<qint64> found;
    QFile list(u"/proc/%1/task/%1/children"_s.arg(parent));
    if (!list.open(QIODevice::ReadOnly)) {
        return found;
    }
    for (const QByteArray& id : list.readAll().simplified().split(' ')) {
        QFile comm(u"/proc/%1/comm"_s.arg(QString::fromLatin1(id)));
        if (comm.open(QIODevice::ReadOnly) && comm.readAll().trimmed() == name) {
            found << id.toLongLong();
        }
        if (!id.isEmpty()) {
            found << childrenOf(id.toLongLong(), name);
        }
    }
    return found;
}

} // namespace

class FirstRunTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        // Beside it nothing of the person's own is read or written.
        qputenv("XDG_DATA_HOME", (m_folder.path() / "data").c_str());
        QSettings::setDefaultFormat(QSettings::IniFormat);
        QSettings::setPath(QSettings::IniFormat,
                           QSettings::UserScope,
                           QString::fromStdString((m_folder.path() / "settings").string()));
        QApplication::setOrganizationName(u"ExhibitTest"_s);
        QApplication::setApplicationName(u"first"_s);
    }
    void init()
    {
        QSettings().clear();
        open();
    }
    void cleanup() { close(); }

    void threeStepsLeadToAnInflection()
    {
        pressButton(u"Start with sample traffic"_s);
        QTRY_VERIFY_WITH_TIMEOUT(!window().isHome(), kPatience);
        QTRY_COMPARE_WITH_TIMEOUT(search().state(), ui::SearchState::Done, kPatience);
        QVERIFY(search().total() >= 6);

        showWelcome();
        pressButton(u"Open the newest incident"_s);
        QTRY_VERIFY_WITH_TIMEOUT(isInside(u"results"_s), kPatience);
        const auto& selection = *window().services().selection;
        QCOMPARE(selection.hit()->incident.incidentId,
                 search().results().hit(0)->incident.incidentId);

        showWelcome();
        pressButton(u"Jump to the inflection point"_s);
        QTRY_VERIFY_WITH_TIMEOUT(isInside(u"timeline"_s), kPatience);
        QTRY_VERIFY(selection.event().has_value());
        QVERIFY(selection.timeline()->events.at(*selection.event()).isInflection);
        QVERIFY2(QSettings().value(u"servers"_s).toStringList().isEmpty(),
                 "what is thrown away is not offered again");
    }

    void theThirdStepAloneDoesTheOthers()
    {
        pressButton(u"Jump to the inflection point"_s);
        QTRY_VERIFY_WITH_TIMEOUT(isInside(u"timeline"_s), kPatience);
        const auto& selection = *window().services().selection;
        QTRY_VERIFY(selection.event().has_value());
        QVERIFY(selection.timeline()->events.at(*selection.event()).isInflection);

        // Its gateway ends by itself: that is said, and it goes on with the same data.
        const qint64 before = search().total();
        const auto gateways = childrenOf(QCoreApplication::applicationPid(), "exhibitd");
        QCOMPARE(gateways.size(), 1);
        ::kill(static_cast<pid_t>(gateways.first()), SIGKILL);
        expectAwayAndBack();
        search().search();
        QTRY_COMPARE_WITH_TIMEOUT(search().state(), ui::SearchState::Done, kPatience);
        QCOMPARE(search().total(), before);
    }

    void aLocalGatewayKeepsItsDataAndItsAddress()
    {
        pressButton(u"Start a local gateway…"_s);
        QTRY_VERIFY_WITH_TIMEOUT(!window().isHome(), kPatience);
        QTRY_COMPARE_WITH_TIMEOUT(search().state(), ui::SearchState::Done, kPatience);
        const QString address = m_console->connection().address();
        const QString made = makeKey(address);
        QVERIFY2(made.isEmpty(), qPrintable(made));

        const auto gateways = childrenOf(QCoreApplication::applicationPid(), "exhibitd");
        QCOMPARE(gateways.size(), 1);
        ::kill(static_cast<pid_t>(gateways.first()), SIGKILL);
        expectAwayAndBack();
        QCOMPARE(m_console->connection().address(), address);
        QVERIFY(keys(address).contains("first-run"));

        close();
        QVERIFY(childrenOf(QCoreApplication::applicationPid(), "exhibitd").isEmpty());
        open();
        pressButton(u"Start a local gateway…"_s);
        QTRY_VERIFY_WITH_TIMEOUT(!window().isHome(), kPatience);
        QCOMPARE(m_console->connection().address(), address);
        QVERIFY2(keys(address).contains("first-run"), "what it recorded is there");
    }

    void aCancelledStartEndsInTheBackground()
    {
        pressButton(u"Start a local gateway…"_s);
        QTRY_VERIFY(m_console->gateways().areRunning());
        auto& jobs = *window().services().jobs;
        QCOMPARE(jobs.running(), 1);
        jobs.jobs().first()->cancel();
        QCOMPARE(jobs.jobs().first()->state(), ui::Job::State::Cancelled);
        QVERIFY(m_console->welcome().progressText().contains(u"cancelled"_s));
        QTRY_VERIFY_WITH_TIMEOUT(!m_console->gateways().areRunning(), kPatience);
        QVERIFY(window().isHome());
    }

    void whatIsNotInstalledIsSaid()
    {
        close();
        open(u"/nonexistent"_s);
        pressButton(u"Start with sample traffic"_s);
        QVERIFY(m_console->welcome().progressText().contains(u"not installed"_s));
        QCOMPARE(window().services().jobs->running(), 0);
    }

private:
    ui::MainWindow& window() { return m_console->window(); }
    ui::SearchController& search() { return ui::SearchController::of(window().services()); }

    void open(const QString& programs = qEnvironmentVariable("EXHIBIT_BIN_DIR"))
    {
        CommandLine options;
        options.programs = programs;
        m_console = std::make_unique<Console>(options);
        m_console->openWindow();
        window().activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&window()));
    }
    void close()
    {
        if (m_console) {
            m_console->gateways().stop();
            QTRY_VERIFY_WITH_TIMEOUT(!m_console->gateways().areRunning(), kPatience);
            m_console.reset();
        }
    }
    void showWelcome()
    {
        window().showHome(true);
        window().activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&window()));
    }
    bool isInside(const QString& pane)
    {
        return window().pane(pane)->isAncestorOf(QApplication::focusWidget());
    }
    static QWidget* focus()
    {
        auto* const at = QApplication::focusWidget();
        return at != nullptr ? at : QApplication::activeWindow();
    }
    void pressButton(const QString& name)
    {
        for (int stop = 0; stop < kStopsMax; ++stop) {
            const auto* button = qobject_cast<QAbstractButton*>(focus());
            if (button != nullptr && (button->text() == name || button->accessibleName() == name)) {
                QTest::keyClick(focus(), Qt::Key_Space);
                return;
            }
            QTest::keyClick(focus(), Qt::Key_Tab);
        }
        QFAIL(qPrintable(name + u" is not reached by Tab"_s));
    }
    void expectAwayAndBack()
    {
        auto* bar = window().findChild<ui::MessageBar*>(u"connection.bar"_s);
        QTRY_VERIFY_WITH_TIMEOUT(bar->text().contains(u"ended by itself and is started again"_s),
                                 kPatience);
        QVERIFY2(!window().isHome(), "what is shown stays");
        QVERIFY(window().status().connectionText().contains(u"started again"_s));
        QTRY_COMPARE_WITH_TIMEOUT(
            m_console->hub().state(), ui::ConnectionState::Connected, kPatience);
        QTRY_VERIFY(!bar->isVisible());
    }
    static QByteArray control(const QString& address, const QStringList& arguments)
    {
        QFile key(QStandardPaths::writableLocation(QStandardPaths::AppDataLocation)
                  + u"/gateway/admin.key"_s);
        QProcess program;
        auto environment = QProcessEnvironment::systemEnvironment();
        environment.insert(u"EXHIBIT_SERVER"_s, address);
        environment.insert(u"EXHIBIT_API_KEY"_s,
                           key.open(QIODevice::ReadOnly)
                               ? QString::fromLatin1(key.readAll().trimmed())
                               : QString());
        program.setProcessEnvironment(environment);
        program.setProcessChannelMode(QProcess::MergedChannels);
        program.start(qEnvironmentVariable("EXHIBIT_BIN_DIR") + u"/exhibitctl"_s,
                      QStringList{u"--json"_s} + arguments);
        program.waitForFinished(kPatience);
        return program.exitCode() == 0 ? program.readAll() : "failed: " + program.readAll();
    }
    /// Something that is there the next time; empty, or what went wrong.
    static QString makeKey(const QString& address)
    {
        const QByteArray said = control(
            address, {u"key"_s, u"create"_s, u"--role"_s, u"user"_s, u"--label"_s, u"first-run"_s});
        return said.startsWith("failed") ? QString::fromUtf8(said) : QString();
    }
    static QByteArray keys(const QString& address)
    {
        return control(address, {u"key"_s, u"list"_s});
    }

    test::TempDir m_folder;
    std::unique_ptr<Console> m_console;
};

} // namespace exhibit::console

EXHIBIT_GUI_TEST_MAIN(exhibit::console::FirstRunTest)
#include "first_run_test.moc"
