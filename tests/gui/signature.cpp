// SPDX-License-Identifier: Apache-2.0
#include "tests/gui/signature.h"

#include <QColor>
#include <QString>

#include <algorithm>
#include <array>
#include <cmath>

namespace exhibit::test {
namespace {

using namespace Qt::StringLiterals;

constexpr int kColumns = 48;
constexpr int kRows = 30;
constexpr int kDigits = 5; ///< Of a block.
constexpr int kBlockOffMax = 40; ///< Of 255.
constexpr double kMeanOffMax = 4;
constexpr int kColourful = 60; ///< The least between the strongest and the weakest channel.
constexpr int kPixelsLeast = 4;

/// Where the kinds of colour begin on the circle of hues: failed, high, medium and warning, the
/// accent of high contrast, passed, accent, redacted, error, critical; then failed again.
constexpr std::array<int, 10> kHues{-10, 9, 28, 47, 90, 190, 240, 285, 330, 350};

int kindOf(const QColor& colour)
{
    const auto [least, most] = std::minmax({colour.red(), colour.green(), colour.blue()});
    if (most - least < kColourful) {
        return -1;
    }
    const auto next = std::upper_bound(kHues.begin(), kHues.end(), colour.hsvHue());
    return next == kHues.end() ? 0 : static_cast<int>(next - kHues.begin()) - 1;
}

int coloursIn(const QImage& picture, const QRect& block)
{
    std::array<int, kHues.size()> counts{};
    for (int y = block.top(); y <= block.bottom(); ++y) {
        for (int x = block.left(); x <= block.right(); ++x) {
            if (const int kind = kindOf(picture.pixelColor(x, y)); kind >= 0) {
                ++counts[static_cast<std::size_t>(kind)];
            }
        }
    }
    int bits = 0;
    for (std::size_t kind = 0; kind < counts.size(); ++kind) {
        bits |= counts[kind] >= kPixelsLeast ? 1 << kind : 0;
    }
    return bits;
}

int read(const QByteArray& text, int row, int column, int from, int digits)
{
    const qsizetype at = qsizetype{row} * (kDigits * kColumns + 1) + kDigits * column + from;
    return text.mid(at, digits).toInt(nullptr, 16);
}

/// The colours of a block and those around it.
int coloursNear(const QByteArray& text, int row, int column)
{
    int bits = 0;
    for (int y = std::max(0, row - 1); y <= std::min(kRows - 1, row + 1); ++y) {
        for (int x = std::max(0, column - 1); x <= std::min(kColumns - 1, column + 1); ++x) {
            bits |= read(text, y, x, 2, 3);
        }
    }
    return bits;
}

} // namespace

QByteArray signatureOf(const QImage& picture)
{
    const QImage small
        = picture.scaled(kColumns, kRows, Qt::IgnoreAspectRatio, Qt::SmoothTransformation);
    QByteArray text;
    for (int y = 0; y < kRows; ++y) {
        for (int x = 0; x < kColumns; ++x) {
            const QRect block(QPoint(x * picture.width() / kColumns, y * picture.height() / kRows),
                              QPoint((x + 1) * picture.width() / kColumns - 1,
                                     (y + 1) * picture.height() / kRows - 1));
            text += QByteArray::number(qGray(small.pixel(x, y)), 16).rightJustified(2, '0');
            text += QByteArray::number(coloursIn(picture, block), 16).rightJustified(3, '0');
        }
        text += '\n';
    }
    return text;
}

QString differenceOf(const QByteArray& now, const QByteArray& then)
{
    if (now.size() != then.size()) {
        return u"not a signature of this kind"_s;
    }
    double sum = 0;
    for (int y = 0; y < kRows; ++y) {
        for (int x = 0; x < kColumns; ++x) {
            const QString where = u"row %1, column %2 "_s.arg(y).arg(x);
            const int off = std::abs(read(now, y, x, 0, 2) - read(then, y, x, 0, 2));
            if (off > kBlockOffMax) {
                return where + u"is lighter or darker by %1"_s.arg(off);
            }
            const int came = read(now, y, x, 2, 3) & ~coloursNear(then, y, x);
            const int went = read(then, y, x, 2, 3) & ~coloursNear(now, y, x);
            if (came != 0 || went != 0) {
                return where
                    + u"has other colours: %1 came, %2 went"_s.arg(came, 0, 16).arg(went, 0, 16);
            }
            sum += off;
        }
    }
    const double mean = sum / (kColumns * kRows);
    return mean > kMeanOffMax ? u"all of it is off by %1"_s.arg(mean) : QString();
}

} // namespace exhibit::test
