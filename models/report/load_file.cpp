// SPDX-License-Identifier: Apache-2.0
#include "models/report/load_file.h"

#include "models/report/safe_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>

namespace exhibit::report {
namespace {

constexpr char32_t kSeparator = 0x14;
constexpr char32_t kQualifier = 0xFE;
constexpr char32_t kLineBreak = 0xAE;

/// What windows-1252 has at 0x80 and on; 0: nothing.
constexpr char32_t kWindows1252[32]
    = {0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
       0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
       0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

std::optional<char> windowsByte(char32_t code)
{
    if (code < 0x80 || (code >= 0xA0 && code <= 0xFF)) {
        return static_cast<char>(code);
    }
    const auto* const found = std::find(std::begin(kWindows1252), std::end(kWindows1252), code);
    if (code == 0 || found == std::end(kWindows1252)) {
        return std::nullopt;
    }
    return static_cast<char>(0x80 + (found - std::begin(kWindows1252)));
}

/// Whether the character may stand inside a value.
bool mayStand(char32_t code, TextEncoding encoding)
{
    const bool control = code < 0x20 || (code >= 0x7F && code < 0xA0);
    return code != kNoCharacter && !control && code != kQualifier && code != kLineBreak
        && (encoding == TextEncoding::Utf8 || windowsByte(code));
}

void appendDelimiter(Bytes& out, char32_t code, TextEncoding encoding)
{
    if (encoding == TextEncoding::Utf8 && code >= 0x80) {
        out += static_cast<char>(0xC0U | (code >> 6U));
        out += static_cast<char>(0x80U | (code & 0x3FU));
    } else {
        out += static_cast<char>(code);
    }
}

Result<void> appendValue(Bytes& out, const std::string& value, TextEncoding encoding)
{
    std::string_view rest = value;
    while (!rest.empty()) {
        const std::string_view before = rest;
        const char32_t code = takeCharacter(rest);
        if (code == '\n') {
            appendDelimiter(out, kLineBreak, encoding);
        } else if (!mayStand(code, encoding)) {
            return fail(ErrorCode::InvalidInput,
                        "a value of a load file holds a delimiter, a control character or a "
                        "character that the encoding lacks",
                        value);
        } else if (encoding == TextEncoding::Utf8) {
            out += before.substr(0, before.size() - rest.size());
        } else {
            out += *windowsByte(code);
        }
    }
    return {};
}

} // namespace

Bytes datStart(TextEncoding encoding)
{
    return encoding == TextEncoding::Utf8 ? "\xEF\xBB\xBF" : "";
}

Result<Bytes> datRow(const std::vector<std::string>& values, TextEncoding encoding)
{
    Bytes row;
    for (const auto& value : values) {
        if (!row.empty()) {
            appendDelimiter(row, kSeparator, encoding);
        }
        appendDelimiter(row, kQualifier, encoding);
        EXHIBIT_CHECK(appendValue(row, value, encoding));
        appendDelimiter(row, kQualifier, encoding);
    }
    return row + "\r\n";
}

std::string datText(std::string_view recorded, TextEncoding encoding)
{
    std::string shown;
    const std::string safe = safeText(recorded);
    std::string_view rest = safe;
    while (!rest.empty()) {
        const std::string_view before = rest;
        const char32_t code = takeCharacter(rest);
        if (code == '\n' || mayStand(code, encoding)) {
            shown += before.substr(0, before.size() - rest.size());
        } else {
            shown += fmt::format("[U+{:04X}]", static_cast<std::uint32_t>(code));
        }
    }
    return shown;
}

Result<Bytes> optLine(const OptPage& page)
{
    for (const auto* value : {&page.key, &page.volume, &page.path}) {
        const bool sound = std::none_of(value->begin(), value->end(), [](char c) {
            return c == ',' || c == '"' || static_cast<unsigned char>(c) < 0x20;
        });
        if (!sound || value->empty()) {
            return fail(ErrorCode::InvalidInput, "not a value of an image load file", *value);
        }
    }
    const bool first = page.documentPages > 0;
    return fmt::format("{},{},{},{},,,{}\r\n",
                       page.key,
                       page.volume,
                       page.path,
                       first ? "Y" : "",
                       first ? std::to_string(page.documentPages) : "");
}

} // namespace exhibit::report
