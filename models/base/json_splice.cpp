// SPDX-License-Identifier: Apache-2.0
#include "models/base/assert.h"
#include "models/base/json_walk.h"

#include <algorithm>

namespace exhibit {
namespace {

constexpr std::uint32_t kReplacement = 0xFFFD;

std::uint32_t hexDigit(char c)
{
    if (c >= '0' && c <= '9') {
        return static_cast<std::uint32_t>(c - '0');
    }
    return static_cast<std::uint32_t>((c | 0x20) - 'a' + 10);
}

std::uint32_t hex4(BytesView digits)
{
    std::uint32_t unit = 0;
    for (const char c : digits.substr(0, 4)) {
        unit = unit * 16 + hexDigit(c);
    }
    return unit;
}

void appendUtf8(std::string& out, std::uint32_t point)
{
    const auto push = [&out](std::uint32_t byte) { out += static_cast<char>(byte); };
    if (point < 0x80) {
        push(point);
    } else if (point < 0x800) {
        push(0xC0U | (point >> 6U));
        push(0x80U | (point & 0x3FU));
    } else if (point < 0x10000) {
        push(0xE0U | (point >> 12U));
        push(0x80U | ((point >> 6U) & 0x3FU));
        push(0x80U | (point & 0x3FU));
    } else {
        push(0xF0U | (point >> 18U));
        push(0x80U | ((point >> 12U) & 0x3FU));
        push(0x80U | ((point >> 6U) & 0x3FU));
        push(0x80U | (point & 0x3FU));
    }
}

bool isHigh(std::uint32_t unit)
{
    return unit >= 0xD800 && unit <= 0xDBFF;
}

bool isLow(std::uint32_t unit)
{
    return unit >= 0xDC00 && unit <= 0xDFFF;
}

void appendPair(std::string& out, std::uint32_t high, std::uint32_t low)
{
    appendUtf8(out, 0x10000 + ((high - 0xD800) << 10U) + (low - 0xDC00));
}

/// Decodes \uXXXX at raw[at] == 'u' and, for a surrogate pair, the second half too; returns the
/// position behind it.
std::size_t decodeUnicode(BytesView raw, std::size_t at, std::string& out)
{
    std::uint32_t unit = hex4(raw.substr(at + 1));
    at += 5;
    if (isHigh(unit) && raw.substr(at, 2) == "\\u") {
        const std::uint32_t low = hex4(raw.substr(at + 2));
        if (isLow(low)) {
            appendPair(out, unit, low);
            return at + 6;
        }
    }
    if (isHigh(unit) || isLow(unit)) {
        unit = kReplacement;
    }
    appendUtf8(out, unit);
    return at;
}

char plainEscape(char c)
{
    switch (c) {
    case 'b':
        return '\b';
    case 'f':
        return '\f';
    case 'n':
        return '\n';
    case 'r':
        return '\r';
    case 't':
        return '\t';
    default:
        return c; // Quote, backslash, slash.
    }
}

void appendQuoted(std::string& out, std::string_view text)
{
    static constexpr char kHex[] = "0123456789abcdef";
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (c == '\n') {
            out += "\\n";
        } else if (byte < 0x20 || byte == 0x7F) {
            out += "\\u00";
            out += kHex[byte >> 4U];
            out += kHex[byte & 0xFU];
        } else {
            out += c;
        }
    }
}

std::string asUtf8(std::string_view text)
{
    std::string valid;
    while (!text.empty()) {
        std::size_t length = 1;
        while (length < 4 && length < text.size() && !isValidUtf8(text.substr(0, length))) {
            ++length;
        }
        if (isValidUtf8(text.substr(0, length))) {
            valid += text.substr(0, length);
        } else {
            length = 1;
            appendUtf8(valid, kReplacement);
        }
        text.remove_prefix(length);
    }
    return valid;
}

} // namespace

std::string decodeJsonString(BytesView raw)
{
    std::string out;
    out.reserve(raw.size());
    std::size_t at = 0;
    while (at < raw.size()) {
        const std::size_t slash = std::min(raw.find('\\', at), raw.size());
        out.append(raw, at, slash - at);
        at = slash + 1;
        if (at >= raw.size()) {
            break;
        }
        if (raw[at] == 'u') {
            at = decodeUnicode(raw, at, out);
        } else {
            out += plainEscape(raw[at++]);
        }
    }
    return out;
}

SplitEdges splitEdges(BytesView raw)
{
    constexpr std::size_t kEscape = 6; // \uXXXX
    SplitEdges edges;
    if (raw.size() < kEscape) {
        return edges;
    }
    if (raw.starts_with("\\u")) {
        const auto unit = hex4(raw.substr(2));
        edges.low = isLow(unit) ? static_cast<std::uint16_t>(unit) : 0;
    }
    const auto last = raw.substr(raw.size() - kEscape);
    if (last.starts_with("\\u")) {
        // An escape only if no backslash before it makes a text of its own.
        const auto before = raw.substr(0, raw.size() - kEscape);
        const auto plain = before.find_last_not_of('\\');
        const auto slashes = before.size() - (plain == BytesView::npos ? 0 : plain + 1);
        const auto unit = hex4(last.substr(2));
        edges.high = slashes % 2 == 0 && isHigh(unit) ? static_cast<std::uint16_t>(unit) : 0;
    }
    return edges;
}

std::string joinedHalves(std::uint16_t high, std::uint16_t low)
{
    EXHIBIT_ASSERT(isHigh(high) && isLow(low));
    std::string character;
    appendPair(character, high, low);
    return character;
}

std::string quoteJson(std::string_view text)
{
    std::string out;
    out.reserve(text.size() + 2);
    out += '"';
    if (isValidUtf8(text)) {
        appendQuoted(out, text);
    } else {
        appendQuoted(out, asUtf8(text));
    }
    out += '"';
    return out;
}

std::string splice(BytesView text, std::vector<Edit> edits)
{
    std::stable_sort(edits.begin(), edits.end(), [](const Edit& a, const Edit& b) {
        return std::pair(a.begin, a.end) < std::pair(b.begin, b.end);
    });
    std::string out;
    out.reserve(text.size() + 64);
    std::size_t at = 0;
    for (const Edit& edit : edits) {
        EXHIBIT_ASSERT(edit.begin >= at && edit.begin <= edit.end && edit.end <= text.size());
        out.append(text, at, edit.begin - at);
        out += edit.text;
        at = edit.end;
    }
    out.append(text, at);
    return out;
}

std::vector<Edit> removeMembers(const JsonWalk& walk,
                                std::size_t object,
                                const std::vector<std::size_t>& members)
{
    std::vector<Edit> edits;
    std::size_t kept = JsonWalk::kNone; // The last member before the run that stays.
    std::size_t first = JsonWalk::kNone; // Of the run of members that go.
    std::size_t last = JsonWalk::kNone;
    const bool named = walk.is(object, JsonKind::Object);
    const auto beginOf
        = [&](std::size_t node) { return named ? walk[node].nameBegin - 1 : walk[node].begin; };
    const auto closeRun = [&](std::size_t following) {
        if (first == JsonWalk::kNone) {
            return;
        }
        if (kept != JsonWalk::kNone) {
            edits.push_back({walk[kept].end, walk[last].end, {}});
        } else if (following != JsonWalk::kNone) {
            edits.push_back({beginOf(first), beginOf(following), {}});
        } else {
            edits.push_back({beginOf(first), walk[last].end, {}});
        }
        first = JsonWalk::kNone;
    };
    for (auto child = walk.firstChild(object); child != JsonWalk::kNone;
         child = walk.nextSibling(child)) {
        if (std::find(members.begin(), members.end(), child) == members.end()) {
            closeRun(child);
            kept = child;
        } else {
            first = first == JsonWalk::kNone ? child : first;
            last = child;
        }
    }
    closeRun(JsonWalk::kNone);
    return edits;
}

} // namespace exhibit
