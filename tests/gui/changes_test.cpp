// SPDX-License-Identifier: Apache-2.0
// Tags and statuses that several people give to one incident of a real server.
#include "tests/gui/console_on_server.h"
#include "tests/gui/stall_monitor.h"
#include "ui/detail/note_list.h"
#include "ui/search/results_pane.h"
#include "ui/search/results_view.h"
#include "ui/text.h"
#include "ui/widgets/message_bar.h"
#include "ui/windows/note_dialog.h"

#include <QClipboard>
#include <QDialogButtonBox>
#include <QInputDialog>
#include <QLabel>
#include <QMenu>
#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QPlainTextEdit>
#include <QPushButton>

#include <algorithm>
#include <functional>

namespace exhibit::console {
namespace {

using namespace Qt::StringLiterals;
using domain::IncidentStatus;
using Tags = std::vector<std::string>;

} // namespace

class ChangesTest : public QObject, private test::ConsoleOnServer {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { startConsole(u"changes"_s); }
    void cleanupTestCase() { stopConsole(); }
    void init()
    {
        find({});
        pane<ui::ResultsPane>(u"results"_s)->view().selectRow(0);
        QTRY_VERIFY_WITH_TIMEOUT(window().services().selection->hit() != nullptr, kPatience);
        somebodyElse(R"({"status":"open","tags":[]})");
        QTRY_VERIFY_WITH_TIMEOUT(tags().empty() && status() == IncidentStatus::Open, kPatience);
        window().services().undo->clear();
        results().bar().clear();
    }
    void cleanup() { m_console->records().closeAll(); }

    void undoingATagLeavesThoseOfOthers()
    {
        tag(window(), u"pii"_s);
        QTRY_COMPARE_WITH_TIMEOUT(tags(), Tags{"pii"}, kPatience);
        somebodyElse(R"({"tags":["pii","legal-hold"]})");
        QVERIFY(test::trigger(window(), u"edit.undo"));
        QTRY_COMPARE_WITH_TIMEOUT(tags(), Tags{"legal-hold"}, kPatience);
        QVERIFY(test::trigger(window(), u"edit.redo"));
        QTRY_COMPARE_WITH_TIMEOUT(tags(), (Tags{"legal-hold", "pii"}), kPatience);
    }

    void tagsTypedOneAfterTheOtherAreAllKept()
    {
        for (const auto& text : {u"a"_s, u"b"_s, u"c"_s}) {
            tag(window(), text); // Before the answer to the one before.
        }
        QTRY_COMPARE_WITH_TIMEOUT(tags(), (Tags{"a", "b", "c"}), kPatience);
        for (int i = 0; i < 3; ++i) {
            QVERIFY(test::trigger(window(), u"edit.undo"));
        }
        QTRY_VERIFY_WITH_TIMEOUT(tags().empty(), kPatience);
    }

    void undoReopensNothingThatSomebodyResolved()
    {
        choose(window(), 1);
        QTRY_COMPARE_WITH_TIMEOUT(status(), IncidentStatus::Investigating, kPatience);
        somebodyElse(R"({"status":"resolved"})");
        QVERIFY(test::trigger(window(), u"edit.undo"));
        QTRY_VERIFY_WITH_TIMEOUT(results().bar().text().contains(u"Not undone"_s), kPatience);
        QVERIFY2(results().bar().text().contains(u"resolved"_s),
                 qPrintable(results().bar().text()));
        QTRY_COMPARE_WITH_TIMEOUT(status(), IncidentStatus::Resolved, kPatience);
    }

    void aChangeThatFailedIsNoStep()
    {
        const auto stale = window().services().selection->shared();
        somebodyElse(R"({"status":"resolved"})");
        window().services().selection->setIncident(stale); // As a row that was not told yet.
        choose(window(), 2);
        QTRY_VERIFY_WITH_TIMEOUT(results().bar().text().contains(u"Not done"_s), kPatience);
        QTRY_VERIFY(!window().services().undo->canUndo());
        QVERIFY(!window().actions().action(u"edit.undo")->isEnabled());
    }

    void twoStatusesInARowAreUndoneOneByOne()
    {
        choose(window(), 1);
        choose(window(), 2); // The row still shows what was before both.
        QTRY_COMPARE_WITH_TIMEOUT(status(), IncidentStatus::Contained, kPatience);
        QVERIFY(test::trigger(window(), u"edit.undo"));
        QTRY_COMPARE_WITH_TIMEOUT(status(), IncidentStatus::Investigating, kPatience);
        QVERIFY(test::trigger(window(), u"edit.undo"));
        QTRY_COMPARE_WITH_TIMEOUT(status(), IncidentStatus::Open, kPatience);
    }

    void aNoteIsShownAndUndoSaysThatItStays()
    {
        note(window(), u"Called the <b>customer</b>."_s);
        auto* notes = window().findChild<ui::NoteList*>();
        QTRY_VERIFY_WITH_TIMEOUT(notes->texts().filter(u"<b>customer"_s).size() == 1, kPatience);
        QVERIFY(notes->isVisibleTo(&window()));
        QVERIFY(drafts().all().isEmpty());
        QVERIFY(window().actions().action(u"edit.undo")->text().contains(u"note"_s));
        QVERIFY(test::trigger(window(), u"edit.undo"));
        QTRY_VERIFY_WITH_TIMEOUT(notes->texts().join(u' ').contains(u"taken back"_s), kPatience);
        QVERIFY2(notes->texts().join(u' ').contains(u"<b>customer"_s), "it stays to be read");
        QTRY_VERIFY_WITH_TIMEOUT(results().bar().text().contains(u"Undone: note"_s), kPatience);
        QVERIFY(test::trigger(window(), u"edit.redo"));
        QTRY_COMPARE_WITH_TIMEOUT(notes->texts().filter(u"<b>customer"_s).size(), 2, kPatience);
        pane<ui::ResultsPane>(u"results"_s)->view().selectRow(1);
        QTRY_VERIFY_WITH_TIMEOUT(notes->texts().filter(u"<b>customer"_s).isEmpty(), kPatience);
        pane<ui::ResultsPane>(u"results"_s)->view().selectRow(0);
        QTRY_COMPARE_WITH_TIMEOUT(notes->texts().filter(u"<b>customer"_s).size(), 2, kPatience);
    }

    void aNoteThatWasNotSentIsOfferedAgain()
    {
        QVERIFY(window().services().actions->trigger(u"case.note"));
        auto* dialog = window().findChild<ui::NoteDialog*>(u"note.dialog"_s);
        QVERIFY(dialog != nullptr);
        QTest::keyClicks(dialog->findChild<QPlainTextEdit*>(), u"half a thou"_s);
        QCOMPARE(drafts().all().size(), 1); // As the journal has it with each key.
        dialog->reject();
        delete dialog;
        QVERIFY(window().services().actions->trigger(u"case.note"));
        dialog = window().findChild<ui::NoteDialog*>(u"note.dialog"_s);
        auto* text = dialog->findChild<QPlainTextEdit*>();
        QCOMPARE(text->toPlainText(), u"half a thou"_s);
        text->setPlainText(QString(8193, u'x'));
        QVERIFY2(!dialog->findChild<QPushButton*>(u"note.add"_s)->isEnabled(), "too long");
        const auto* said = dialog->findChild<QLabel*>(u"note.said"_s);
        QVERIFY2(said->isVisible() && said->text().contains(u"not kept"_s),
                 qPrintable(said->text()));
        QCOMPARE(drafts().all().first().size(), 8192);
        dialog->findChild<QDialogButtonBox*>()->button(QDialogButtonBox::Discard)->click();
        QVERIFY(drafts().all().isEmpty());
        QVERIFY(window().services().undo->count() == 0);
        delete dialog;
    }

    void anAssigneeIsSetAndGivenBackUnlessSomebodyElseTookOver()
    {
        assign(u"ann"_s);
        QTRY_COMPARE_WITH_TIMEOUT(assignee(), std::optional<std::string>("ann"), kPatience);
        const auto* line = window().findChild<QLabel*>(u"record.tags"_s);
        QVERIFY(line->text().contains(u"ann"_s) && line->isVisibleTo(&window()));
        QVERIFY(test::trigger(window(), u"edit.undo"));
        QTRY_COMPARE_WITH_TIMEOUT(assignee(), std::optional<std::string>(), kPatience);
        QVERIFY(test::trigger(window(), u"edit.redo"));
        QTRY_COMPARE_WITH_TIMEOUT(assignee(), std::optional<std::string>("ann"), kPatience);
        somebodyElse(R"({"assignee":"bob"})");
        QVERIFY(test::trigger(window(), u"edit.undo"));
        QTRY_VERIFY_WITH_TIMEOUT(results().bar().text().contains(u"Not undone"_s), kPatience);
        QTRY_COMPARE_WITH_TIMEOUT(assignee(), std::optional<std::string>("bob"), kPatience);
        somebodyElse(R"({"assignee":null})");
        QTRY_COMPARE_WITH_TIMEOUT(assignee(), std::optional<std::string>(), kPatience);
    }

    void severalRowsAreTaggedInOneStep()
    {
        selectRows(6);
        QCOMPARE(ui::ActionRegistry::plainText(window().actions().action(u"case.tag")),
                 u"Tag 6 incidents…"_s);
        tag(window(), u"batch"_s);
        QTRY_COMPARE_WITH_TIMEOUT(rowsWithTag("batch"), 6, kPatience);
        QTRY_VERIFY_WITH_TIMEOUT(ui::withoutIsolates(results().bar().text())
                                     .contains(u"Done: tag “batch” of 6 incidents"_s),
                                 kPatience);
        QCOMPARE(window().services().undo->count(), 1);
        QVERIFY(window().actions().action(u"edit.undo")->text().contains(u"of 6 incidents"_s));
        selectRows(1); // One step, whatever is selected by now.
        QVERIFY(test::trigger(window(), u"edit.undo"));
        QTRY_COMPARE_WITH_TIMEOUT(rowsWithTag("batch"), 0, kPatience);
        QTRY_VERIFY_WITH_TIMEOUT(results().bar().text().contains(u"Undone"_s), kPatience);
    }

    void thoseThatHadItAreNotTakenBack()
    {
        tag(window(), u"mine"_s);
        QTRY_COMPARE_WITH_TIMEOUT(rowsWithTag("mine"), 1, kPatience);
        selectRows(3);
        tag(window(), u"mine"_s);
        QTRY_COMPARE_WITH_TIMEOUT(rowsWithTag("mine"), 3, kPatience);
        QVERIFY(test::trigger(window(), u"edit.undo"));
        QTRY_COMPARE_WITH_TIMEOUT(rowsWithTag("mine"), 1, kPatience);
        QCOMPARE(tags(), Tags{"mine"});
    }

    void ofSeveralTheOneThatFailedIsNamed()
    {
        selectRows(3);
        const std::string id = rows().hit(0)->incident.incidentId.text();
        QVERIFY(test::trigger(window(), u"case.status"));
        auto* menu = window().findChild<QMenu*>(u"status.menu"_s);
        QVERIFY(menu != nullptr);
        somebodyElse(R"({"status":"resolved"})"); // While the menu stands open.
        QTRY_COMPARE_WITH_TIMEOUT(status(), IncidentStatus::Resolved, kPatience);
        menu->actions().at(2)->trigger();
        delete menu;
        QTRY_VERIFY_WITH_TIMEOUT(results().bar().text().contains(u"for 1 of 3"_s), kPatience);
        QVERIFY2(results().bar().text().contains(ui::toQt(id)), qPrintable(results().bar().text()));
        QTRY_COMPARE_WITH_TIMEOUT(rowsWithStatus(IncidentStatus::Contained), 2, kPatience);
        QCOMPARE(rows().hit(0)->incident.status, IncidentStatus::Resolved);
        QVERIFY(test::trigger(window(), u"edit.undo"));
        QTRY_COMPARE_WITH_TIMEOUT(rowsWithStatus(IncidentStatus::Contained), 0, kPatience);
        QCOMPARE(rows().hit(0)->incident.status, IncidentStatus::Resolved);
    }

    void severalRowsAreCopied()
    {
        selectRows(4);
        auto* clipboard = QGuiApplication::clipboard();
        QVERIFY(test::trigger(window(), u"edit.copy_id"));
        const QStringList ids = clipboard->text().split(u'\n');
        QCOMPARE(ids.size(), 4);
        QCOMPARE(ids.last(), ui::toQt(rows().hit(3)->incident.incidentId.text()));
        QVERIFY(window().actions().action(u"edit.copy_json")->text().contains(u"without events"_s));
        QVERIFY(test::trigger(window(), u"edit.copy_json"));
        QTRY_VERIFY_WITH_TIMEOUT(clipboard->text().startsWith(u'['), kPatience);
        for (const QString& id : ids) {
            QVERIFY(clipboard->text().contains(id));
        }
        QVERIFY(test::trigger(window(), u"edit.copy_markdown"));
        QTRY_COMPARE_WITH_TIMEOUT(clipboard->text().count(u"## "_s), 4, kPatience);
    }

    void whatIsOfOneRecordSaysSo()
    {
        const auto text = [this] {
            return ui::ActionRegistry::plainText(window().actions().action(u"evidence.export"));
        };
        QCOMPARE(text(), u"Export this incident…"_s);
        selectRows(2);
        QVERIFY2(text().contains(u"current row only"_s), qPrintable(text()));
        selectRows(1);
        QCOMPARE(text(), u"Export this incident…"_s);
    }

    void aRecordsOwnWindowTagsAndSetsTheStatusToo()
    {
        window().services().openRecord(window().services().selection->shared());
        auto& own = *m_console->records().windows().constFirst();
        const auto& actions = *own.services().actions;
        QVERIFY(actions.action(u"case.tag")->isVisible());
        QVERIFY(actions.action(u"edit.undo")->isVisible());
        tag(own, u"from its window"_s);
        choose(own, 3);
        QTRY_COMPARE_WITH_TIMEOUT(tags(), Tags{"from its window"}, kPatience);
        QTRY_COMPARE_WITH_TIMEOUT(status(), IncidentStatus::Resolved, kPatience);
        const auto& hit = *own.services().selection->hit();
        QCOMPARE(hit.incident.status, IncidentStatus::Resolved);
        QVERIFY2(!test::trigger(window(), u"edit.undo"), "each window has its own steps");
        QVERIFY(own.services().actions->trigger(u"edit.undo"));
        QVERIFY(own.services().actions->trigger(u"edit.undo"));
        QTRY_VERIFY_WITH_TIMEOUT(tags().empty(), kPatience);
        QTRY_COMPARE_WITH_TIMEOUT(status(), IncidentStatus::Open, kPatience);
    }

private:
    ui::ResultsPane& results() { return *pane<ui::ResultsPane>(u"results"_s); }
    /// The first ones; the first is the current one.
    void selectRows(int count)
    {
        auto& view = results().view();
        view.selectRow(0);
        view.selectionModel()->select(
            QItemSelection(rows().index(0, 0), rows().index(count - 1, 0)),
            QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
    }
    int rowsThat(const std::function<bool(const domain::Incident&)>& fit)
    {
        int found = 0;
        for (int row = 0; row < rows().rowCount(); ++row) {
            found += rows().hit(row) && fit(rows().hit(row)->incident) ? 1 : 0;
        }
        return found;
    }
    int rowsWithTag(const std::string& tag)
    {
        return rowsThat([&tag](const domain::Incident& incident) {
            return std::find(incident.tags.begin(), incident.tags.end(), tag)
                != incident.tags.end();
        });
    }
    int rowsWithStatus(IncidentStatus wanted)
    {
        return rowsThat(
            [wanted](const domain::Incident& incident) { return incident.status == wanted; });
    }
    std::optional<std::string> assignee()
    {
        return window().services().selection->hit()->incident.assignee;
    }
    ui::NoteDrafts& drafts() { return ui::NoteDrafts::of(m_console->hub()); }
    void assign(const QString& name)
    {
        QVERIFY(window().services().actions->trigger(u"case.assign"));
        auto* dialog = window().findChild<QInputDialog*>(u"assignee.dialog"_s);
        QVERIFY(dialog != nullptr);
        dialog->setTextValue(name);
        dialog->accept();
        delete dialog;
    }
    template <class Window>
    static void note(Window& in, const QString& text)
    {
        QVERIFY(in.services().actions->trigger(u"case.note"));
        auto* dialog = in.template findChild<ui::NoteDialog*>(u"note.dialog"_s);
        QVERIFY(dialog != nullptr);
        dialog->template findChild<QPlainTextEdit*>()->setPlainText(text);
        dialog->template findChild<QPushButton*>(u"note.add"_s)->click();
        delete dialog;
    }
    Tags tags() { return window().services().selection->hit()->incident.tags; }
    IncidentStatus status() { return window().services().selection->hit()->incident.status; }

    template <class Window>
    static void tag(Window& in, const QString& text)
    {
        QVERIFY(in.services().actions->trigger(u"case.tag"));
        auto* dialog = in.template findChild<QInputDialog*>(u"tag.dialog"_s);
        QVERIFY(dialog != nullptr);
        dialog->setTextValue(text);
        dialog->accept();
        delete dialog;
    }
    template <class Window>
    static void choose(Window& in, int row)
    {
        QVERIFY(in.services().actions->trigger(u"case.status"));
        auto* menu = in.template findChild<QMenu*>(u"status.menu"_s);
        QVERIFY(menu != nullptr);
        menu->actions().at(row)->trigger();
        delete menu;
    }

    void somebodyElse(const QByteArray& change)
    {
        const auto id = window().services().selection->hit()->incident.incidentId.text();
        QNetworkRequest request(QUrl(m_server.url() + u"/api/v1/incidents/"_s + ui::toQt(id)));
        request.setHeader(QNetworkRequest::ContentTypeHeader, u"application/json"_s);
        request.setRawHeader("Authorization", "Bearer " + m_server.key());
        auto* reply = m_network.sendCustomRequest(request, "PATCH", change);
        QTRY_VERIFY_WITH_TIMEOUT(reply->isFinished(), kPatience);
        QCOMPARE(reply->error(), QNetworkReply::NoError);
    }

    QNetworkAccessManager m_network;
};

} // namespace exhibit::console

EXHIBIT_GUI_TEST_MAIN(exhibit::console::ChangesTest)
#include "changes_test.moc"
