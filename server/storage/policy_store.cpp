// SPDX-License-Identifier: Apache-2.0
#include "server/storage/policy_store.h"

#include "server/storage/ingest_insert.h"

#include <algorithm>
#include <map>

namespace exhibit::storage {
namespace {

using PoliciesById = std::map<std::string, domain::Policy>;

Result<PoliciesById> currentPolicies(Transaction& transaction)
{
    EXHIBIT_TRY(const Rows rows,
                transaction.query("SELECT DISTINCT ON (policy_id) document, policy_id FROM policies"
                                  " WHERE tenant_id = $1 ORDER BY policy_id, version DESC",
                                  {transaction.tenant()}));
    PoliciesById policies;
    for (std::size_t row = 0; row < rows.size(); ++row) {
        auto policy = domain::policyFromJson(rows.json(row, 0));
        if (!policy) {
            return fail(ErrorCode::Corrupt,
                        "a stored policy cannot be read: " + policy.error().message,
                        std::string(rows.text(row, 1)));
        }
        std::string id = policy->policyId;
        policies.emplace(std::move(id), *std::move(policy));
    }
    return policies;
}

/// Whether both say the same, whatever their versions.
bool sameContent(domain::Policy a, const domain::Policy& b)
{
    a.version = b.version;
    return policyToJson(a) == policyToJson(b);
}

Result<void> insertVersion(Transaction& transaction,
                           const domain::Policy& policy,
                           const Actor& actor)
{
    EXHIBIT_CHECK(transaction.query(
        "INSERT INTO policies (tenant_id, policy_id, version, document, enabled, created_by)"
        " VALUES ($1, $2, $3, $4, $5, $6)",
        {transaction.tenant(),
         policy.policyId,
         policy.version,
         storable(policyToJson(policy)),
         policy.enabled,
         actor.id}));
    return {};
}

/// Stores the snapshot unless its content is known; returns the id it goes by. Should the first 12
/// hex digits be taken by other content, the id grows by 4 (domain.md).
Result<std::string> insertSnapshot(Transaction& transaction, const domain::PolicySnapshot& snapshot)
{
    EXHIBIT_TRY(const Rows known,
                transaction.query("SELECT snapshot_id FROM policy_snapshots"
                                  " WHERE tenant_id = $1 AND content_hash = $2",
                                  {transaction.tenant(), snapshot.contentHash}));
    if (!known.empty()) {
        return std::string(known.text(0, 0));
    }
    const std::string hex = toHex(asView(snapshot.contentHash));
    for (std::size_t digits = 12; digits <= hex.size(); digits += 4) {
        std::string id = "SNAP-" + hex.substr(0, digits);
        EXHIBIT_TRY(const Rows inserted,
                    transaction.query("INSERT INTO policy_snapshots (tenant_id, snapshot_id,"
                                      " content_hash, policies_json, thresholds_json, policy_count)"
                                      " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
                                      {transaction.tenant(),
                                       id,
                                       snapshot.contentHash,
                                       snapshot.policiesJson,
                                       snapshot.thresholdsJson,
                                       static_cast<std::int64_t>(snapshot.policies.size())}));
        if (inserted.affected() == 1) {
            return id;
        }
    }
    return fail(ErrorCode::Conflict, "the snapshot's id is taken", snapshot.snapshotId);
}

Result<void> activate(Transaction& transaction, const std::string& snapshotId, const Actor& actor)
{
    EXHIBIT_TRY(const Rows current,
                transaction.query("SELECT activation_no, snapshot_id FROM snapshot_activations"
                                  " WHERE tenant_id = $1 ORDER BY activation_no DESC LIMIT 1",
                                  {transaction.tenant()}));
    if (!current.empty() && current.text(0, 1) == snapshotId) {
        return {};
    }
    const std::int64_t next = current.empty() ? 1 : current.integer(0, 0) + 1;
    EXHIBIT_CHECK(transaction.query("INSERT INTO snapshot_activations (tenant_id, activation_no,"
                                    " snapshot_id, activated_by) VALUES ($1, $2, $3, $4)",
                                    {transaction.tenant(), next, snapshotId, actor.id}));
    return {};
}

Result<PolicyImport> importInto(Transaction& transaction,
                                std::vector<domain::Policy> policies,
                                const SnapshotCheck& accepts,
                                const Actor& actor,
                                LedgerAppender& ledger)
{
    // Orders imports of one tenant; the next one sees this one's versions.
    EXHIBIT_CHECK(transaction.query("SELECT 1 FROM tenants WHERE tenant_id = $1 FOR UPDATE",
                                    {transaction.tenant()}));
    EXHIBIT_TRY(auto current, currentPolicies(transaction));
    PolicyImport result;
    JsonArray changed;
    for (auto& policy : policies) {
        const auto known = current.find(policy.policyId);
        policy.version = known == current.end() ? 1 : known->second.version;
        if (known == current.end() || !sameContent(policy, known->second)) {
            policy.version += known == current.end() ? 0 : 1;
            EXHIBIT_CHECK(insertVersion(transaction, policy, actor));
            changed.push_back(
                JsonObject{{"policy_id", policy.policyId}, {"version", policy.version}});
        }
        result.policies.push_back({policy.policyId, policy.version});
        current.insert_or_assign(policy.policyId, policy);
    }
    std::vector<domain::Policy> all;
    for (auto& [id, policy] : current) {
        all.push_back(std::move(policy));
    }
    EXHIBIT_TRY(const auto snapshot, domain::makeSnapshot(transaction.tenant(), all));
    EXHIBIT_CHECK(accepts(snapshot));
    EXHIBIT_TRY(result.snapshotId, insertSnapshot(transaction, snapshot));
    EXHIBIT_CHECK(activate(transaction, result.snapshotId, actor));
    EXHIBIT_CHECK(recordAction(
        transaction,
        ledger,
        actor,
        {"policy.imported",
         result.snapshotId,
         JsonObject{{"changed", std::move(changed)}, {"snapshot_id", result.snapshotId}},
         {}}));
    return result;
}

} // namespace

Result<PolicyImport> PolicyStore::import(TenantId tenant,
                                         std::vector<domain::Policy> policies,
                                         const SnapshotCheck& accepts,
                                         const Actor& actor,
                                         LedgerAppender& ledger,
                                         Deadline deadline)
{
    return m_database.write(tenant, deadline, [&](Transaction& transaction) {
        return importInto(transaction, std::move(policies), accepts, actor, ledger);
    });
}

Result<std::vector<domain::Policy>> PolicyStore::list(TenantId tenant, Deadline deadline)
{
    using Policies = std::vector<domain::Policy>;
    return m_database.read(tenant, deadline, [&](Transaction& transaction) -> Result<Policies> {
        EXHIBIT_TRY(auto current, currentPolicies(transaction));
        Policies policies;
        for (auto& [id, policy] : current) {
            policies.push_back(std::move(policy));
        }
        return policies;
    });
}

Result<StoredPolicy> PolicyStore::get(TenantId tenant,
                                      const std::string& policyId,
                                      std::optional<std::int64_t> version,
                                      Deadline deadline)
{
    return m_database.read(tenant, deadline, [&](Transaction& transaction) -> Result<StoredPolicy> {
        EXHIBIT_TRY(const Rows rows,
                    transaction.query("SELECT version, document FROM policies"
                                      " WHERE tenant_id = $1 AND policy_id = $2"
                                      " ORDER BY version DESC",
                                      {tenant, storable(policyId)}));
        if (rows.empty()) {
            return fail(ErrorCode::NotFound, "there is no such policy", policyId);
        }
        StoredPolicy stored;
        std::optional<std::size_t> wanted;
        for (std::size_t row = 0; row < rows.size(); ++row) {
            stored.versions.push_back(rows.integer(row, 0));
            if (!wanted && stored.versions.back() == version.value_or(stored.versions.back())) {
                wanted = row;
            }
        }
        if (!wanted) {
            return fail(ErrorCode::NotFound, "the policy has no such version", policyId);
        }
        EXHIBIT_TRY(stored.policy, domain::policyFromJson(rows.json(*wanted, 1)));
        return stored;
    });
}

Result<domain::PolicySnapshot> PolicyStore::snapshot(TenantId tenant,
                                                     const std::string& snapshotId,
                                                     Deadline deadline)
{
    using domain::PolicySnapshot;
    return m_database.read(
        tenant, deadline, [&](Transaction& transaction) -> Result<PolicySnapshot> {
            EXHIBIT_TRY(const Rows rows,
                        transaction.query("SELECT policies_json, thresholds_json, content_hash,"
                                          " created_at FROM policy_snapshots"
                                          " WHERE tenant_id = $1 AND snapshot_id = $2",
                                          {tenant, storable(snapshotId)}));
            if (rows.empty()) {
                return fail(ErrorCode::NotFound, "there is no such snapshot", snapshotId);
            }
            Digest hash{};
            const Bytes stored = rows.bytes(0, 2);
            if (stored.size() != hash.size()) {
                return fail(ErrorCode::Corrupt, "the snapshot's hash is damaged", snapshotId);
            }
            std::copy(stored.begin(), stored.end(), hash.begin());
            EXHIBIT_TRY(auto snapshot,
                        domain::loadSnapshot(tenant,
                                             std::string(rows.text(0, 0)),
                                             std::string(rows.text(0, 1)),
                                             hash,
                                             rows.time(0, 3)));
            snapshot.snapshotId = snapshotId;
            return snapshot;
        });
}

} // namespace exhibit::storage
