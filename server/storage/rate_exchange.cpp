// SPDX-License-Identifier: Apache-2.0
#include "server/storage/rate_exchange.h"

#include "models/base/sha256.h"
#include "server/storage/ingest_insert.h"

#include <algorithm>
#include <map>

namespace exhibit::storage {
namespace {

std::string digestOf(const std::string& key)
{
    return toHex(asView(sha256("exhibit/rate/v1\n" + key)));
}

Result<void> publish(Transaction& transaction,
                     ReplicaId replica,
                     const std::vector<security::RateUse>& uses)
{
    std::vector<Parameters> rows;
    for (const auto& use : uses) {
        rows.push_back({digestOf(use.key), use.second, replica, use.count});
    }
    // In one order, so that replicas never wait for each other in a circle.
    std::sort(rows.begin(), rows.end(), [](const Parameters& a, const Parameters& b) {
        return std::tie(a[0].value(), a[1].value()) < std::tie(b[0].value(), b[1].value());
    });
    std::vector<Statement> statements;
    appendInserts(statements,
                  {"INSERT INTO rate_uses AS r (rate_key, second, replica_id, uses)",
                   "(?,?,?,?)",
                   " ON CONFLICT (rate_key, second, replica_id)"
                   " DO UPDATE SET uses = r.uses + excluded.uses"},
                  std::move(rows));
    statements.push_back({"DELETE FROM rate_uses WHERE replica_id = $1"
                          " AND second < extract(epoch FROM clock_timestamp())::bigint - 120",
                          {replica}});
    EXHIBIT_CHECK(transaction.pipeline(statements));
    return {};
}

} // namespace

Result<std::vector<security::RateUse>> exchangeRates(Database& database,
                                                     ReplicaId replica,
                                                     const std::vector<security::RateUse>& uses,
                                                     const std::vector<std::string>& keys,
                                                     Deadline deadline)
{
    using Uses = std::vector<security::RateUse>;
    std::map<std::string, std::string> byDigest;
    std::vector<std::string> digests;
    for (const auto& key : keys) {
        digests.push_back(digestOf(key));
        byDigest.emplace(digests.back(), key);
    }
    const auto work = [&](Transaction& transaction) -> Result<Uses> {
        EXHIBIT_CHECK(publish(transaction, replica, uses));
        EXHIBIT_TRY(
            const Rows rows,
            transaction.query("SELECT rate_key, second, sum(uses)::bigint FROM rate_uses"
                              " WHERE rate_key = ANY($1::text[]) AND replica_id <> $2"
                              " AND second >= extract(epoch FROM clock_timestamp())::bigint - 61"
                              " GROUP BY rate_key, second",
                              {Parameter::array(digests), replica}));
        Uses others;
        for (std::size_t row = 0; row < rows.size(); ++row) {
            others.push_back({byDigest.at(std::string(rows.text(row, 0))),
                              rows.integer(row, 1),
                              rows.integer(row, 2)});
        }
        return others;
    };
    return database.write(TenantId{}, deadline, work);
}

} // namespace exhibit::storage
