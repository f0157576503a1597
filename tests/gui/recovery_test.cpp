// SPDX-License-Identifier: Apache-2.0
// What no failed connection, other server, crash or quick end takes from a session and its notes.
#include "tests/gui/console_on_server.h"
#include "tests/gui/picture_source.h"
#include "tests/gui/stall_monitor.h"
#include "ui/search/results_pane.h"
#include "ui/text.h"
#include "ui/widgets/message_bar.h"
#include "ui/windows/note_drafts.h"
#include "ui/windows/status_bar.h"

#include <QAbstractButton>
#include <QApplication>
#include <QDir>
#include <QMessageBox>
#include <QSignalSpy>
#include <QStandardPaths>
#include <QTcpServer>
#include <QTcpSocket>

namespace exhibit::console {
namespace {

using namespace Qt::StringLiterals;

/// Holds what it is asked for one incident until the test answers.
class HeldIncidents : public test::PictureSource {
public:
    domain::AnswerTo<domain::Incident> answer;

    domain::Question incident(std::string id, domain::AnswerTo<domain::Incident> asked) override
    {
        Q_UNUSED(id)
        answer = std::move(asked);
        return std::make_shared<int>();
    }
    void fail(ErrorCode code) const
    {
        answer(tl::make_unexpected(domain::SourceFailure{{code, "not now", {}}, {}, {}, {}}));
    }
};

} // namespace

class RecoveryTest : public QObject, private test::ConsoleOnServer {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        test::useOwnSettings(u"recovery"_s);
        QVERIFY2(m_server.start(), "exhibit-demo --stay did not get ready");
    }
    void cleanupTestCase()
    {
        stopConsole();
        QDir(folder()).removeRecursively();
    }
    void cleanup()
    {
        m_console.reset();
        QDir(folder()).removeRecursively();
    }

    void aServerThatIsAwayLeavesTheSession()
    {
        const SessionStore store(folder());
        store.saveState({u"http://127.0.0.1:1"_s, {window(u"a"_s), window(u"b"_s)}, {}});
        start({});
        QSignalSpy failed(&m_console->connection(), &Connection::failed);
        QTRY_COMPARE_WITH_TIMEOUT(failed.size(), 1, kPatience);
        QVERIFY(shown().isHome());
        QVERIFY(shown().close());
        QCOMPARE(store.readState().windows.size(), 2);
        QCOMPARE(store.readState().query(), u"a"_s);
    }

    void anotherServerThatDoesNotAnswerLeavesItToo()
    {
        start(m_server.url());
        QTRY_VERIFY_WITH_TIMEOUT(!shown().isHome(), kPatience);
        search().setText(u"severity:high"_s, true); // Not in the journal yet.
        QSignalSpy failed(&m_console->connection(), &Connection::failed);
        QVERIFY(test::trigger(shown(), u"file.disconnect"));
        m_console->takeOver({{}, u"http://127.0.0.1:1"_s, m_server.keyFile(), {}});
        QTRY_COMPARE_WITH_TIMEOUT(failed.size(), 1, kPatience);
        QVERIFY(shown().close());
        const auto left = SessionStore(folder()).readState();
        QCOMPARE(left.server, m_server.url());
        QCOMPARE(left.query(), u"severity:high"_s);
    }

    void aNoteOutlivesACrashAndAFreshStart()
    {
        const SessionStore store(folder());
        const ui::NoteDrafts::Key mine{m_server.url(), u"inc_x"_s};
        const ui::NoteDrafts::Key another{u"https://other.example"_s, u"inc_x"_s};
        const ui::NoteDrafts::Texts notes{{mine, u"half a thought"_s}, {another, u"b"_s}};
        store.saveNotes(notes);
        store.saveState({m_server.url(), {window(u"a"_s)}, {}});
        store.beginRun(); // As one that crashed.
        start(m_server.url());
        buttonOf(m_console->welcome().offer(), u"Start afresh"_s)->click();
        QTRY_VERIFY_WITH_TIMEOUT(!shown().isHome(), kPatience);
        auto& drafts = ui::NoteDrafts::of(m_console->hub());
        QCOMPARE(drafts.all(), notes);
        QVERIFY2(shown().status().currentMessage().contains(u"1 unsaved note"_s),
                 qPrintable(shown().status().currentMessage()));
        drafts.keep(mine, u"half a thought more"_s);
        QTRY_COMPARE_WITH_TIMEOUT(
            store.readNotes().value(mine), u"half a thought more"_s, kPatience);
        drafts.forget(mine);
        m_console.reset(); // At once: nothing is lost between two writings.
        QCOMPARE(store.readNotes(), (ui::NoteDrafts::Texts{{another, u"b"_s}}));
    }

    void aNoteIsOfTheServerItWasWrittenOn()
    {
        start({});
        auto& hub = m_console->hub();
        const auto& drafts = ui::NoteDrafts::of(hub);
        std::vector<domain::Incident> two(2);
        two[0].incidentId = IncidentId::generate();
        two[1].incidentId = IncidentId::generate();
        hub.setSource(std::make_shared<test::PictureSource>(), u"a"_s, u"https://a.example"_s);
        const auto key = drafts.keyOf(two);
        std::swap(two[0], two[1]);
        QVERIFY2(drafts.keyOf(two) == key, "rows that are sorted otherwise are the same ones");
        hub.setSource(nullptr, {}, {});
        QVERIFY2(drafts.keyOf(two) == key, "what is still shown is of that server");
        hub.setSource(std::make_shared<test::PictureSource>(), u"b"_s, u"https://b.example"_s);
        QVERIFY(drafts.keyOf(two) != key);
    }

    void notesHaveLimits()
    {
        ui::SourceHub hub;
        auto& drafts = ui::NoteDrafts::of(hub);
        const SessionStore store(folder());
        using Kept = ui::NoteDrafts::Kept;
        const QString large = QString(ui::NoteDrafts::kBytesMax - 1, u'x') + u"\u00E4"_s;
        QCOMPARE(drafts.keep({u"s"_s, u"0"_s}, large), Kept::Beginning);
        QCOMPARE(drafts.text({u"s"_s, u"0"_s}), QString(large.size() - 1, u'x'));
        QCOMPARE(drafts.keep({u"s"_s, u"0"_s}, large.mid(2) + u" \n"_s), Kept::Whole);
        // As large as they can be, with the ids of as many incidents as can be marked.
        const QString ids(ui::Selection::kMarkedMax * 40, u'i');
        const QString worst(ui::NoteDrafts::kBytesMax, u'\u0001');
        for (int i = 0; i < ui::NoteDrafts::kDraftsMax; ++i) {
            QCOMPARE(drafts.keep({u"s"_s, i == 0 ? u"0"_s : ids + QString::number(i)}, worst),
                     Kept::Whole);
        }
        QCOMPARE(drafts.keep({u"s"_s, u"one more"_s}, u"x"_s), Kept::Not);
        store.saveNotes(drafts.all());
        QCOMPARE(store.readNotes(), drafts.all());
    }

    void theKeyOfTheOptionsGoesToNoOtherServer()
    {
        QTcpServer other;
        QVERIFY(other.listen(QHostAddress::LocalHost));
        QByteArray told;
        connect(&other, &QTcpServer::newConnection, this, [&other, &told] {
            auto* socket = other.nextPendingConnection();
            connect(socket, &QTcpSocket::readyRead, socket, [socket, &told] {
                told += socket->readAll();
                socket->write("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n");
            });
        });
        const SessionStore store(folder());
        store.saveState({u"http://127.0.0.1:%1"_s.arg(other.serverPort()), {window(u"a"_s)}, {}});
        store.beginRun();
        start(m_server.url());
        QSignalSpy failed(&m_console->connection(), &Connection::failed);
        buttonOf(m_console->welcome().offer(), u"Restore last session"_s)->click();
        QTRY_COMPARE_WITH_TIMEOUT(failed.size(), 1, kPatience);
        QVERIFY(!m_server.key().isEmpty());
        QVERIFY2(!told.contains(m_server.key()), "it is the key of the server that was named");
    }

    void whatIsStillOnItsWayBackIsKept()
    {
        start(m_server.url());
        QTRY_VERIFY_WITH_TIMEOUT(!shown().isHome(), kPatience);
        QTRY_VERIFY_WITH_TIMEOUT(search().results().rowCount() > 1, kPatience);
        const QString chosen = idOf(0);
        const QString record = idOf(1);
        m_console.reset();
        const QJsonObject run{
            {u"incident"_s, chosen}, {u"event"_s, 1}, {u"from_us"_s, 5}, {u"to_us"_s, 9}};
        const QJsonObject panes{{u"timeline"_s, run},
                                {u"results"_s, QJsonObject{{u"top"_s, 3}, {u"row"_s, 4}}}};
        SessionState left{m_server.url(), {window(u"severity:high"_s)}, {{record, "at", panes}}};
        left.windows.first().incident = chosen;
        left.windows.first().panes = panes;
        const SessionStore store(folder());
        store.saveState(left);
        store.endCleanly();
        start(m_server.url());
        bool closed = false;
        connect(&m_console->connection(), &Connection::connected, this, [this, &closed] {
            closed = shown().close(); // Before anything is answered.
        });
        QTRY_VERIFY_WITH_TIMEOUT(closed, kPatience);
        const SessionState back = store.readState();
        QCOMPARE(back.windows.first().incident, chosen);
        for (const auto* pane : {"timeline", "results"}) {
            const QString id = QString::fromLatin1(pane);
            QCOMPARE(back.windows.first().panes.value(id), panes.value(id));
        }
        QCOMPARE(back.records.size(), 1);
        QCOMPARE(back.records.first().incident, record);
        QCOMPARE(back.records.first().panes, panes);
    }

    void aRecordThatCannotBeReadNowIsTriedAgain()
    {
        start({});
        auto source = std::make_shared<HeldIncidents>();
        m_console->hub().setSource(source, u"a"_s, u"https://a.example"_s);
        auto& records = m_console->records();
        records.reopen({{u"inc_x"_s, "place", {}}});
        QCOMPARE(records.states().size(), 1);
        source->fail(ErrorCode::Unavailable);
        QCOMPARE(records.states().size(), 1);
        QCOMPARE(records.states().first().geometry, QByteArray("place"));
        records.reopen({{u"inc_x"_s, "place", {}}});
        source->fail(ErrorCode::NotFound);
        QVERIFY2(records.states().isEmpty(), "it is gone");
    }

    void quittingAsksOnceForAllWindows()
    {
        start(m_server.url());
        QTRY_VERIFY_WITH_TIMEOUT(!shown().isHome(), kPatience);
        auto& first = shown();
        QVERIFY(test::trigger(first, u"file.new_window"));
        auto& second = m_console->shownWindow();
        QVERIFY(&second != &first);
        bool cancelled = false;
        second.services().jobs->start(
            u"Export"_s, [&cancelled] { cancelled = true; }, u"/nowhere/a.csv"_s);
        QVERIFY(test::trigger(first, u"file.quit"));
        QVERIFY2(first.isVisible() && second.isVisible(), "none goes before the answer");
        QEvent end(QEvent::Quit); // As the end of the desktop's session.
        QApplication::sendEvent(qApp, &end);
        QVERIFY(!end.isAccepted());
        QVERIFY(first.isVisible() && second.isVisible());
        const auto boxes = first.findChildren<QMessageBox*>() + second.findChildren<QMessageBox*>();
        QCOMPARE(boxes.size(), 1);
        for (auto* button : boxes.first()->buttons()) {
            if (boxes.first()->buttonRole(button) == QMessageBox::DestructiveRole) {
                button->click();
                break;
            }
        }
        QVERIFY(cancelled);
        QTRY_VERIFY(!first.isVisible() && !second.isVisible());
        QCOMPARE(SessionStore(folder()).readState().windows.size(), 2);
    }

private:
    static QString folder()
    {
        return QStandardPaths::writableLocation(QStandardPaths::AppDataLocation);
    }
    static WindowState window(const QString& query) { return {query, {}, {}, {}, {}, {}}; }
    ui::MainWindow& shown() { return m_console->window(); }
    QString idOf(int row)
    {
        return ui::toQt(search().results().hit(row)->incident.incidentId.text());
    }
    /// With the key of the server; named only where there is an address.
    void start(const QString& server)
    {
        auto options = unsafeOptions();
        options.server = server;
        startAnother(options);
    }
};

} // namespace exhibit::console

EXHIBIT_GUI_TEST_MAIN(exhibit::console::RecoveryTest)
#include "recovery_test.moc"
