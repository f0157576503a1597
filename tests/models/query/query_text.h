// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/query/query.h"

#include <gtest/gtest.h>

namespace exhibit::query {

/// Equal apart from positions.
inline bool sameMeaning(const Clause& a, const Clause& b)
{
    return a.negated == b.negated && a.words == b.words && a.field == b.field
        && a.comparison == b.comparison && a.value == b.value && a.number == b.number
        && a.time == b.time;
}

inline bool sameMeaning(const Query& a, const Query& b)
{
    return std::equal(a.groups.begin(),
                      a.groups.end(),
                      b.groups.begin(),
                      b.groups.end(),
                      [](const auto& left, const auto& right) {
                          return std::equal(
                              left.begin(),
                              left.end(),
                              right.begin(),
                              right.end(),
                              [](const Clause& x, const Clause& y) { return sameMeaning(x, y); });
                      });
}

/// The only clause of a query that must parse.
inline Clause onlyClause(std::string_view text)
{
    const auto query = parse(text);
    EXPECT_TRUE(query) << text << ": " << (query ? "" : query.error().message);
    if (!query || query->groups.size() != 1 || query->groups[0].size() != 1) {
        ADD_FAILURE() << text << " is not one clause";
        return {};
    }
    return query->groups[0][0];
}

/// The error of a query that must not parse.
inline QueryError errorOf(std::string_view text)
{
    const auto query = parse(text);
    EXPECT_FALSE(query) << text;
    return query ? QueryError{} : query.error();
}

} // namespace exhibit::query
