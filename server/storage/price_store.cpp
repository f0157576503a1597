// SPDX-License-Identifier: Apache-2.0
#include "server/storage/price_store.h"

#include "models/base/price_limits.h"
#include "server/storage/cost_currency.h"

namespace exhibit::storage {

Result<void> PriceStore::publish(TenantId tenant,
                                 const domain::PriceTable& table,
                                 const Actor& actor,
                                 LedgerAppender& ledger,
                                 Deadline deadline)
{
    return m_database.write(tenant, deadline, [&](Transaction& transaction) -> Result<void> {
        EXHIBIT_CHECK(expectCurrency(transaction, table.currency));
        // The time of this moment, not of the transaction's begin: what is in force is the last.
        EXHIBIT_TRY(const Rows rows,
                    transaction.query(
                        "INSERT INTO published_prices (tenant_id, version, currency, models,"
                        " published_at, published_by)"
                        " SELECT $1, $2, $3, $4, clock_timestamp(), $5"
                        " WHERE NOT EXISTS (SELECT FROM prices WHERE version = $2)"
                        " ON CONFLICT DO NOTHING",
                        {tenant, table.version, table.currency, toJson(table.models), actor.id}));
        if (rows.affected() == 0) {
            return fail(ErrorCode::Conflict,
                        "this version was published before, and calls may be priced by it: "
                        "publish under another one",
                        "/version");
        }
        return recordAction(
            transaction, ledger, actor, {"prices.published", table.version, toJson(table), {}});
    });
}

Result<PriceList> PriceStore::list(TenantId tenant, Deadline deadline)
{
    return m_database.read(tenant, deadline, [](Transaction& transaction) -> Result<PriceList> {
        EXHIBIT_TRY(
            const Rows rows,
            transaction.query("SELECT version, currency, jsonb_array_length(models)::bigint,"
                              " published_at, published_by, models FROM prices"
                                  + std::string(kPricesInForce) + " LIMIT $1",
                              {static_cast<std::int64_t>(limits::kPriceVersionsListed)}));
        PriceList list;
        for (std::size_t row = 0; row < rows.size(); ++row) {
            list.versions.push_back({std::string(rows.text(row, 0)),
                                     std::string(rows.text(row, 1)),
                                     rows.integer(row, 2),
                                     rows.time(row, 3),
                                     rows.optionalText(row, 4)});
        }
        if (!rows.empty()) {
            domain::PriceTable table{list.versions[0].version, list.versions[0].currency, {}};
            EXHIBIT_TRY(table.models, fromJson<std::vector<domain::ModelPrice>>(rows.json(0, 5)));
            list.inForce = std::move(table);
        }
        return list;
    });
}

} // namespace exhibit::storage
