// SPDX-License-Identifier: Apache-2.0
#include "server/storage/bootstrap.h"

#include "models/domain/price_table.h"
#include "models/domain/project.h"
#include "models/domain/snapshot.h"
#include "server/ops/log.h"
#include "server/storage/embedded_files.h"
#include "server/storage/private_file.h"

namespace exhibit::storage {
namespace {

/// Two replicas at their first start: one goes first, the other finds its work done.
constexpr const char* kLock
    = "SELECT pg_advisory_xact_lock(hashtextextended('exhibit/bootstrap', 0))";

Result<void> publishPrices(Transaction& transaction)
{
    for (const auto& file : embeddedPriceTables()) {
        EXHIBIT_TRY(const Json json, parseJson(file.text));
        EXHIBIT_TRY(const auto table, fromJson<domain::PriceTable>(json));
        EXHIBIT_TRY(const Rows rows,
                    transaction.query("INSERT INTO price_tables (version, currency, models) "
                                      "VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
                                      {table.version, table.currency, toJson(table.models)}));
        if (rows.affected() > 0) {
            ops::logInfo("published the price table {}", table.version);
        }
    }
    return {};
}

Result<void> createDefaults(Transaction& transaction, const FirstKey& key)
{
    const auto tenant = transaction.tenant();
    const auto project = ProjectId::generate();
    const auto role = wireName(domain::Role::Admin);
    EXHIBIT_TRY(const auto snapshot, domain::makeSnapshot(tenant, {}));
    const std::vector<Statement> statements{
        {"INSERT INTO tenants (tenant_id, slug, title) VALUES ($1, 'default', 'Default')",
         {tenant}},
        {"INSERT INTO projects (tenant_id, project_id, slug, title) "
         "VALUES ($1, $2, 'default', 'Default')",
         {tenant, project}},
        {"INSERT INTO api_keys (tenant_id, key_id, project_id, role, scopes, hash, label) "
         "VALUES ($1, $2, $3, $4, '{}', $5, 'first administrator')",
         {tenant, KeyId::generate(), project, role, key.hash}},
        {"INSERT INTO policy_snapshots (tenant_id, snapshot_id, content_hash, policies_json, "
         "thresholds_json, policy_count) VALUES ($1, $2, $3, $4, $5, 0)",
         {tenant,
          snapshot.snapshotId,
          snapshot.contentHash,
          snapshot.policiesJson,
          snapshot.thresholdsJson}},
        {"INSERT INTO snapshot_activations (tenant_id, activation_no, snapshot_id) "
         "VALUES ($1, 0, $2)",
         {tenant, snapshot.snapshotId}}};
    EXHIBIT_CHECK(transaction.pipeline(statements));
    return {};
}

} // namespace

Result<bool> bootstrap(Database& database,
                       const std::filesystem::path& dataDirectory,
                       const FirstKey& key,
                       Deadline deadline)
{
    const auto work = [&](Transaction& transaction) -> Result<bool> {
        EXHIBIT_CHECK(transaction.query(kLock));
        EXHIBIT_CHECK(publishPrices(transaction));
        EXHIBIT_TRY(const Rows tenants, transaction.query("SELECT FROM list_tenants() LIMIT 1"));
        if (!tenants.empty()) {
            return false;
        }
        EXHIBIT_CHECK(createDefaults(transaction, key));
        // Before the commit: a crash leaves a key that opens nothing, never a lost one.
        EXHIBIT_CHECK(writePrivateFile(dataDirectory / "admin.key", key.text.expose() + "\n"));
        return true;
    };
    return database.write(TenantId::generate(), deadline, work);
}

} // namespace exhibit::storage
