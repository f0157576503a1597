// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/query/query.h"

#include <string>
#include <vector>

/// Changes that people make to a query by pointing: chips, facets, "only this value".
namespace exhibit::query {

/// One thing a query restricts, as a chip shows it.
struct Restriction {
    std::vector<Field> fields; ///< Empty for words; After and Before together are one time range.
    bool negated = false;
    std::vector<std::string> values; ///< As written in the query; of a time range [from, to].
    std::vector<std::size_t> groups; ///< Of the query; removing them removes the restriction.
    bool mixed = false; ///< A group of several fields: `values` holds its text.
};

[[nodiscard]] std::vector<Restriction> restrictions(const Query& query);

/// The query without these groups.
[[nodiscard]] Query withoutGroups(const Query& query, const std::vector<std::size_t>& groups);
/// The query without what restricts only the field (After and Before count as one).
[[nodiscard]] Query withoutField(const Query& query, Field field);
/// Values stand as after the field's name: those of cost and latency may begin with a comparison.

/// "Only this value": what the field was restricted to before is gone.
[[nodiscard]] Query withOnly(const Query& query, Field field, const std::string& value);
/// "Not this value", beside what is there.
[[nodiscard]] Query withExcluded(const Query& query, Field field, const std::string& value);
/// "Add this value": one more of the alternatives of the field.
[[nodiscard]] Query withAdded(const Query& query, Field field, const std::string& value);
/// Takes one alternative of the field away again.
[[nodiscard]] Query withRemoved(const Query& query, Field field, const std::string& value);
/// Between two instants: from inclusive, to exclusive.
[[nodiscard]] Query withRange(const Query& query, UtcTime from, UtcTime to);
/// Everything but that, beside what is there.
[[nodiscard]] Query withoutRange(const Query& query, UtcTime from, UtcTime to);

/// Whether the query lets that value of the field through, as far as groups of this field alone
/// say.
[[nodiscard]] bool admits(const Query& query, Field field, const std::string& value);
/// The values the field is restricted to by one group of alternatives.
[[nodiscard]] std::vector<std::string> chosenValues(const Query& query, Field field);

} // namespace exhibit::query
