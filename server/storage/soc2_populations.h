// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace exhibit::storage {

/// Records that people make for a control (models/report/entered_facts.h).
struct Soc2Records {
    std::string_view kind;
    std::string_view noneWords; ///< Said when the period has none.
};

/// What a criterion of a SOC 2 examination is drawn from (exports.md, 3.1). `sql` gives of each
/// member id, time, performer, the last entry of the log that belongs to it as "epoch:number"
/// (NULL: none is known), what an auditor asks of it as JSON, how many it stands for, and the
/// prefix of its id where that is a UUID, else ''; $1 tenant, $2 from, $3 to (exclusive).
struct Soc2Population {
    std::string_view name;
    std::string_view words;
    std::string sql; ///< Empty: of records alone.
    std::string gapSql{}; ///< Counts what is missing; empty: nothing is looked for.
    std::string_view gapWords{}; ///< Behind the count, "for one|for more".
    std::vector<Soc2Records> records{}; ///< Members beside those of `sql`.
    std::string_view limitation{}; ///< What the criterion asks for and no record can show.
};

/// The members that people recorded, as Soc2Population::sql gives them.
[[nodiscard]] std::string recordsSql(std::string_view kind);

/// nullptr: nothing of that name is recorded.
[[nodiscard]] const Soc2Population* findSoc2Population(std::string_view name);

} // namespace exhibit::storage
