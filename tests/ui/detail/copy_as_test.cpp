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
