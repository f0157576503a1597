// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/storage/database.h"

#include <optional>
#include <set>
#include <string>

/// A tenant's money has one currency: that of the price table in force when its first cost was
/// recorded, and from then on no other (docs/decisions/0127).
namespace exhibit::storage {

/// ISO 4217, of everything that the transaction's tenant has in microcents: costs, their sums and
/// what limits them. Before the first cost that of the table in force. Empty: there is no table, or
/// costs in several currencies are older than this rule.
[[nodiscard]] Result<std::optional<std::string>> currencyOf(Transaction& transaction);

/// Fixes the currency before costs are recorded that were computed by tables of these names.
/// Answers those whose costs are not in it, or not known to be: no sum may hold them.
[[nodiscard]] Result<std::set<std::string>> fixCurrency(Transaction& transaction,
                                                        const std::set<std::string>& versions);

/// Conflict when a table in this currency cannot come into force any more. Holds the currency to
/// the end of the transaction, which is to publish the table.
[[nodiscard]] Result<void> expectCurrency(Transaction& transaction, const std::string& currency);

} // namespace exhibit::storage
