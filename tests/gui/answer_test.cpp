// SPDX-License-Identifier: Apache-2.0
// What the record says of an answer: how much went out, of what, and what it cost.
#include "tests/gui/own_settings.h"
#include "tests/gui/picture_console.h"
#include "tests/gui/stall_monitor.h"
#include "ui/detail/answer_box.h"
#include "ui/detail/figure_strip.h"
#include "ui/detail/record_pane.h"

#include <QSettings>
#include <QTest>
#include <QToolButton>

#include <algorithm>

namespace exhibit::console {
namespace {

using namespace Qt::StringLiterals;
using domain::StepType;

} // namespace

class AnswerTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { test::useOwnSettings(u"answer"_s); }

    void init()
    {
        QSettings().clear();
        m_console = test::pictureConsole();
        QTRY_VERIFY(selection().timeline() != nullptr);
    }
    void cleanup() { m_console.reset(); }
    void cleanupTestCase() { QSettings().clear(); }

    void costsNameTheirCurrency() { QCOMPARE(figure(u"Cost"_s), u"USD\u00a00.0023"_s); }

    void whatACrashLeftOpenIsAnUpperBound()
    {
        QVERIFY2(box().releasedHeading().startsWith(u"Released, bytes 0"_s),
                 qPrintable(box().releasedHeading()));
        changeOutput([](JsonObject& output) { output["recovered"] = true; });
        QVERIFY2(box().releasedHeading().startsWith(u"Released at most"_s),
                 qPrintable(box().releasedHeading()));
        changeOutput([](JsonObject& output) { output["texts"] = JsonArray{}; });
        QVERIFY2(box().releasedHeading().startsWith(u"Released at most, after a crash: 4"_s),
                 qPrintable(box().releasedHeading()));
        QVERIFY2(figure(u"Released"_s).startsWith(u"at most 4"_s),
                 qPrintable(figure(u"Released"_s)));
    }

    void whatWasRedactedWasNotCut()
    {
        const JsonObject redacted{{"channel", "choices/0/content"},
                                  {"released", "Write to [EMAIL] today"},
                                  {"original", "Write to a@example.com today"},
                                  {"withheld", ""},
                                  {"released_bytes", 28},
                                  {"withheld_bytes", 0}};
        showTexts({redacted});
        QCOMPARE(box().releasedText(), u"Write to [EMAIL] today"_s);
        QCOMPARE(box().withheldText(), QString());
        QVERIFY2(box().releasedHeading().contains(u"placeholders"_s),
                 qPrintable(box().releasedHeading()));
        // The text that was cut is shown, not the one before it; and how long it was.
        showTexts({redacted,
                   JsonObject{{"channel", "choices/1/content"},
                              {"released", "the beginning"},
                              {"withheld", "the secret"},
                              {"released_bytes", 300'000},
                              {"withheld_bytes", 10}}});
        QCOMPARE(box().withheldText(), u"the secret"_s);
        QVERIFY2(box().releasedHeading().contains(u"300000; the record keeps the first 13"_s),
                 qPrintable(box().releasedHeading()));
    }

    void anAnswerOfToolCallsAloneIsNotNothing()
    {
        changeOutput([](JsonObject& output) {
            output["texts"] = JsonArray{};
            output["released_bytes"] = 774;
            output["withheld_bytes"] = 0;
        });
        QCOMPARE(box().releasedHeading(), u"Released: 774 bytes of the stream"_s);
        QVERIFY2(box().releasedText().startsWith(u"No text of the answer is recorded"_s),
                 qPrintable(box().releasedText()));
        QCOMPARE(figure(u"Released"_s), u"774 B, no text"_s);
        QVERIFY(hasHeading(u"Answer, no text recorded"_s));
        addToolCall("renew_contract");
        QVERIFY2(box().releasedText().contains(u"has no text"_s)
                     && box().releasedText().contains(u"renew_contract"_s),
                 qPrintable(box().releasedText()));
        // With a text again, nothing of it stays.
        showTexts({JsonObject{
            {"channel", "choices/0/content"}, {"released", "Hello"}, {"released_bytes", 5}}});
        QCOMPARE(box().releasedText(), u"Hello"_s);
        QCOMPARE(figure(u"Released"_s), u"5 B"_s);
        QVERIFY(hasHeading(u"Answer, 5 bytes of text"_s));
    }

private:
    void change(const std::function<void(domain::TimelineReply&)>& how)
    {
        auto changed = std::make_shared<domain::TimelineReply>(*selection().timeline());
        how(*changed);
        selection().setTimeline(changed);
    }
    void changeOutput(const std::function<void(JsonObject&)>& how)
    {
        change([&how](domain::TimelineReply& reply) {
            for (auto& event : reply.events) {
                if (event.type == StepType::Output) {
                    how(event.data.as_object());
                }
            }
        });
    }
    void showTexts(const JsonArray& texts)
    {
        changeOutput([&texts](JsonObject& output) { output["texts"] = texts; });
    }
    void addToolCall(const std::string& name)
    {
        change([&name](domain::TimelineReply& reply) {
            auto tool = reply.events.back();
            tool.type = StepType::ToolCall;
            tool.data = JsonObject{{"name", name}, {"arguments", "{}"}, {"released", true}};
            reply.events.push_back(std::move(tool));
        });
    }
    bool hasHeading(const QString& text)
    {
        const auto buttons = record().findChildren<QToolButton*>();
        return std::any_of(buttons.begin(), buttons.end(), [&text](const QToolButton* button) {
            return button->text() == text;
        });
    }
    QString figure(const QString& name)
    {
        return record().findChild<ui::FigureStrip*>()->figure(name);
    }
    ui::AnswerBox& box() { return *record().findChild<ui::AnswerBox*>(); }
    ui::RecordPane& record() { return *window().pane(u"record"_s)->findChild<ui::RecordPane*>(); }
    ui::MainWindow& window() { return m_console->window(); }
    ui::Selection& selection() { return *window().services().selection; }

    std::unique_ptr<Console> m_console;
};

} // namespace exhibit::console

EXHIBIT_GUI_TEST_MAIN(exhibit::console::AnswerTest)
#include "answer_test.moc"
