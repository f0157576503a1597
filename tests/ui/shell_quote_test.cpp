// SPDX-License-Identifier: Apache-2.0
// Quoted text comes out of each shell as it went in. There is no cmd.exe here: it is read as
// Microsoft describes it, first the command line of the prompt, then the arguments of the program.
#include "ui/shell_quote.h"

#include "models/base/json.h"
#include "ui/text.h"

#include <QProcess>
#include <QStandardPaths>
#include <QTest>

namespace exhibit::ui {
namespace {

using namespace Qt::StringLiterals;

const QStringList kHostile{u"plain"_s,
                           u""_s,
                           u"it's"_s,
                           u"\"quoted\" and \\\"escaped\\\""_s,
                           u"ends in \\"_s,
                           u"\\\\server\\share\\\"x"_s,
                           u"'; rm -rf /tmp/x; '"_s,
                           u"$(id) `id` ${IFS} $env:PATH"_s,
                           u"a & b && c | d > e < f (g) ^h"_s,
                           u"\" & calc & \""_s,
                           u"^\" ^& calc"_s,
                           u"-n --help /c"_s,
                           u"*?[a]~{1,2}"_s,
                           u"‘calc’ “calc” ‚x‛"_s,
                           u"größer 你好 😀"_s};
/// What cmd has no way to hold, and the others have.
const QStringList kNotForCmd{u"a\nb"_s,
                             u"a\r\nb"_s,
                             u"a\tb"_s,
                             u"%PATH%"_s,
                             u"100 %"_s,
                             u"^%PATH^%"_s,
                             u"%PATH:a=b%"_s,
                             u"!x!"_s};

/// What cmd.exe hands to the program: carets and quotes are worked off; nothing where it would
/// begin another command, redirect, or expand something.
std::optional<QString> readByCmd(const QString& line)
{
    QString read;
    bool quotes = false;
    for (qsizetype i = 0; i < line.size(); ++i) {
        const QChar letter = line.at(i);
        if (letter == u'%' || letter == u'!' || letter < u' ') {
            return std::nullopt;
        }
        if (letter == u'"') {
            quotes = !quotes;
        } else if (!quotes && letter == u'^') {
            if (++i == line.size()) {
                return std::nullopt; // It would ask for more.
            }
            read += line.at(i);
            continue;
        } else if (!quotes && u"&|<>()"_s.contains(letter)) {
            return std::nullopt;
        }
        read += letter;
    }
    return read;
}

/// CommandLineToArgvW, of all but the name of the program.
QStringList argumentsOf(const QString& line)
{
    QStringList arguments;
    QString current;
    bool inside = false;
    bool quotes = false;
    qsizetype backslashes = 0;
    const auto flush = [&] {
        current += QString(backslashes, u'\\');
        backslashes = 0;
    };
    for (const QChar letter : line) {
        if (letter == u'\\') {
            ++backslashes;
            inside = true;
        } else if (letter == u'"') {
            current += QString(backslashes / 2, u'\\');
            if (backslashes % 2 == 1) {
                current += letter;
            } else {
                quotes = !quotes;
            }
            backslashes = 0;
            inside = true;
        } else if (!quotes && (letter == u' ' || letter == u'\t')) {
            flush();
            if (inside) {
                arguments << current;
            }
            current.clear();
            inside = false;
        } else {
            flush();
            current += letter;
            inside = true;
        }
    }
    flush();
    return inside ? arguments << current : arguments;
}

/// A string of PowerShell in single signs, and what follows it.
std::optional<QString> readByPowerShell(const QString& text)
{
    const auto isSign = [](QChar letter) {
        return letter == u'\'' || u"\u2018\u2019\u201a\u201b"_s.contains(letter);
    };
    if (text.size() < 2 || !isSign(text.front())) {
        return std::nullopt;
    }
    QString read;
    for (qsizetype i = 1; i < text.size(); ++i) {
        if (!isSign(text.at(i))) {
            read += text.at(i);
        } else if (i + 1 < text.size() && isSign(text.at(i + 1))) {
            read += text.at(i++);
        } else {
            return i + 1 == text.size() ? std::optional(read) : std::nullopt;
        }
    }
    return std::nullopt;
}

} // namespace

class ShellQuoteTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aPosixShellReadsTheText()
    {
        for (const QString& text : kHostile + kNotForCmd) {
            QProcess shell;
            shell.start(u"/bin/sh"_s, {u"-c"_s, u"printf '%s' "_s + shellQuoted(text)});
            QVERIFY(shell.waitForFinished());
            QCOMPARE(QString::fromUtf8(shell.readAllStandardOutput()), text);
        }
    }

    void powerShellReadsTheText()
    {
        for (const QString& text : kHostile + kNotForCmd) {
            QCOMPARE(readByPowerShell(powerShellQuoted(text)), std::optional(text));
        }
        const QString program = QStandardPaths::findExecutable(u"pwsh"_s);
        if (program.isEmpty()) {
            return; // Where there is one, it is asked too.
        }
        for (const QString& text : kHostile + kNotForCmd) {
            QProcess shell;
            shell.start(program,
                        {u"-NoProfile"_s,
                         u"-Command"_s,
                         u"[Console]::Out.Write("_s + powerShellQuoted(text) + u")"_s});
            QVERIFY(shell.waitForFinished());
            QCOMPARE(QString::fromUtf8(shell.readAllStandardOutput()), text);
        }
    }

    void cmdAndTheProgramReadTheText()
    {
        for (const QString& text : kHostile) {
            const auto quoted = cmdQuoted(text);
            QVERIFY2(quoted.has_value(), qPrintable(text));
            const auto line = readByCmd(*quoted);
            QVERIFY2(line.has_value(), qPrintable(*quoted));
            QCOMPARE(argumentsOf(*line), QStringList{text});
        }
    }

    void whatCmdCannotHoldIsRefused()
    {
        for (const QString& text : kNotForCmd) {
            QVERIFY2(!cmdQuoted(text), qPrintable(text));
        }
        QVERIFY(!cmdQuoted(QString(QChar(0))));
    }

    void nothingEndsAStringEarly()
    {
        const QString text = u"a"_s + QChar(0) + u"b"_s;
        QCOMPARE(shellQuoted(text), u"'ab'"_s);
        QCOMPARE(powerShellQuoted(text), u"'ab'"_s);
    }

    void plainJsonIsTheSameJsonForEveryShell()
    {
        JsonArray texts;
        for (const QString& text : kHostile + kNotForCmd) {
            texts.push_back(Json(fromQt(text)));
        }
        const Json whole(std::move(texts));
        const QString plain = plainJson(toQt(printJson(whole)));
        const auto read = parseJson(fromQt(plain));
        QVERIFY(read);
        QCOMPARE(printJson(*read), printJson(whole));
        for (const QChar letter : plain) {
            QVERIFY2(letter.unicode() < 0x7f && !u"%!^&<>|'`$()"_s.contains(letter),
                     qPrintable(plain));
        }
        const auto line = readByCmd(cmdQuoted(plain).value());
        QVERIFY(line.has_value());
        QCOMPARE(argumentsOf(*line), QStringList{plain});
    }
};

} // namespace exhibit::ui

QTEST_GUILESS_MAIN(exhibit::ui::ShellQuoteTest)
#include "shell_quote_test.moc"
