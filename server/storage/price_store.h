// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/domain/price_table.h"
#include "server/storage/audit_store.h"
#include "server/storage/database.h"

#include <optional>
#include <string>
#include <vector>

namespace exhibit::storage {

/// What is in force of `prices`: the newest that the tenant published, else the newest that came
/// with the server, so that an upgrade never replaces the prices that people entered.
inline constexpr std::string_view kPricesInForce
    = " ORDER BY published_by IS NULL, published_at DESC, version DESC";

struct PublishedPrices {
    std::string version;
    std::string currency;
    std::int64_t models = 0; ///< How many.
    UtcTime publishedAt{};
    std::optional<std::string> publishedBy; ///< Absent: it came with the server.
};

template <class V>
void visitFields(V& visit, Of<V, PublishedPrices>& prices)
{
    visit("version", prices.version);
    visit("currency", prices.currency);
    visit("models", prices.models);
    visit("published_at", prices.publishedAt);
    visit("published_by", prices.publishedBy);
}

struct PriceList {
    std::optional<domain::PriceTable> inForce;
    std::vector<PublishedPrices> versions; ///< The one in force first, then the one before it ...
};

template <class V>
void visitFields(V& visit, Of<V, PriceList>& list)
{
    visit("prices", list.inForce);
    visit("versions", list.versions);
}

/// What tenants are charged by: the tables that came with the server, which all share, and those of
/// their own. Any thread; every call waits.
class PriceStore {
public:
    explicit PriceStore(Database& database)
        : m_database(database)
    {
    }

    /// Puts a table that was checked in force for the tenant; other replicas hear of it by NOTIFY
    /// exhibit_changed. Recorded in its audit log and ledger. Conflict when the version exists,
    /// because what calls were priced by is never another table, and when the tenant's costs are in
    /// another currency.
    [[nodiscard]] Result<void> publish(TenantId tenant,
                                       const domain::PriceTable& table,
                                       const Actor& actor,
                                       LedgerAppender& ledger,
                                       Deadline deadline);
    /// At most limits::kPriceVersionsListed versions.
    [[nodiscard]] Result<PriceList> list(TenantId tenant, Deadline deadline);

private:
    Database& m_database;
};

} // namespace exhibit::storage
