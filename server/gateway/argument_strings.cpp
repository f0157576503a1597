// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/argument_strings.h"

#include "models/base/json_walk.h"
#include "server/gateway/replaced_text.h"

#include <algorithm>

namespace exhibit::gateway {
namespace {

using prevention::Replacement;

bool isHex4(std::string_view digits)
{
    return digits.size() == 4 && std::all_of(digits.begin(), digits.end(), [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
           });
}

/// Bytes of the escape at the backslash `at`; 0 when it is none.
std::size_t escapeLength(std::string_view text, std::size_t at)
{
    const char kind = at + 1 < text.size() ? text[at + 1] : '\0';
    if (kind == 'u') {
        return isHex4(text.substr(at + 2, 4)) ? 6 : 0;
    }
    return kind != '\0' && std::string_view("\"\\/bfnrt").find(kind) != std::string_view::npos ? 2
                                                                                               : 0;
}

bool isHighSurrogate(std::string_view escape)
{
    return escape.size() == 6 && (escape[2] == 'd' || escape[2] == 'D')
        && std::string_view("89abAB").find(escape[3]) != std::string_view::npos;
}

/// An escape or a byte, and where what it stands for begins in the text without escapes.
struct Unit {
    std::size_t begin = 0;
    std::size_t decoded = 0;
};

/// Of the whole text, its end included; a pair of surrogates is one.
std::vector<Unit> unitsOf(std::string_view text)
{
    std::vector<Unit> units;
    Unit next;
    while (next.begin < text.size()) {
        units.push_back(next);
        auto length = text[next.begin] == '\\' ? escapeLength(text, next.begin) : 0;
        if (isHighSurrogate(text.substr(next.begin, length))) {
            const auto low = next.begin + length;
            length += low < text.size() && text[low] == '\\' ? escapeLength(text, low) : 0;
        }
        length = std::max<std::size_t>(length, 1);
        next.decoded += length == 1 ? 1 : decodeJsonString(text.substr(next.begin, length)).size();
        next.begin += length;
    }
    units.push_back(next);
    return units;
}

/// Offsets of the text without its escapes for those of the text; what touches an escape covers it.
std::vector<Replacement> decodedOffsets(std::string_view text, std::vector<Replacement> list)
{
    const auto units = list.empty() ? std::vector<Unit>{} : unitsOf(text);
    const auto before = [](const Unit& unit, std::size_t at) { return unit.begin < at; };
    for (auto& each : list) {
        auto first = std::lower_bound(units.begin(), units.end(), each.begin, before);
        first -= first->begin > each.begin ? 1 : 0;
        each.begin = first->decoded;
        each.end = std::lower_bound(first, units.end(), each.end, before)->decoded;
    }
    return list;
}

} // namespace

std::string withoutEscapes(std::string_view text)
{
    std::string raw;
    for (std::size_t at = 0; at < text.size();) {
        const auto escape = text[at] == '\\' ? escapeLength(text, at) : 0;
        const auto length = std::max<std::size_t>(escape, 1);
        if (text[at] == '\\' && escape == 0) {
            raw += '\\';
        }
        raw += text.substr(at, length);
        at += length;
    }
    return decodeJsonString(raw);
}

namespace {

/// A string or a member's name, as it stands in the arguments.
struct Token {
    std::size_t begin = 0; ///< With its quotes.
    std::size_t end = 0;
    bool quoted = false;
};

std::vector<Token> tokensOf(const JsonWalk& walk)
{
    std::vector<Token> tokens;
    for (std::size_t node = 0; node < walk.nodes().size(); ++node) {
        const auto& value = walk[node];
        if (node != 0 && walk.is(value.parent, JsonKind::Object)) {
            tokens.push_back({value.nameBegin - 1U, value.nameEnd + 1U, true});
        }
        if (value.kind != JsonKind::Object && value.kind != JsonKind::Array) {
            tokens.push_back({value.begin, value.end, value.kind == JsonKind::String});
        }
    }
    return tokens;
}

/// The text `inside`, which stands at `begin`, without escapes and with every redaction.
std::string redacted(std::string_view inside,
                     std::size_t begin,
                     const std::vector<Replacement>& raw,
                     const ArgumentFinding& finding)
{
    const auto end = begin + inside.size();
    auto changes = overlapping(raw, begin, end);
    // What lies in it was looked for without escapes, too, and that is what tools read.
    std::erase_if(changes,
                  [&](const auto& each) { return each.begin >= begin && each.end <= end; });
    for (auto& each : changes) {
        each.begin = std::max(each.begin, begin) - begin;
        each.end = std::min(each.end, end) - begin;
    }
    changes = decodedOffsets(inside, std::move(changes));
    changes.insert(changes.end(), finding.replacements.begin(), finding.replacements.end());
    const auto& text = finding.where.decoded;
    return applyReplacements(text, 0, text.size(), united(std::move(changes)));
}

class ArgumentRewriter {
public:
    ArgumentRewriter(std::string_view arguments,
                     const std::vector<Replacement>& raw,
                     const std::vector<ArgumentFinding>& found)
        : m_arguments(arguments)
        , m_raw(raw)
        , m_found(found)
    {
    }

    [[nodiscard]] std::vector<Replacement> run(const JsonWalk& walk) const
    {
        std::vector<Replacement> result;
        for (const auto& token : tokensOf(walk)) {
            const auto* finding = findingAt(token.begin);
            if (finding != nullptr) {
                result.push_back({token.begin, token.end, quoteJson(decoded(token, *finding))});
            } else if (auto inside = overlapping(m_raw, token.begin, token.end); !inside.empty()) {
                result.push_back({token.begin, token.end, rewritten(token, std::move(inside))});
            }
        }
        return result;
    }

private:
    [[nodiscard]] const ArgumentFinding* findingAt(std::size_t begin) const
    {
        const auto found
            = std::find_if(m_found.begin(), m_found.end(), [begin](const ArgumentFinding& each) {
                  return each.where.begin == begin && !each.replacements.empty();
              });
        return found == m_found.end() ? nullptr : &*found;
    }

    /// What both its own redactions and those of the text leave of a string.
    [[nodiscard]] std::string decoded(const Token& token, const ArgumentFinding& finding) const
    {
        const auto begin = token.begin + 1;
        const auto inside = m_arguments.substr(begin, token.end - 1 - begin);
        return redacted(inside, begin, m_raw, finding);
    }

    /// Without findings of its own: what the text's redactions leave of it.
    [[nodiscard]] std::string rewritten(const Token& token, std::vector<Replacement> changes) const
    {
        const auto inside = m_arguments.substr(token.begin, token.end - token.begin);
        const bool escaped = inside.find('\\') != std::string_view::npos;
        if (token.quoted && !escaped) {
            const auto begin = token.begin + 1;
            const auto end = token.end - 1;
            changes.front().begin = std::max(changes.front().begin, begin); // Its sign stays.
            return quoteJson(
                applyReplacements(m_arguments.substr(begin, end - begin), begin, end, changes));
        }
        // The redaction may begin or end within an escape; a number cannot be a part of one.
        return quoteJson(changes.front().placeholder);
    }

    std::string_view m_arguments;
    const std::vector<Replacement>& m_raw;
    const std::vector<ArgumentFinding>& m_found;
};

} // namespace

std::vector<ArgumentString> escapedStrings(std::string_view arguments)
{
    if (arguments.find('\\') == std::string_view::npos) {
        return {};
    }
    const auto walk = JsonWalk::parse(arguments);
    if (!walk) {
        return {{"~decoded", 0, arguments.size(), withoutEscapes(arguments)}};
    }
    std::vector<ArgumentString> strings;
    for (std::size_t node = 0; node < walk->nodes().size(); ++node) {
        const auto& value = (*walk)[node];
        if (value.nameEscaped) {
            strings.push_back({walk->path(node) + "/~name",
                               value.nameBegin - 1U,
                               value.nameEnd + 1U,
                               walk->name(node)});
        }
        if (value.kind == JsonKind::String && value.escaped) {
            strings.push_back({walk->path(node), value.begin, value.end, walk->string(node)});
        }
    }
    return strings;
}

std::vector<Replacement> argumentReplacements(std::string_view arguments,
                                              std::vector<Replacement> raw,
                                              const std::vector<ArgumentFinding>& found)
{
    if (const auto walk = JsonWalk::parse(arguments)) {
        return ArgumentRewriter(arguments, raw, found).run(*walk);
    }
    for (const auto& finding : found) {
        if (!finding.replacements.empty()) {
            return {{0, arguments.size(), redacted(arguments, 0, raw, finding)}};
        }
    }
    return raw;
}

} // namespace exhibit::gateway
