// SPDX-License-Identifier: Apache-2.0
// The server goes away under the open console and comes back: the console says so, keeps what it
// shows, and goes on by itself.
#include "app/console/console.h"
#include "tests/gui/filled_incidents.h"
#include "tests/gui/own_settings.h"
#include "tests/gui/stall_monitor.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test_postgres.h"
#include "ui/search/search_controller.h"
#include "ui/widgets/message_bar.h"
#include "ui/windows/status_bar.h"

#include <QAbstractButton>
#include <QApplication>
#include <QDeadlineTimer>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTest>

namespace exhibit::console {
namespace {

using namespace Qt::StringLiterals;

constexpr int kPatience = 60'000;

/// exhibitd with its private PostgreSQL on a folder that outlives it.
class Server {
public:
    explicit Server(QString folder, QStringList arguments = {})
        : m_folder(std::move(folder))
        , m_arguments(std::move(arguments))
    {
    }
    ~Server() { stop(); }

    /// Port 0: any. The same port again after a stop.
    bool start()
    {
        m_process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        m_process.start(qEnvironmentVariable("EXHIBIT_BIN_DIR") + u"/exhibitd"_s,
                        QStringList{u"serve"_s,
                                    u"--data-dir"_s,
                                    m_folder,
                                    u"--listen"_s,
                                    u"127.0.0.1:%1"_s.arg(m_port),
                                    u"--rate-address-per-minute"_s,
                                    u"0"_s}
                            + m_arguments);
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

    /// What exhibitctl prints for the administrator; empty when it failed.
    [[nodiscard]] QJsonObject control(const QStringList& arguments) const
    {
        QProcess program;
        auto environment = QProcessEnvironment::systemEnvironment();
        environment.insert(u"EXHIBIT_SERVER"_s, url());
        environment.insert(u"EXHIBIT_API_KEY"_s, QString::fromStdString(key().expose()));
        program.setProcessEnvironment(environment);
        program.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        program.start(qEnvironmentVariable("EXHIBIT_BIN_DIR") + u"/exhibitctl"_s,
                      QStringList{u"--json"_s} + arguments);
        program.waitForFinished(kPatience);
        return QJsonDocument::fromJson(program.readAllStandardOutput()).object();
    }

private:
    QString m_folder;
    QStringList m_arguments;
    QProcess m_process;
    int m_port = 0;
};

} // namespace

class ReconnectTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { test::useOwnSettings(u"again"_s); }

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

    void whatChangedMeanwhileIsReadAgain()
    {
        const test::TempDir database;
        const test::TempDir folder;
        auto postgres = test::TestPostgres::create(database.path());
        QVERIFY2(postgres, postgres ? "" : postgres.error().message.c_str());
        Server server(QString::fromStdString(folder.path().string()),
                      {u"--database-url"_s, QString::fromStdString((*postgres)->url())});
        QVERIFY(server.start());
        const auto tenants = (*postgres)->query("SELECT tenant_id FROM exhibit.tenants");
        const TenantId tenant{tenants->uuid(0, 0)};
        QVERIFY((*postgres)->query(test::kFillIncidents, {150, tenant.text()}));
        CommandLine options;
        options.safeMode = true;
        Console console(options);
        console.openWindow();
        console.connection().open(server.url(), server.key());
        auto& window = console.window();
        const auto& selection = *window.services().selection;
        auto& search = ui::SearchController::of(window.services());
        QTRY_COMPARE_WITH_TIMEOUT(search.results().rowCount(), 150, kPatience);
        QTRY_VERIFY_WITH_TIMEOUT(selection.hit() != nullptr, kPatience);
        const auto status = [&search](int row) {
            const auto hit = search.results().hit(row);
            return hit ? hit->incident.status : domain::IncidentStatus::Investigating;
        };
        QCOMPARE(status(1), domain::IncidentStatus::Open);

        server.stop();
        QTRY_VERIFY_WITH_TIMEOUT(bar(window).text().contains(u"cannot be reached"_s), kPatience);
        QVERIFY((*postgres)->query("UPDATE exhibit.incidents SET status = 'resolved'"));
        window.activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&window));
        auto* const retry = button(window, u"Try now"_s);
        QTRY_VERIFY_WITH_TIMEOUT(retry->isVisible(), kPatience); // A layout shows it later.
        retry->setFocus();
        QCOMPARE(QApplication::focusWidget(), retry);
        press(window, u"Details"_s); // Writes the words anew, as every attempt does.
        QVERIFY2(bar(window).isAncestorOf(QApplication::focusWidget()), "the keys stay there");
        QVERIFY2(bar(window).text().contains(server.url()), qPrintable(bar(window).text()));
        QVERIFY(server.start());
        if (bar(window).isVisible()) { // Else it came back by itself just now.
            press(window, u"Try now"_s);
        }
        QTRY_COMPARE_WITH_TIMEOUT(console.hub().state(), ui::ConnectionState::Connected, kPatience);
        QVERIFY(!bar(window).isVisible());
        QTRY_COMPARE_WITH_TIMEOUT(status(1), domain::IncidentStatus::Resolved, kPatience);
        QTRY_COMPARE_WITH_TIMEOUT(
            selection.hit()->incident.status, domain::IncidentStatus::Resolved, kPatience);
    }

    void aRevokedKeyIsSaidInPlainWords()
    {
        const test::TempDir folder;
        Server server(QString::fromStdString(folder.path().string()));
        QVERIFY(server.start());
        const auto made = server.control({u"key"_s, u"create"_s, u"--role"_s, u"user"_s});
        const QString id = made.value("key_id"_L1).toString();
        QVERIFY2(!id.isEmpty(), QJsonDocument(made).toJson().constData());
        CommandLine options;
        options.safeMode = true;
        Console console(options);
        console.openWindow();
        console.connection().open(server.url(),
                                  Secret(made.value("key"_L1).toString().toStdString()));
        auto& window = console.window();
        QTRY_VERIFY_WITH_TIMEOUT(!window.isHome(), kPatience);
        (void)server.control({u"key"_s, u"revoke"_s, id}); // It prints nothing.
        server.stop(); // Ends the stream, whose key was fine when it was opened.
        QVERIFY(server.start());
        QTRY_COMPARE_WITH_TIMEOUT(console.hub().state(), ui::ConnectionState::Refused, kPatience);
        QVERIFY2(bar(window).text().contains(u"no longer accepts the key"_s),
                 qPrintable(bar(window).text()));
        QVERIFY(!window.status().connectionText().contains(u"not reachable"_s));
        QVERIFY2(!window.isHome(), "what is shown stays");
        press(window, u"Connect…"_s);
        QVERIFY(window.isHome());
    }

private:
    static ui::MessageBar& bar(ui::MainWindow& window)
    {
        return *window.findChild<ui::MessageBar*>(u"connection.bar"_s);
    }
    /// The last one of that text: those before are being deleted.
    static QAbstractButton* button(ui::MainWindow& window, const QString& text)
    {
        const auto buttons = bar(window).findChildren<QAbstractButton*>();
        const auto found = std::find_if(buttons.rbegin(), buttons.rend(), [&text](const auto* one) {
            return one->text() == text;
        });
        return found != buttons.rend() ? *found : nullptr;
    }
    static void press(ui::MainWindow& window, const QString& text)
    {
        auto* found = button(window, text);
        QVERIFY2(found != nullptr, qPrintable(text));
        found->click();
    }
};

} // namespace exhibit::console

EXHIBIT_GUI_TEST_MAIN(exhibit::console::ReconnectTest)
#include "reconnect_test.moc"
