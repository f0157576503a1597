// SPDX-License-Identifier: Apache-2.0
// Which keys go to which servers and are kept there, and what a new connection leaves as it was.
#include "tests/gui/console_on_server.h"
#include "tests/gui/stall_monitor.h"
#include "ui/windows/recent_files.h"

#include <QCheckBox>
#include <QDir>
#include <QLineEdit>
#include <QPushButton>
#include <QSettings>
#include <QStandardPaths>

namespace exhibit::console {
namespace {

using namespace Qt::StringLiterals;

const QString kReadable = u"http://192.0.2.1:8470"_s; // TEST-NET-1: nobody is there.

} // namespace

class ConnectTest : public QObject, private test::ConsoleOnServer {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        qunsetenv("DBUS_SESSION_BUS_ADDRESS"); // Keys go to files, whose number can be told.
        startConsole(u"connect"_s);
    }
    void cleanupTestCase()
    {
        stopConsole();
        folder().removeRecursively();
    }
    void init()
    {
        folder().removeRecursively();
        QSettings().clear();
        startAnother(unsafeOptions());
    }

    void aKeyIsNotSentReadableUnasked()
    {
        connectTo(kReadable, "exk_secret");
        auto& question = m_console->welcome().question();
        QVERIFY2(question.text().contains(kReadable), qPrintable(question.text()));
        QVERIFY2(m_console->connection().address().isEmpty(), "nothing has begun");
        buttonOf(question, u"Do not connect"_s)->click();
        QVERIFY(question.text().isEmpty());
        QVERIFY(m_console->connection().address().isEmpty());
        QVERIFY2(m_console->welcome().progressText().contains(u"not sent"_s),
                 qPrintable(m_console->welcome().progressText()));

        connectTo(kReadable, "exk_secret");
        last(u"Send the key anyway"_s)->click();
        QCOMPARE(m_console->connection().address(), kReadable);
        m_console->connection().close();
        connectTo(kReadable, "exk_secret"); // Somebody said so already.
        QVERIFY(question.text().isEmpty());
        m_console->connection().close();
    }

    void aKeyIsKeptOnceTheServerTookIt()
    {
        connectTo(m_server.url(), "exk_wrong", true);
        QTRY_VERIFY_WITH_TIMEOUT(!m_console->welcome().progressText().contains(u"Connecting"_s),
                                 kPatience);
        QVERIFY(window().isHome());
        QCOMPARE(keptKeys(), 0);
        connectTo(m_server.url(), m_server.key(), true);
        QTRY_VERIFY_WITH_TIMEOUT(!window().isHome(), kPatience);
        QTRY_COMPARE(keptKeys(), 1);
    }

    void aForgottenServerLeavesNoKeyAndIsNotOffered()
    {
        connectTo(m_server.url(), m_server.key(), true);
        QTRY_VERIFY_WITH_TIMEOUT(!window().isHome(), kPatience);
        QTRY_COMPARE(keptKeys(), 1);
        QVERIFY(test::trigger(window(), u"file.disconnect"));
        button(u"Forget"_s)->click();
        QCOMPARE(keptKeys(), 0);
        QVERIFY(QSettings().value(u"servers"_s).toStringList().isEmpty());
        QTRY_VERIFY(button(u"Forget"_s) == nullptr);
    }

    void anotherKeyLeavesTheWindowsAsTheyWere()
    {
        connectTo(m_server.url(), m_server.key());
        QTRY_VERIFY_WITH_TIMEOUT(!window().isHome(), kPatience);
        QVERIFY(test::trigger(window(), u"file.new_window"));
        auto& second = m_console->shownWindow();
        QVERIFY(&second != &window());
        auto& third = openThird();
        third.resize(1100, 700);
        third.pane(u"timeline"_s)->hide();
        QVERIFY(third.close()); // Its layout is that of the next start.

        window().resize(1300, 800);
        window().pane(u"facets"_s)->hide();
        second.resize(1450, 900);
        connectTo(m_server.url(), m_server.key()); // After Connect…, in the bar of a lost server.
        QTRY_COMPARE_WITH_TIMEOUT(
            m_console->hub().state(), ui::ConnectionState::Connected, kPatience);
        QTRY_COMPARE_WITH_TIMEOUT(search().state(), ui::SearchState::Done, kPatience);
        QCOMPARE(window().size(), QSize(1300, 800));
        QVERIFY(!window().pane(u"facets"_s)->isVisible());
        QVERIFY(window().pane(u"timeline"_s)->isVisible());
        QCOMPARE(second.size(), QSize(1450, 900));
        QVERIFY(second.pane(u"timeline"_s)->isVisible());
    }

    void thePageAndItsFilesComeBack()
    {
        const QString evidence = QFileInfo(m_server.keyFile()).absoluteFilePath();
        auto options = unsafeOptions();
        options.server = m_server.url();
        SessionStore(folder().path()).endCleanly();
        startAnother(options);
        QTRY_VERIFY_WITH_TIMEOUT(!window().isHome(), kPatience);
        window().openFiles({evidence}); // No evidence, but a file: that is said of it.
        QCOMPARE(window().shownPage(), u"certificate"_s);
        QVERIFY(test::trigger(window(), u"file.quit"));
        SessionStore(folder().path()).endCleanly();

        startAnother(options);
        QTRY_COMPARE_WITH_TIMEOUT(window().shownPage(), u"certificate"_s, kPatience);
        QCOMPARE(window().openedFiles(), QStringList{evidence});
        QCOMPARE(ui::RecentFiles::list().size(), 1);
        QVERIFY(!ui::RecentFiles::list().first().isMissing);
        ui::RecentFiles::remember({u"/nonexistent/pack.exhibit"_s});
        QVERIFY(ui::RecentFiles::list().first().isMissing);
        window().showHome(true);
        button(u"Clear the list of files"_s)->click();
        QVERIFY(ui::RecentFiles::list().isEmpty());
    }

private:
    static QDir folder()
    {
        return QStandardPaths::writableLocation(QStandardPaths::AppDataLocation);
    }
    static qsizetype keptKeys()
    {
        return QDir(folder().filePath(u"keys"_s)).entryList({u"*.key"_s}, QDir::Files).size();
    }
    ui::MainWindow& openThird()
    {
        if (!test::trigger(window(), u"file.new_window")) {
            qFatal("no third window");
        }
        return m_console->shownWindow();
    }
    /// As a person fills in the page; the window may stand before another one.
    void connectTo(const QString& address, const QByteArray& key, bool keep = false)
    {
        window().showHome(true);
        auto& welcome = m_console->welcome();
        for (auto* field : welcome.findChildren<QLineEdit*>()) {
            field->setText(field->echoMode() == QLineEdit::Password ? QString::fromLatin1(key)
                                                                    : address);
        }
        welcome.findChild<QCheckBox*>()->setChecked(keep);
        button(u"Connect"_s)->click();
    }
    QPushButton* button(const QString& text)
    {
        for (auto* one : m_console->welcome().findChildren<QPushButton*>()) {
            if (one->text() == text) {
                return one;
            }
        }
        return nullptr;
    }
    /// Those of questions before are being deleted.
    QPushButton* last(const QString& text)
    {
        QPushButton* found = nullptr;
        for (auto* one : m_console->welcome().findChildren<QPushButton*>()) {
            found = one->text() == text ? one : found;
        }
        return found;
    }
};

} // namespace exhibit::console

EXHIBIT_GUI_TEST_MAIN(exhibit::console::ConnectTest)
#include "connect_test.moc"
