// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/storage/parameter.h"

#include <string>
#include <string_view>
#include <vector>

namespace exhibit::storage {

/// The shape of a multi-row INSERT: `into` names table and columns, `row` is one row of VALUES with
/// a '?' for each parameter, `tail` is what follows (ON CONFLICT, RETURNING).
struct InsertShape {
    std::string_view into;
    std::string_view row;
    std::string_view tail;
};

/// Appends the statements that insert `rows`, as few as the protocol's 65,535 parameters and
/// limits::kIngestStatementBytesMax allow. No rows, no statement.
void appendInserts(std::vector<Statement>& statements,
                   const InsertShape& shape,
                   std::vector<Parameters> rows);

/// The row with its '?' replaced by $first, $first+1 ...
[[nodiscard]] std::string numberedRow(std::string_view row, std::size_t first);

// PostgreSQL's text and jsonb cannot hold U+0000, which JSON can: in columns (never in the recorded
// bytes) it becomes U+FFFD, visibly replaced rather than refused or cut.
[[nodiscard]] std::string storable(std::string text);
[[nodiscard]] Json storable(Json json);
[[nodiscard]] Parameter storable(const std::optional<std::string>& text);
[[nodiscard]] Parameter storable(const std::optional<Json>& json);

} // namespace exhibit::storage
