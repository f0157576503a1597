// SPDX-License-Identifier: Apache-2.0
#include "server/storage/replica_store.h"

#include <array>

namespace exhibit::storage {
namespace {

constexpr const char* kLock
    = "SELECT pg_advisory_xact_lock(hashtextextended('exhibit/replicas', 0))";
// clock_timestamp(): now() is when the transaction began, before it waited for the lock.
constexpr const char* kRenew
    = "INSERT INTO replicas (replica_id, name, version, lease_until, sharing)"
      " VALUES ($1, $2, $3, clock_timestamp() + $4 * interval '1 millisecond', $5)"
      " ON CONFLICT (replica_id) DO UPDATE SET name = excluded.name, version = excluded.version,"
      " lease_until = excluded.lease_until, sharing = excluded.sharing";
/// Of processes that ended without a word, kept for a day for whoever looks into it.
constexpr const char* kForget
    = "DELETE FROM replicas WHERE lease_until < clock_timestamp() - interval '1 day'";
constexpr const char* kOthers = "SELECT count(*), count(*) FILTER (WHERE NOT sharing) FROM replicas"
                                " WHERE replica_id <> $1 AND lease_until > clock_timestamp()";

} // namespace

Result<OtherReplicas> ReplicaStore::renew(const ReplicaLease& lease, Deadline deadline)
{
    const auto renew = [&](Transaction& transaction) -> Result<OtherReplicas> {
        const std::array statements{Statement{kLock, {}},
                                    Statement{kRenew,
                                              {lease.replica,
                                               lease.name,
                                               EXHIBIT_VERSION,
                                               static_cast<std::int64_t>(lease.length.count()),
                                               lease.sharing}},
                                    Statement{kForget, {}},
                                    Statement{kOthers, {lease.replica}}};
        EXHIBIT_TRY(const auto results, transaction.pipeline(statements));
        return OtherReplicas{results.back().integer(0, 0), results.back().integer(0, 1)};
    };
    return m_database.write(TenantId{}, deadline, renew);
}

Result<std::vector<std::string>> ReplicaStore::live(Deadline deadline)
{
    using Names = std::vector<std::string>;
    const auto look = [](Transaction& transaction) -> Result<Names> {
        EXHIBIT_TRY(const Rows rows,
                    transaction.query("SELECT name FROM replicas"
                                      " WHERE lease_until > clock_timestamp() ORDER BY name"));
        Names names;
        for (std::size_t row = 0; row < rows.size(); ++row) {
            names.emplace_back(rows.text(row, 0));
        }
        return names;
    };
    return m_database.read(TenantId{}, deadline, look);
}

Result<void> ReplicaStore::remove(ReplicaId replica, Deadline deadline)
{
    const auto remove = [&](Transaction& transaction) {
        return transaction.query("DELETE FROM replicas WHERE replica_id = $1", {replica});
    };
    return m_database.write(TenantId{}, deadline, remove).map([](const Rows&) {});
}

Result<bool> ReplicaStore::othersHaveWritten(TenantId tenant, ReplicaId self, Deadline deadline)
{
    return m_database.read(tenant, deadline, [&](Transaction& transaction) -> Result<bool> {
        EXHIBIT_TRY(const Rows rows,
                    transaction.query("SELECT EXISTS (SELECT FROM spool_marks"
                                      " WHERE tenant_id = $1 AND replica_id <> $2)",
                                      {tenant, self}));
        return rows.boolean(0, 0);
    });
}

} // namespace exhibit::storage
