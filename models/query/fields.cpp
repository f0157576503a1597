// SPDX-License-Identifier: Apache-2.0
#include "models/query/fields.h"

#include "models/base/assert.h"

#include <algorithm>
#include <numeric>

namespace exhibit::query {
namespace {

/// Names longer than this are never close to one of ours; bounds the work of a hostile query.
constexpr std::size_t kComparedBytesMax = 32;

/// Levenshtein distance with one row.
std::size_t distance(std::string_view a, std::string_view b)
{
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i + 1;
        for (std::size_t j = 0; j < b.size(); ++j) {
            const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
        }
    }
    return row[b.size()];
}

} // namespace

const FieldSpec& specOf(Field field)
{
    const auto* spec = std::ranges::find(kFields, field, &FieldSpec::field);
    EXHIBIT_ASSERT(spec != std::end(kFields));
    return *spec;
}

const FieldSpec* findField(std::string_view name)
{
    const auto* spec = std::ranges::find(kFields, toLower(name), &FieldSpec::name);
    return spec == std::end(kFields) ? nullptr : spec;
}

std::string_view nearest(std::string_view text, const std::vector<std::string_view>& candidates)
{
    if (text.size() < 2 || text.size() > kComparedBytesMax) {
        return {};
    }
    const std::string folded = toLower(text);
    std::string_view best;
    std::size_t bestDistance = 3;
    for (const std::string_view candidate : candidates) {
        const bool begins = folded.starts_with(candidate) || candidate.starts_with(folded);
        const std::size_t apart = begins ? 0 : distance(folded, candidate);
        if (apart < bestDistance && apart + 1 < candidate.size() && apart < folded.size()) {
            best = candidate;
            bestDistance = apart;
        }
    }
    return best;
}

std::string_view nearestField(std::string_view name)
{
    std::vector<std::string_view> names;
    std::ranges::transform(kFields, std::back_inserter(names), &FieldSpec::name);
    return nearest(name, names);
}

std::string toLower(std::string_view text)
{
    std::string lower(text);
    std::ranges::transform(lower, lower.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return lower;
}

std::string toUpper(std::string_view text)
{
    std::string upper(text);
    std::ranges::transform(upper, upper.begin(), [](char c) {
        return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    });
    return upper;
}

} // namespace exhibit::query
