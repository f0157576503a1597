// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace exhibit::storage {

/// What a criterion of a SOC 2 examination is drawn from (exports.md, 3.1). `sql` gives of each
/// member id, time, performer, the last entry of the log that belongs to it as "epoch:number"
/// (NULL: none is known), what an auditor asks of it as JSON, how many it stands for, and the
/// prefix of its id where that is a UUID, else ''; $1 tenant, $2 from, $3 to (exclusive).
struct Soc2Population {
    std::string_view name;
    std::string_view words;
    std::string sql;
    std::string gapSql; ///< Counts what is missing; empty: nothing is looked for.
    /// Behind the count, "for one|for more"; a sentence of its own when it ends as one.
    std::string_view gapWords;
    std::string_view remark{}; ///< What the criterion asks for and no record can show.
    std::string_view noneWords{}; ///< Said when it has no members; empty: nothing.
};

/// nullptr: nothing of that name is recorded.
[[nodiscard]] const Soc2Population* findSoc2Population(std::string_view name);

} // namespace exhibit::storage
