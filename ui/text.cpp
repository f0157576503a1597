// SPDX-License-Identifier: Apache-2.0
#include "ui/text.h"

#include <QCoreApplication>
#include <QLocale>

#include <algorithm>
#include <limits>

namespace exhibit::ui {

QString toQt(std::string_view utf8)
{
    return QString::fromUtf8(utf8.data(), static_cast<qsizetype>(utf8.size()));
}

std::string fromQt(const QString& text)
{
    const QByteArray utf8 = text.toUtf8();
    return std::string(utf8.constData(), static_cast<std::size_t>(utf8.size()));
}

QString isolated(const QString& leftToRight)
{
    return QChar(0x2066) + leftToRight + QChar(0x2069); // LRI … PDI
}

QString isolatedText(const QString& text)
{
    return QChar(0x2068) + text + QChar(0x2069); // FSI … PDI
}

QString inQuotes(const QString& name)
{
    return isolatedText(QChar(0x201c) + name + QChar(0x201d));
}

QString listed(const QStringList& names)
{
    QStringList apart;
    for (const QString& name : names) {
        apart << isolatedText(name);
    }
    return apart.join(QStringLiteral(", "));
}

QString withoutIsolates(const QString& text)
{
    QString plain = text;
    plain.removeIf([](QChar letter) { return letter >= QChar(0x2066) && letter <= QChar(0x2069); });
    return plain;
}

QString grouped(qint64 number)
{
    QString digits = QString::number(number < 0 ? -number : number);
    for (qsizetype at = digits.size() - 3; at > 0; at -= 3) {
        digits.insert(at, QChar(0x2009)); // THIN SPACE
    }
    return number < 0 ? QChar(0x2212) + digits : digits;
}

QString totalText(qint64 number, bool isEstimate)
{
    return isEstimate ? QCoreApplication::translate("Text", "about %1").arg(grouped(number))
                      : grouped(number);
}

QString decimal(double number, int decimals)
{
    QLocale locale;
    locale.setNumberOptions(QLocale::OmitGroupSeparator);
    return locale.toString(number, 'f', decimals);
}

int forPlural(qint64 number)
{
    return static_cast<int>(std::clamp<qint64>(number, 0, std::numeric_limits<int>::max()));
}

QString shortId(const QString& id)
{
    constexpr qsizetype kFront = 11;
    constexpr qsizetype kBack = 4;
    if (id.size() <= kFront + kBack + 2) {
        return id;
    }
    return id.left(kFront) + QChar(0x2026) + id.right(kBack);
}

} // namespace exhibit::ui
