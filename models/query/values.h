// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/query/fields.h"

namespace exhibit::query {

/// Why a value was refused, and what to write instead (may be empty).
struct ValueError {
    std::string message;
    std::string suggestion;
    QueryProblem problem = QueryProblem::Other;
    std::vector<std::string> parts{};
};

/// Reads a filter's value into value, number and time of the clause, in canonical form.
[[nodiscard]] tl::expected<void, ValueError> readValue(Clause& clause,
                                                       const FieldSpec& spec,
                                                       std::string_view text);

/// The accepted values of a closed set with what they mean; empty for other kinds.
[[nodiscard]] std::vector<std::string_view> closedValues(ValueKind kind);

} // namespace exhibit::query
