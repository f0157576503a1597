// SPDX-License-Identifier: Apache-2.0
#include "ui/shell_quote.h"

namespace exhibit::ui {

using namespace Qt::StringLiterals;

QString shellQuoted(const QString& text)
{
    QString inner = text;
    inner.remove(QChar(0)); // No argument of a program can hold one.
    inner.replace(QLatin1Char('\''), u"'\\''"_s);
    return u"'"_s + inner + u"'"_s;
}

} // namespace exhibit::ui
