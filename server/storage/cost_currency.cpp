// SPDX-License-Identifier: Apache-2.0
#include "server/storage/cost_currency.h"

#include "server/storage/price_store.h"

namespace exhibit::storage {
namespace {

/// Who publishes a table and who records the first cost go one after the other.
Result<void> lock(Transaction& transaction)
{
    return transaction
        .query("SELECT pg_advisory_xact_lock(hashtextextended('exhibit/currency/' || $1, 0))",
               {transaction.tenant().text()})
        .map([](const Rows&) {});
}

std::string currencyInForce()
{
    return "(SELECT currency FROM prices" + std::string(kPricesInForce) + " LIMIT 1)";
}

} // namespace

Result<std::optional<std::string>> currencyOf(Transaction& transaction)
{
    EXHIBIT_TRY(const Rows rows,
                transaction.query("SELECT CASE WHEN count(*) = 0 THEN " + currencyInForce()
                                      + " ELSE min(currency) END FROM cost_currencies"
                                        " WHERE tenant_id = $1",
                                  {transaction.tenant()}));
    return rows.optionalText(0, 0);
}

Result<std::set<std::string>> fixCurrency(Transaction& transaction,
                                          const std::set<std::string>& versions)
{
    EXHIBIT_CHECK(lock(transaction));
    EXHIBIT_CHECK(transaction.query("INSERT INTO cost_currencies (tenant_id, currency)"
                                    " SELECT $1, f.currency FROM "
                                        + currencyInForce() + " AS f ON CONFLICT DO NOTHING",
                                    {transaction.tenant()}));
    const std::vector<std::string> asked(versions.begin(), versions.end());
    // A name that no table here has says nothing of its currency.
    EXHIBIT_TRY(const Rows rows,
                transaction.query("SELECT v FROM unnest($2::text[]) AS v"
                                  " WHERE NOT EXISTS (SELECT FROM prices p, cost_currencies c"
                                  "  WHERE c.tenant_id = $1 AND p.version = v"
                                  "  AND p.currency = coalesce(c.currency, p.currency))",
                                  {transaction.tenant(), Parameter::array(asked)}));
    std::set<std::string> others;
    for (std::size_t row = 0; row < rows.size(); ++row) {
        others.emplace(rows.text(row, 0));
    }
    return others;
}

Result<void> expectCurrency(Transaction& transaction, const std::string& currency)
{
    EXHIBIT_CHECK(lock(transaction));
    EXHIBIT_TRY(const Rows rows,
                transaction.query("SELECT currency FROM cost_currencies WHERE tenant_id = $1"
                                  " AND currency <> $2",
                                  {transaction.tenant(), currency}));
    if (!rows.empty()) {
        return fail(ErrorCode::Conflict,
                    "costs of this tenant were recorded in " + std::string(rows.text(0, 0))
                        + ": their sums, budgets and thresholds would mean nothing with prices in "
                        + currency,
                    "/currency");
    }
    return {};
}

} // namespace exhibit::storage
