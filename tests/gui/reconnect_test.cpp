// SPDX-License-Identifier: Apache-2.0
// The server goes away under the open console and comes back: the console says so, keeps what it
// shows, and goes on by itself.
#include "app/console/console.h"
#include "tests/gui/stall_monitor.h"
#include "tests/support/temp_dir.h"
#include "ui/search/search_controller.h"
#include "ui/windows/status_bar.h"

#include <QApplication>
#include <QDeadlineTimer>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QStandardPaths>
#include <QTest>

namespace exhibit::console {
namespace {

using namespace Qt::StringLiterals;

constexpr int kPatience = 60'000;

/// exhibitd with its private PostgreSQL on a folder that outlives it.
class Server {
public:
    explicit Server(QString folder)
        : m_folder(std::move(folder))
    {
    }
    ~Server() { stop(); }

    /// Port 0: any. The same port again after a stop.
    bool start()
    {
        m_process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        m_process.start(qEnvironmentVariable("EXHIBIT_BIN_DIR") + u"/exhibitd"_s,
                        {u"serve"_s,
                         u"--data-dir"_s,
                         m_folder,
                         u"--listen"_s,
                         u"127.0.0.1:%1"_s.arg(m_port),
                         u"--rate-address-per-minute"_s,
                         u"0"_s});
        const QDeadlineTimer deadline(kPatience);
        while (!deadline.hasExpired() && m_process.state() != QProcess::NotRunning) {
            m_process.waitForReadyRead(1000);
            while (m_process.canReadLine()) {
                const auto line = QJsonDocument::fromJson(m_process.readLine()).object();
                if (const QString at = line.value("listening"_L1).toString(); !at.isEmpty()) {
                    m_port = at.section(QLatin1Char(':'), -1).toInt();
                    return true;
                }
            }
        }
        return false;
    }
    void stop()
    {
        if (m_process.state() != QProcess::NotRunning) {
            m_process.terminate();
            m_process.waitForFinished(kPatience);
        }
    }
    [[nodiscard]] QString url() const { return u"http://127.0.0.1:%1"_s.arg(m_port); }
    [[nodiscard]] Secret key() const
    {
        QFile file(m_folder + u"/admin.key"_s);
        return file.open(QIODevice::ReadOnly) ? Secret(file.readAll().trimmed().toStdString())
                                              : Secret();
    }

private:
    QString m_folder;
    QProcess m_process;
    int m_port = 0;
};

} // namespace

class ReconnectTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        QStandardPaths::setTestModeEnabled(true);
        QApplication::setOrganizationName(u"ExhibitTest"_s);
        QApplication::setApplicationName(u"again-%1"_s.arg(QCoreApplication::applicationPid()));
    }

    void aServerThatIsNotThereIsSaidSo()
    {
        CommandLine options;
        options.safeMode = true;
        Console console(options);
        console.openWindow();
        QString why;
        connect(&console.connection(), &Connection::failed, this, [&why](const QString& text) {
            why = text;
        });
        console.connection().open(u"http://127.0.0.1:1"_s, Secret("exk_x"));
        QTRY_VERIFY_WITH_TIMEOUT(!why.isEmpty(), kPatience);
        QVERIFY(console.window().isHome());
        QCOMPARE(console.window().status().connectionText(), u"Offline"_s);
    }

    void goesOnWhenTheServerComesBack()
    {
        const test::TempDir folder;
        Server server(QString::fromStdString(folder.path().string()));
        QVERIFY(server.start());
        CommandLine options;
        options.safeMode = true;
        Console console(options);
        console.openWindow();
        console.connection().open(server.url(), server.key());
        auto& window = console.window();
        QTRY_VERIFY_WITH_TIMEOUT(!window.isHome(), kPatience);
        auto& search = ui::SearchController::of(window.services());
        QTRY_COMPARE_WITH_TIMEOUT(search.state(), ui::SearchState::Done, kPatience);

        server.stop();
        QTRY_COMPARE_WITH_TIMEOUT(
            console.hub().state(), ui::ConnectionState::Reconnecting, kPatience);
        QVERIFY(window.status().connectionText().contains(u"not reachable"_s));
        QVERIFY2(!window.isHome(), "what is shown stays");
        search.search();
        QTRY_COMPARE_WITH_TIMEOUT(search.state(), ui::SearchState::Failed, kPatience);
        if (const QString pictures = qEnvironmentVariable("EXHIBIT_PICTURES");
            !pictures.isEmpty()) {
            window.grab().save(pictures + u"/failed.png"_s);
        }

        QVERIFY(server.start());
        QTRY_COMPARE_WITH_TIMEOUT(console.hub().state(), ui::ConnectionState::Connected, kPatience);
        search.search();
        QTRY_COMPARE_WITH_TIMEOUT(search.state(), ui::SearchState::Done, kPatience);
    }
};

} // namespace exhibit::console

EXHIBIT_GUI_TEST_MAIN(exhibit::console::ReconnectTest)
#include "reconnect_test.moc"
