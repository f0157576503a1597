// SPDX-License-Identifier: Apache-2.0
#include "ui/shell_quote.h"

namespace exhibit::ui {
namespace {

using namespace Qt::StringLiterals;

/// What CommandLineToArgvW takes apart again: backslashes are doubled only before a quote.
QString argumentOfWindows(const QString& text)
{
    QString quoted = u"\""_s;
    qsizetype backslashes = 0;
    for (const QChar letter : text) {
        if (letter == u'\\') {
            ++backslashes;
            continue;
        }
        quoted += QString((letter == u'"' ? 2 * backslashes + 1 : backslashes), u'\\') + letter;
        backslashes = 0;
    }
    return quoted + QString(2 * backslashes, u'\\') + u'"';
}

} // namespace

QString shellQuoted(const QString& text)
{
    QString inner = text;
    inner.remove(QChar(0)); // No argument of a program can hold one.
    inner.replace(QLatin1Char('\''), u"'\\''"_s);
    return u"'"_s + inner + u"'"_s;
}

QString powerShellQuoted(const QString& text)
{
    QString quoted = u"'"_s;
    for (const QChar letter : text) {
        // PowerShell takes the typographic ones for the same sign.
        const bool ends = letter == u'\'' || (letter >= QChar(0x2018) && letter <= QChar(0x201b));
        quoted += letter.isNull() ? QString() : ends ? QString(2, letter) : QString(letter);
    }
    return quoted + u'\'';
}

std::optional<QString> cmdQuoted(const QString& text)
{
    for (const QChar letter : text) {
        if (letter < u' ' || letter == u'%' || letter == u'!') {
            return std::nullopt;
        }
    }
    // A caret before each quote too: cmd then never counts itself inside quotes, where the sign
    // after one that belongs to the text would stand open.
    QString line;
    for (const QChar letter : argumentOfWindows(text)) {
        if (u"()^\"<>&|"_s.contains(letter)) {
            line += u'^';
        }
        line += letter;
    }
    return line;
}

QString plainJson(const QString& json)
{
    QString plain;
    plain.reserve(json.size());
    for (const QChar letter : json) {
        // These stand in strings only, and never behind a backslash.
        if (letter.unicode() > 0x7e || u"%!^&<>|'`$()"_s.contains(letter)) {
            plain += u"\\u"_s + QString::number(letter.unicode(), 16).rightJustified(4, u'0');
        } else {
            plain += letter;
        }
    }
    return plain;
}

} // namespace exhibit::ui
