// SPDX-License-Identifier: Apache-2.0
#include "models/evidence/jcs.h"

#include "models/base/json_walk.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace exhibit::evidence {
namespace {

/// UTF-16 code units, in whose order RFC 8785 sorts names. `text` is valid UTF-8.
std::u16string toUtf16(std::string_view text)
{
    std::u16string units;
    for (std::size_t i = 0; i < text.size();) {
        const auto lead = static_cast<unsigned char>(text[i]);
        const std::size_t length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
        std::uint32_t code = length == 1 ? lead : lead & (0x7fU >> length);
        for (std::size_t k = 1; k < length; ++k) {
            code = code << 6U | (static_cast<unsigned char>(text[i + k]) & 0x3fU);
        }
        i += length;
        if (code >= 0x10000) {
            code -= 0x10000;
            units += static_cast<char16_t>(0xd800 + (code >> 10U));
            units += static_cast<char16_t>(0xdc00 + (code & 0x3ffU));
        } else {
            units += static_cast<char16_t>(code);
        }
    }
    return units;
}

/// True when a \u escape of the raw string is half of a surrogate pair.
bool hasLoneSurrogate(std::string_view raw)
{
    const auto unitAt = [raw](std::size_t at) -> unsigned {
        unsigned unit = 0;
        if (at + 6 <= raw.size() && raw[at] == '\\' && raw[at + 1] == 'u') {
            std::from_chars(raw.data() + at + 2, raw.data() + at + 6, unit, 16);
        }
        return unit;
    };
    for (std::size_t i = 0; i < raw.size(); ++i) {
        if (raw[i] != '\\') {
            continue;
        }
        const unsigned unit = unitAt(i);
        const bool high = unit >= 0xd800 && unit <= 0xdbff;
        const unsigned second = high ? unitAt(i + 6) : 0;
        if (high && second >= 0xdc00 && second <= 0xdfff) {
            i += 11;
        } else if (unit >= 0xd800 && unit <= 0xdfff) {
            return true;
        } else {
            i += raw[i + 1] == 'u' ? 5 : 1;
        }
    }
    return false;
}

class Canonicaliser {
public:
    explicit Canonicaliser(const JsonWalk& walk)
        : m_walk(walk)
    {
    }

    Result<void> write(std::size_t node)
    {
        switch (m_walk[node].kind) {
        case JsonKind::Object:
            return writeObject(node);
        case JsonKind::Array:
            return writeArray(node);
        case JsonKind::String: {
            const BytesView raw = m_walk.raw(node);
            return writeString(raw.substr(1, raw.size() - 2), m_walk.string(node));
        }
        case JsonKind::Number:
            return writeNumber(m_walk.raw(node));
        default:
            m_text += m_walk.raw(node);
            return {};
        }
    }
    std::string take() { return std::move(m_text); }

private:
    Result<void> writeArray(std::size_t node)
    {
        m_text += '[';
        const std::size_t first = m_walk.firstChild(node);
        for (auto child = first; child != JsonWalk::kNone; child = m_walk.nextSibling(child)) {
            m_text += child == first ? "" : ",";
            EXHIBIT_CHECK(write(child));
        }
        m_text += ']';
        return {};
    }

    Result<void> writeObject(std::size_t node)
    {
        std::vector<std::pair<std::u16string, std::size_t>> members;
        for (auto child = m_walk.firstChild(node); child != JsonWalk::kNone;
             child = m_walk.nextSibling(child)) {
            members.emplace_back(toUtf16(m_walk.name(child)), child);
        }
        std::sort(members.begin(), members.end());
        m_text += '{';
        for (std::size_t i = 0; i < members.size(); ++i) {
            if (i > 0 && members[i].first == members[i - 1].first) {
                return fail(ErrorCode::InvalidInput, "an object names a member twice");
            }
            const auto& child = m_walk[members[i].second];
            m_text += i == 0 ? "" : ",";
            EXHIBIT_CHECK(
                writeString(m_walk.text().substr(child.nameBegin, child.nameEnd - child.nameBegin),
                            m_walk.name(members[i].second)));
            m_text += ':';
            EXHIBIT_CHECK(write(members[i].second));
        }
        m_text += '}';
        return {};
    }

    Result<void> writeString(BytesView raw, const std::string& decoded)
    {
        if (hasLoneSurrogate(raw)) {
            return fail(ErrorCode::InvalidInput, "a string holds half of a surrogate pair");
        }
        m_text += quoteJson(decoded);
        return {};
    }

    Result<void> writeNumber(BytesView raw)
    {
        double value = 0;
        const auto read = std::from_chars(raw.data(), raw.data() + raw.size(), value);
        if (read.ec == std::errc::result_out_of_range && underflows(raw)) {
            value = 0;
        } else if (read.ec != std::errc{}) {
            return fail(ErrorCode::InvalidInput, "a number is beyond the range of a double");
        }
        m_text += ecmaScriptNumber(value);
        return {};
    }

    /// from_chars() reports too large and too small alike.
    static bool underflows(BytesView raw)
    {
        return std::abs(std::strtod(std::string(raw).c_str(), nullptr)) < 1;
    }

    const JsonWalk& m_walk;
    std::string m_text;
};

} // namespace

std::string ecmaScriptNumber(double value)
{
    if (value == 0) {
        return "0";
    }
    // Shortest digits that read back as the same double, as d.ddde±xx.
    std::array<char, 32> buffer{};
    const auto end = std::to_chars(buffer.data(),
                                   buffer.data() + buffer.size(),
                                   std::abs(value),
                                   std::chars_format::scientific);
    const std::string_view text(buffer.data(), static_cast<std::size_t>(end.ptr - buffer.data()));
    const std::size_t mark = text.find('e');
    std::string digits(text.substr(0, mark));
    std::erase(digits, '.');
    int exponent = 0;
    const std::size_t number = mark + (text[mark + 1] == '+' ? 2 : 1);
    std::from_chars(text.data() + number, text.data() + text.size(), exponent);
    const int point = exponent + 1; // The decimal point stands after so many digits.
    const auto count = static_cast<int>(digits.size());
    std::string result = value < 0 ? "-" : "";
    if (count <= point && point <= 21) {
        return result + digits + std::string(static_cast<std::size_t>(point - count), '0');
    }
    if (point > 0 && point <= 21) {
        const auto at = static_cast<std::size_t>(point);
        return result + digits.substr(0, at) + "." + digits.substr(at);
    }
    if (point > -6 && point <= 0) {
        return result + "0." + std::string(static_cast<std::size_t>(-point), '0') + digits;
    }
    result += digits.substr(0, 1);
    result += count > 1 ? "." + digits.substr(1) : "";
    return result + "e" + (exponent < 0 ? "-" : "+") + std::to_string(std::abs(exponent));
}

Result<std::string> canonicaliseRfc8785(BytesView text)
{
    EXHIBIT_TRY(const JsonWalk walk, JsonWalk::parse(text));
    Canonicaliser canonicaliser(walk);
    EXHIBIT_CHECK(canonicaliser.write(0));
    return canonicaliser.take();
}

} // namespace exhibit::evidence
