// SPDX-License-Identifier: Apache-2.0
#include "server/storage/catalogue_loader.h"

#include "server/ops/log.h"
#include "server/storage/price_store.h"
#include "server/storage/quota_store.h"

#include <algorithm>
#include <array>

namespace exhibit::storage {
namespace {

constexpr const char* kProjects = "SELECT project_id, slug, stop_style FROM projects";
constexpr const char* kUpstreams
    = "SELECT upstream_id, project_id, name, base_url, to_jsonb(models), api_key_env, "
      "pass_through, wire, position, contract FROM upstreams";
constexpr const char* kKeys
    = "SELECT key_id, project_id, role, to_jsonb(scopes), hash, label, revoked_at IS NOT NULL, "
      "created_at FROM api_keys";
constexpr const char* kCurrentSnapshot
    = "SELECT snapshot_id FROM snapshot_activations ORDER BY activation_no DESC LIMIT 1";
/// The newest activation has no end. The statement for the current one runs before, so that what
/// that names is always among these.
constexpr const char* kSnapshots
    = "SELECT policies_json, thresholds_json, content_hash, created_at, snapshot_id "
      "FROM policy_snapshots WHERE snapshot_id IN ("
      "SELECT snapshot_id FROM (SELECT snapshot_id, lead(activated_at) OVER (ORDER BY "
      "activation_no)"
      " AS ended_at FROM snapshot_activations) AS a"
      " WHERE ended_at IS NULL OR ended_at > now() - interval '7 days'"
      " UNION SELECT policy_snapshot_id FROM runs WHERE status IN ('queued', 'running'))";
constexpr const char* kSnapshot
    = "SELECT policies_json, thresholds_json, content_hash, created_at, snapshot_id "
      "FROM policy_snapshots WHERE tenant_id = $1 AND snapshot_id = $2";
/// Of no tenant: what came with the server.
constexpr std::string_view kPrices
    = "SELECT jsonb_build_object('version', version, 'currency', currency, 'models', models),"
      " published_by IS NOT NULL FROM prices";

/// Texts that this server does not know, written by a newer one, must not stop it: the row is left
/// out and logged.
template <class T>
void addIfRead(std::vector<T>& list, const char* table, const JsonObject& row)
{
    auto value = fromJson<T>(row);
    if (value) {
        list.push_back(*std::move(value));
    } else {
        ops::logError("a row of {} cannot be used: {} ({})",
                      table,
                      value.error().message,
                      value.error().subject);
    }
}

JsonObject projectRow(const Rows& rows, std::size_t row, TenantId tenant)
{
    return {{"tenant_id", tenant.text()},
            {"project_id", ProjectId{rows.uuid(row, 0)}.text()},
            {"slug", rows.text(row, 1)},
            {"stop_style", rows.text(row, 2)}};
}

JsonObject upstreamRow(const Rows& rows, std::size_t row, TenantId tenant)
{
    JsonObject object{{"tenant_id", tenant.text()},
                      {"upstream_id", UpstreamId{rows.uuid(row, 0)}.text()},
                      {"project_id", ProjectId{rows.uuid(row, 1)}.text()},
                      {"name", rows.text(row, 2)},
                      {"base_url", rows.text(row, 3)},
                      {"models", rows.json(row, 4)},
                      {"pass_through", rows.boolean(row, 6)},
                      {"wire", rows.text(row, 7)},
                      {"position", rows.integer(row, 8)}};
    if (!rows.isNull(row, 5)) {
        object.emplace("api_key_env", rows.text(row, 5));
    }
    if (!rows.isNull(row, 9)) {
        object.emplace("contract", rows.json(row, 9));
    }
    return object;
}

JsonObject keyRow(const Rows& rows, std::size_t row, TenantId tenant)
{
    return {{"tenant_id", tenant.text()},
            {"key_id", KeyId{rows.uuid(row, 0)}.text()},
            {"project_id", ProjectId{rows.uuid(row, 1)}.text()},
            {"role", rows.text(row, 2)},
            {"scopes", rows.json(row, 3)},
            {"hash", toHex(rows.bytes(row, 4))},
            {"label", rows.text(row, 5)},
            {"revoked", rows.boolean(row, 6)},
            {"created_at", formatTime(rows.time(row, 7))}};
}

/// A row of policies_json, thresholds_json, content_hash, created_at, snapshot_id.
Result<domain::PolicySnapshot> readSnapshot(const Rows& rows, std::size_t row, TenantId tenant)
{
    Digest hash{};
    const auto bytes = rows.bytes(row, 2);
    std::copy_n(bytes.begin(), std::min(bytes.size(), hash.size()), hash.begin());
    EXHIBIT_TRY(auto snapshot,
                domain::loadSnapshot(tenant,
                                     std::string(rows.text(row, 0)),
                                     std::string(rows.text(row, 1)),
                                     hash,
                                     rows.time(row, 3)));
    snapshot.snapshotId = rows.text(row, 4);
    return snapshot;
}

void addSnapshots(Catalogue& catalogue, const Rows& rows, TenantId tenant)
{
    for (std::size_t row = 0; row < rows.size(); ++row) {
        auto snapshot = readSnapshot(rows, row, tenant);
        const std::string snapshotId{rows.text(row, 4)};
        if (!snapshot) {
            ops::logError("policy snapshot {} of {} cannot be used: {}",
                          snapshotId,
                          tenant.text(),
                          snapshot.error().message);
            continue;
        }
        catalogue.snapshots[{tenant, snapshotId}]
            = std::make_shared<const domain::PolicySnapshot>(*std::move(snapshot));
    }
}

std::string pricesInForce()
{
    return std::string(kPrices) + std::string(kPricesInForce) + " LIMIT 1";
}

Result<void> loadTenant(Catalogue& catalogue, Transaction& transaction)
{
    const std::array statements{Statement{kProjects, {}},
                                Statement{kUpstreams, {}},
                                Statement{kKeys, {}},
                                Statement{kCurrentSnapshot, {}},
                                Statement{kSnapshots, {}},
                                Statement{pricesInForce(), {}}};
    EXHIBIT_TRY(const auto results, transaction.pipeline(statements));
    const auto tenant = transaction.tenant();
    for (std::size_t row = 0; row < results[0].size(); ++row) {
        addIfRead(catalogue.projects, "projects", projectRow(results[0], row, tenant));
    }
    for (std::size_t row = 0; row < results[1].size(); ++row) {
        addIfRead(catalogue.upstreams, "upstreams", upstreamRow(results[1], row, tenant));
    }
    for (std::size_t row = 0; row < results[2].size(); ++row) {
        addIfRead(catalogue.keys, "api_keys", keyRow(results[2], row, tenant));
    }
    if (!results[3].empty()) {
        catalogue.currentSnapshot[tenant] = results[3].text(0, 0);
    }
    addSnapshots(catalogue, results[4], tenant);
    if (!results[5].empty() && results[5].boolean(0, 1)) {
        EXHIBIT_TRY(catalogue.ownPrices[tenant],
                    fromJson<domain::PriceTable>(results[5].json(0, 0)));
    }
    EXHIBIT_TRY(auto quotas, loadQuotas(transaction));
    if (!quotas.assignments.empty()) {
        catalogue.quotas.emplace(tenant, std::move(quotas));
    }
    return {};
}

} // namespace

Result<Catalogue> loadCatalogue(Database& database, Deadline deadline)
{
    Catalogue catalogue;
    catalogue.readAt = utcNow();
    std::vector<TenantId> tenants;
    const auto readShared = [&](Transaction& transaction) -> Result<void> {
        EXHIBIT_TRY(const Rows names, transaction.query("SELECT tenant_id FROM list_tenants()"));
        for (std::size_t row = 0; row < names.size(); ++row) {
            tenants.push_back(TenantId{names.uuid(row, 0)});
        }
        EXHIBIT_TRY(const Rows prices, transaction.query(pricesInForce()));
        if (!prices.empty()) {
            EXHIBIT_TRY(catalogue.prices, fromJson<domain::PriceTable>(prices.json(0, 0)));
        }
        return {};
    };
    EXHIBIT_CHECK(database.read(TenantId{}, deadline, readShared));
    for (const auto tenant : tenants) {
        const auto readTenant
            = [&](Transaction& transaction) { return loadTenant(catalogue, transaction); };
        EXHIBIT_CHECK(database.read(tenant, deadline, readTenant));
    }
    sortCatalogue(catalogue);
    return catalogue;
}

Result<std::shared_ptr<const domain::PolicySnapshot>> loadSnapshot(Database& database,
                                                                   TenantId tenant,
                                                                   const std::string& snapshotId,
                                                                   Deadline deadline)
{
    using Loaded = std::shared_ptr<const domain::PolicySnapshot>;
    return database.read(tenant, deadline, [&](Transaction& transaction) -> Result<Loaded> {
        EXHIBIT_TRY(const Rows rows, transaction.query(kSnapshot, {tenant, snapshotId}));
        if (rows.empty()) {
            return fail(ErrorCode::NotFound, "there is no such policy snapshot", snapshotId);
        }
        EXHIBIT_TRY(auto snapshot, readSnapshot(rows, 0, tenant));
        return std::make_shared<const domain::PolicySnapshot>(std::move(snapshot));
    });
}

} // namespace exhibit::storage
