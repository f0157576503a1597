// SPDX-License-Identifier: Apache-2.0
#include "ui/detail/copy_as.h"
#include "ui/text.h"

#include <QTest>

namespace exhibit::ui {

class CopyAsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void keysDoNotLeaveThroughTheClipboard_data()
    {
        QTest::addColumn<QString>("secret");
        const QString letters = QStringLiteral("a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8s9T0");
        const QString hex = QStringLiteral("0123456789abcdef0123456789abcdef0123456789abcdef");
        const auto row
            = [](const char* name, const QString& secret) { QTest::newRow(name) << secret; };
        row("openai", QStringLiteral("sk-proj-") + letters);
        row("anthropic", QStringLiteral("sk-ant-api03-") + letters);
        row("our own", QStringLiteral("exk_") + hex + hex.left(16));
        row("aws", QStringLiteral("AKIAABCDEFGHIJKLMNOP"));
        row("github", QStringLiteral("ghp_") + letters.left(36));
        row("github, an app's", QStringLiteral("ghs_") + letters.left(36));
        row("github, fine-grained", QStringLiteral("github_pat_") + letters + letters);
        row("gitlab", QStringLiteral("glpat-") + letters.left(20));
        row("npm", QStringLiteral("npm_") + letters.left(36));
        row("google", QStringLiteral("AIza") + letters.left(35));
        row("huggingface", QStringLiteral("hf_abcdefghijklmnopqrstuvwxyzABCDEFGH"));
        row("stripe", QStringLiteral("sk_live_") + letters.left(24));
        row("slack", QStringLiteral("xoxb-123456789012-") + letters.left(24));
        row("a token with dots",
            QStringLiteral("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NSJ9.abcdef"));
        row("a URL with a password", QStringLiteral("postgres://app:hunter2hunter2@db.example"));
        row("a private key",
            QStringLiteral(
                "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg\n-----END PRIVATE KEY-----"));
        row("a card", QStringLiteral("4111 1111 1111 1111"));
        row("an address", QStringLiteral("jane.doe@example.com"));
        row("a password", QStringLiteral("password = correct-horse-9"));
    }
    /// The same secret by each of the ways, and beside what Markdown and JSON escape.
    void keysDoNotLeaveThroughTheClipboard()
    {
        QFETCH(QString, secret);
        const std::string text = fromQt(QStringLiteral("use \"%1\"\nnow").arg(secret));
        const QString marked = withoutSecrets(toQt(text));
        QVERIFY2(!marked.contains(secret), qPrintable(marked));
        domain::TimelineReply run;
        run.events.resize(1);
        run.events[0].type = domain::StepType::Input;
        run.events[0].data
            = JsonObject{{"messages", JsonArray{JsonObject{{"role", "user"}, {"content", text}}}}};
        domain::Incident incident;
        incident.title = text;
        const QString escapedKey
            = QString(secret).replace(QLatin1Char('\n'), QStringLiteral("\\n"));
        for (const QString& copied : {asJson(incident, &run),
                                      asMarkdown(incident, &run, QStringLiteral("2026")),
                                      curl(run.events[0], Shell::Posix),
                                      curl(run.events[0], Shell::PowerShell),
                                      curl(run.events[0], Shell::Cmd)}) {
            const QString plain = QString(copied).remove(QLatin1Char('\\'));
            QVERIFY2(!copied.contains(escapedKey) && !copied.contains(secret), qPrintable(copied));
            QVERIFY2(!plain.contains(QString(escapedKey).remove(QLatin1Char('\\'))),
                     qPrintable(copied));
        }
        QVERIFY(parseJson(fromQt(asJson(incident, &run))));
    }

    void wordsStayWhole()
    {
        for (const char* text : {"risk_assessment_report",
                                 "task-management-system-of-ours",
                                 "run_01m7yrrvw2e32v93y21498pbsk",
                                 "desk-reservation-confirmed"}) {
            QCOMPARE(withoutSecrets(QString::fromLatin1(text)), QString::fromLatin1(text));
        }
    }

    void whatWasWithheldStaysHere()
    {
        domain::TimelineReply run;
        run.events.resize(1);
        run.events[0].type = domain::StepType::Output;
        run.events[0].data = JsonObject{
            {"texts",
             JsonArray{JsonObject{{"released", "Call AKIAABCDEF"},
                                  {"withheld", "GHIJKLMNOP, the vault's word is mellon"},
                                  {"original", "Say mellon"}}}}};
        const QString json = asJson({}, &run);
        for (const char* part : {"mellon", "GHIJ", "AKIAABCDEF"}) {
            QVERIFY2(!json.contains(QString::fromLatin1(part)), qPrintable(json));
        }
        QVERIFY2(json.contains(QStringLiteral("[WITHHELD: 38 bytes]")), qPrintable(json));
    }

    void curlHoldsTheRequestAndNoKey()
    {
        domain::TimelineEvent input;
        input.data = parseJson("{\"model\":\"gpt-4o\",\"messages\":[{\"role\":\"user\",\"content\":"
                               "\"it's ghp_a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8\"}]}")
                         .value();
        const QString curl = *asCurl(input, QStringLiteral("http://127.0.0.1:8470"));
        QVERIFY(curl.contains(QStringLiteral("$EXHIBIT_API_KEY")));
        QVERIFY(curl.contains(QStringLiteral("it'\\''s [API_KEY]")));
    }

    void curlAsksWhatWasAskedAndSaysWhatItLeavesOut()
    {
        domain::TimelineEvent input;
        input.data = parseJson(R"({"endpoint":"/v1/responses","model":"gpt-4o","streaming":true,)"
                               R"("bytes":54,"changed":false,"input":"hi","seed":7})")
                         .value();
        QString curl = *asCurl(input, QStringLiteral("https://x.example"));
        QVERIFY2(curl.startsWith(QStringLiteral("curl 'https://x.example/v1/responses'")),
                 qPrintable(curl));
        for (const char* part :
             {R"("input":"hi")", R"("seed":7)", R"("stream":true)", R"("model":"gpt-4o")"}) {
            QVERIFY2(curl.contains(QString::fromLatin1(part)), qPrintable(curl));
        }
        QVERIFY2(!curl.contains(QStringLiteral("endpoint")), "what is said about it is not asked");
        input.data
            = parseJson(R"({"endpoint":"/v1/chat/completions","model":"gpt-4o","bytes":9999,)"
                        R"("changed":true,"messages_before":12,"tools":3,"messages":[)"
                        R"({"role":"user","content":{"beginning":"Long","bytes":90000}}]})")
                  .value();
        curl = *asCurl(input, QStringLiteral("https://x.example"));
        for (const char* part : {"# Not the whole request: 12 older messages",
                                 "only the beginning",
                                 "3 tools",
                                 "changed by policies",
                                 R"("content":"Long")"}) {
            QVERIFY2(curl.contains(QString::fromLatin1(part)), qPrintable(curl));
        }
    }

    void eachShellHasACurlOfItsOwn()
    {
        domain::TimelineEvent input;
        input.data = parseJson(R"({"model":"gpt-4o","tools":3,"messages":[{"role":"user",)"
                               R"("content":"it's \"100 %\" & $(id)\nülp %PATH%"}]})")
                         .value();
        const QString shell = curl(input, Shell::PowerShell);
        QVERIFY2(shell.startsWith(QStringLiteral("# Not the whole request: 3 tools")),
                 qPrintable(shell));
        for (const char* part : {"\n'{\"",
                                 "}' | curl.exe 'https://x.example/v1/chat/completions'",
                                 "$env:EXHIBIT_API_KEY",
                                 "--data-binary '@-'",
                                 "it\\u0027s",
                                 "\\u0024\\u0028id\\u0029"}) {
            QVERIFY2(shell.contains(QString::fromLatin1(part)),
                     qPrintable(shell + u'\n' + QString::fromLatin1(part)));
        }
        const QString cmd = curl(input, Shell::Cmd);
        QVERIFY2(cmd.startsWith(QStringLiteral("rem Not the whole request: 3 tools")),
                 qPrintable(cmd));
        const QString line = cmd.section(u'\n', 1);
        QVERIFY2(!line.contains(u'\n'), "one line is one command");
        QCOMPARE(line.count(u'%'), 2); // Of the key alone.
        for (const char* part : {"curl.exe ^\"https://x.example/v1/chat/completions^\"",
                                 "%EXHIBIT_API_KEY%",
                                 "^\"model\\^\":\\^\"gpt-4o",
                                 "100 \\u0025",
                                 "\\u0026"}) {
            QVERIFY2(line.contains(QString::fromLatin1(part)),
                     qPrintable(line + u'\n' + QString::fromLatin1(part)));
        }
    }

    void whatCmdCannotTakeIsRefusedWithAWay()
    {
        domain::TimelineEvent input;
        input.data = JsonObject{{"model", std::string(9000, 'm')}};
        const auto longOne = asCurl(input, QStringLiteral("https://x.example"), Shell::Cmd);
        QVERIFY(!longOne);
        QVERIFY(longOne.error().message.find("PowerShell") != std::string::npos);
        QVERIFY(asCurl(input, QStringLiteral("https://x.example"), Shell::PowerShell));
        input.data = JsonObject{{"model", "m"}};
        QVERIFY(!asCurl(input, QStringLiteral("https://x.example/%PATH%"), Shell::Cmd));
        QVERIFY(asCurl(input, QStringLiteral("https://x.example/%20"), Shell::Posix));
    }

    void markdownCannotBeBrokenOut()
    {
        domain::Incident incident;
        incident.title = "a | b\n# c <script>";
        const QString text = asMarkdown(incident, nullptr, {});
        QVERIFY(text.startsWith(QStringLiteral("## a \\| b \\# c \\<script\\>\n")));
    }

private:
    static QString curl(const domain::TimelineEvent& input, Shell shell)
    {
        return asCurl(input, QStringLiteral("https://x.example"), shell).value();
    }
};

} // namespace exhibit::ui

QTEST_GUILESS_MAIN(exhibit::ui::CopyAsTest)
#include "copy_as_test.moc"
