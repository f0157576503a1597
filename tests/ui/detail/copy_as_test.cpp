// SPDX-License-Identifier: Apache-2.0
#include "ui/detail/copy_as.h"
#include "ui/shell_quote.h"

#include "ui/text.h"

#include <QProcess>
#include <QTest>

namespace exhibit::ui {

class CopyAsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void hostileTextStaysOneArgumentOfAShell_data()
    {
        QTest::addColumn<QString>("text");
        for (const char* text : {"plain",
                                 "it's",
                                 "'; rm -rf /tmp/x; '",
                                 "$(id)",
                                 "`id`",
                                 "a\nb",
                                 "\\",
                                 "-n",
                                 "!!",
                                 "*"}) {
            QTest::newRow(text) << QString::fromLatin1(text);
        }
    }
    void hostileTextStaysOneArgumentOfAShell()
    {
        QFETCH(QString, text);
        QProcess shell;
        shell.start(QStringLiteral("/bin/sh"),
                    {QStringLiteral("-c"), QStringLiteral("printf '%s' ") + shellQuoted(text)});
        QVERIFY(shell.waitForFinished());
        QCOMPARE(QString::fromUtf8(shell.readAllStandardOutput()), text);
    }

    void keysDoNotLeaveThroughTheClipboard()
    {
        for (const char* secret : {"sk-proj-abcdefghijklmnop",
                                   "exk_01m7ya04pme0pbxvssmwk6nbjz",
                                   "AKIAABCDEFGHIJKLMNOP"}) {
            const QString text = QStringLiteral("use %1 now").arg(QString::fromLatin1(secret));
            QCOMPARE(withoutSecrets(text), QStringLiteral("use [REDACTED] now"));
        }
        QCOMPARE(withoutSecrets(QStringLiteral("Authorization: Bearer abcdefgh123")),
                 QStringLiteral("Authorization: Bearer [REDACTED]"));
        QCOMPARE(withoutSecrets(QStringLiteral("run_01m7yrrvw2e32v93y21498pbsk")),
                 QStringLiteral("run_01m7yrrvw2e32v93y21498pbsk"));
    }

    void curlHoldsTheRequestAndNoKey()
    {
        domain::TimelineEvent input;
        input.data = parseJson("{\"model\":\"gpt-4o\",\"messages\":[{\"role\":\"user\",\"content\":"
                               "\"it's sk-abcdefghijklmnop\"}]}")
                         .value();
        const QString curl = asCurl(input, QStringLiteral("http://127.0.0.1:8470"));
        QVERIFY(curl.contains(QStringLiteral("$EXHIBIT_API_KEY")));
        QVERIFY(curl.contains(QStringLiteral("it'\\''s [REDACTED]")));
    }

    void curlAsksWhatWasAskedAndSaysWhatItLeavesOut()
    {
        domain::TimelineEvent input;
        input.data = parseJson(R"({"endpoint":"/v1/responses","model":"gpt-4o","streaming":true,)"
                               R"("bytes":54,"changed":false,"input":"hi","seed":7})")
                         .value();
        QString curl = asCurl(input, QStringLiteral("https://x.example"));
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
        curl = asCurl(input, QStringLiteral("https://x.example"));
        for (const char* part : {"# Not the whole request: 12 older messages",
                                 "only the beginning",
                                 "3 tools",
                                 "changed by policies",
                                 R"("content":"Long")"}) {
            QVERIFY2(curl.contains(QString::fromLatin1(part)), qPrintable(curl));
        }
    }

    void markdownCannotBeBrokenOut()
    {
        domain::Incident incident;
        incident.title = "a | b\n# c <script>";
        const QString text = asMarkdown(incident, nullptr);
        QVERIFY(text.startsWith(QStringLiteral("## a \\| b \\# c \\<script\\>\n")));
    }
};

} // namespace exhibit::ui

QTEST_GUILESS_MAIN(exhibit::ui::CopyAsTest)
#include "copy_as_test.moc"
