// SPDX-License-Identifier: Apache-2.0
#include "server/prevention/contradiction.h"

#include "models/scan/scanner.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <vector>

namespace exhibit::prevention {
namespace {

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

/// Lower case in ASCII, runs of white space as one blank, none at the ends.
std::string folded(std::string_view text)
{
    std::string out;
    for (const char c : text) {
        if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
            if (!out.empty() && out.back() != ' ') {
                out += ' ';
            }
        } else {
            out += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        }
    }
    if (out.ends_with(' ')) {
        out.pop_back();
    }
    return out;
}

/// "1,234.50" as a number; nullopt when it is none.
std::optional<double> numberOf(const std::string& text)
{
    std::string digits;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool separator = text[i] == ',' && !digits.empty() && text.size() - i > 3
            && std::all_of(text.begin() + static_cast<std::ptrdiff_t>(i) + 1,
                           text.begin() + static_cast<std::ptrdiff_t>(i) + 4,
                           isDigit);
        if (!separator) {
            digits += text[i];
        }
    }
    double number = 0;
    const auto* end = digits.data() + digits.size();
    const auto [last, error] = std::from_chars(digits.data(), end, number);
    return error == std::errc{} && last == end ? std::optional(number) : std::nullopt;
}

std::string textOf(const Json& value)
{
    return folded(value.is_string() ? std::string(value.get_string()) : printJson(value));
}

bool same(const std::string& stated, const Json& fact)
{
    const auto known = textOf(fact);
    const auto statedNumber = numberOf(stated);
    const auto knownNumber
        = fact.is_number() ? std::optional(fact.to_number<double>()) : numberOf(known);
    if (statedNumber && knownNumber) {
        return std::abs(*statedNumber - *knownNumber)
            <= 1e-9 * std::max(1.0, std::abs(*knownNumber));
    }
    return stated == known;
}

/// A statement that is too much work to read states nothing.
std::vector<scan::Match> matchesOf(const std::shared_ptr<const scan::PatternSet>& statement,
                                   std::string_view text)
{
    return scanWithin(scan::WorkBudget::limited(), statement, text)
        .value_or(std::vector<scan::Match>{});
}

/// True when the statement's value is the whole text.
bool isValue(const std::shared_ptr<const scan::PatternSet>& statement, std::string_view text)
{
    const auto matches = matchesOf(statement, text);
    return std::any_of(matches.begin(), matches.end(), [text](const scan::Match& match) {
        return match.pattern == 1 && match.start == 0 && match.end == text.size();
    });
}

/// What stands behind the claim, the longest that can be its value.
std::optional<std::string> statedValue(const std::shared_ptr<const scan::PatternSet>& statement,
                                       std::string_view text)
{
    std::vector<std::size_t> ends;
    for (const auto& match : matchesOf(statement, text)) {
        if (match.pattern == 0 && match.start == 0) {
            ends.push_back(match.end);
        }
    }
    std::sort(ends.begin(), ends.end());
    for (const auto end : ends) {
        if (isValue(statement, text.substr(end))) {
            return folded(text.substr(end));
        }
    }
    return std::nullopt;
}

} // namespace

bool contradicts(const domain::ClaimRule& claim,
                 const std::shared_ptr<const scan::PatternSet>& statement,
                 std::string_view text,
                 const Json& fact)
{
    const auto stated = claim.asserts ? std::optional(textOf(*claim.asserts))
        : statement != nullptr        ? statedValue(statement, text)
                                      : std::nullopt;
    return stated && !same(*stated, fact);
}

} // namespace exhibit::prevention
