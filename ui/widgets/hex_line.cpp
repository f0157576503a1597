// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/hex_line.h"

#include <algorithm>

namespace exhibit::ui {

using namespace Qt::StringLiterals;

QString hexLine(BytesView bytes, std::size_t begin)
{
    const auto end = std::min(bytes.size(), begin + kHexRowBytes);
    QString hex;
    QString text;
    for (std::size_t i = begin; i < begin + kHexRowBytes; ++i) {
        hex += i == begin + kHexRowBytes / 2 ? u"  "_s : u" "_s;
        if (i >= end) {
            hex += u"  "_s;
            continue;
        }
        const auto byte = static_cast<unsigned char>(bytes[i]);
        hex += u"%1"_s.arg(byte, 2, 16, QLatin1Char('0'));
        text += byte >= 0x20 && byte < 0x7f ? QLatin1Char(static_cast<char>(byte))
                                            : QLatin1Char('.');
    }
    return u"%1 "_s.arg(begin, 8, 16, QLatin1Char('0')) + hex + u"  "_s + text;
}

} // namespace exhibit::ui
