// SPDX-License-Identifier: Apache-2.0
// The record's pages of a real call: request, response, headers and bytes as they stood on the
// wire.
#include "tests/gui/console_on_server.h"
#include "tests/gui/stall_monitor.h"
#include "ui/detail/json_page.h"
#include "ui/detail/record_pane.h"

#include <QTabWidget>

namespace exhibit::console {
namespace {

using namespace Qt::StringLiterals;

} // namespace

class RecordTest : public QObject, protected test::ConsoleOnServer {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { startConsole(u"record"_s); }
    void cleanupTestCase() { stopConsole(); }

    void aStoppedAnswerIsShownEventByEvent()
    {
        select(u"policy:CONTENT_ACCURACY"_s);
        const QString request = text(1);
        QVERIFY2(request.startsWith(u"POST /v1/chat/completions"_s), qPrintable(request));
        const auto parts = request.split(u"as they went to the provider"_s);
        QCOMPARE(parts.size(), 2);
        QVERIFY2(parts.front().contains(u"\"context\""_s), qPrintable(parts.front()));
        QVERIFY2(!parts.back().contains(u"\"context\""_s), qPrintable(parts.back()));
        QVERIFY2(text(2).contains(u"choices/0/content"_s), qPrintable(text(2)));
        const QString headers = text(3);
        QVERIFY2(headers.contains(u"content-type: application/json"_s), qPrintable(headers));
        QVERIFY2(headers.contains(u"content-type: text/event-stream"_s), qPrintable(headers));
        QVERIFY2(!headers.contains(u"authorization"_s, Qt::CaseInsensitive), qPrintable(headers));
        const QString bytes = text(5);
        const auto cut = bytes.indexOf(u"WITHHELD"_s);
        QVERIFY2(bytes.startsWith(u'+') && cut > 0, qPrintable(bytes));
        QVERIFY2(bytes.left(cut).contains(u"\"Your\""_s), qPrintable(bytes.left(cut)));
        QVERIFY2(bytes.mid(cut).contains(u"\" au\""_s), qPrintable(bytes.mid(cut)));
    }

    void aRefusedRequestHasNoAnswer()
    {
        select(u"policy:PROMPT_INJECTION"_s);
        QVERIFY2(text(1).contains(u"Delivery ex works"_s), qPrintable(text(1)));
        QVERIFY2(text(3).contains(u"No answer of a provider"_s), qPrintable(text(3)));
    }

    void pagesFollowTheSelection()
    {
        select(u"policy:SECRET_OUTPUT"_s);
        QVERIFY2(text(1).contains(u"deploy step"_s), qPrintable(text(1)));
        select(u"policy:CONTENT_ACCURACY"_s);
        QTRY_VERIFY_WITH_TIMEOUT(shown().contains(u"auto_renew"_s), kPatience);
        QVERIFY2(!shown().contains(u"deploy step"_s), qPrintable(shown()));
    }

private:
    void select(const QString& query)
    {
        find(query);
        QTRY_VERIFY_WITH_TIMEOUT(rows().rowCount() == 1, kPatience);
        const auto wanted = rows().hit(0)->incident.incidentId;
        const auto& selection = *window().services().selection;
        QTRY_VERIFY_WITH_TIMEOUT(
            selection.hit() != nullptr && selection.hit()->incident.incidentId == wanted
                && selection.timeline() != nullptr && selection.timeline()->incidentId == wanted,
            kPatience);
    }

    ui::JsonPage& page()
    {
        auto& tabs = pane<ui::RecordPane>(u"record"_s)->tabs();
        return *qobject_cast<ui::JsonPage*>(tabs.currentWidget());
    }

    QString shown()
    {
        const QString text = page().toPlainText();
        return page().isWorking() || text.contains(u"being fetched"_s) ? QString() : text;
    }

    /// What the tab says once it is there.
    QString text(int tab)
    {
        pane<ui::RecordPane>(u"record"_s)->tabs().setCurrentIndex(tab);
        const bool here = QTest::qWaitFor([this] { return !shown().isEmpty(); }, kPatience);
        return here ? shown() : u"nothing came"_s;
    }
};

} // namespace exhibit::console

EXHIBIT_GUI_TEST_MAIN(exhibit::console::RecordTest)
#include "record_test.moc"
