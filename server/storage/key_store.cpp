// SPDX-License-Identifier: Apache-2.0
#include "server/storage/key_store.h"

#include "server/storage/ingest_insert.h"

#include <algorithm>

namespace exhibit::storage {
namespace {

Result<domain::ApiKey> keyOf(const Rows& rows, std::size_t row, TenantId tenant)
{
    domain::ApiKey key;
    key.tenantId = tenant;
    key.keyId = KeyId{rows.uuid(row, 0)};
    key.projectId = ProjectId{rows.uuid(row, 1)};
    EXHIBIT_TRY(key.role, parseEnum<domain::Role>(rows.text(row, 2)));
    EXHIBIT_TRY(key.scopes, fromJson<std::vector<domain::Scope>>(rows.json(row, 3)));
    key.label = rows.text(row, 4);
    key.revoked = rows.boolean(row, 5);
    key.createdAt = rows.time(row, 6);
    return key;
}

} // namespace

Result<void> KeyStore::add(const domain::ApiKey& key,
                           const Actor& actor,
                           LedgerAppender& ledger,
                           Deadline deadline)
{
    std::vector<std::string> scopes;
    for (const auto scope : key.scopes) {
        scopes.emplace_back(wireName(scope));
    }
    const AuditedAction action{"key.created",
                               key.keyId.text(),
                               JsonObject{{"project_id", key.projectId.text()},
                                          {"role", wireName(key.role)},
                                          {"scopes", toJson(scopes)},
                                          {"label", key.label}},
                               {}};
    return m_database.write(key.tenantId, deadline, [&](Transaction& transaction) -> Result<void> {
        EXHIBIT_CHECK(transaction.query(
            "INSERT INTO api_keys (tenant_id, key_id, project_id, role, scopes, hash, label,"
            " created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            {key.tenantId,
             key.keyId,
             key.projectId,
             wireName(key.role),
             Parameter::array(scopes),
             key.hash,
             storable(key.label),
             key.createdAt}));
        return recordAction(transaction, ledger, actor, action);
    });
}

Result<bool> KeyStore::isSlugOf(TenantId tenant, const std::string& slug, Deadline deadline)
{
    return m_database.read(tenant, deadline, [&](Transaction& transaction) -> Result<bool> {
        EXHIBIT_TRY(const Rows rows,
                    transaction.query("SELECT FROM tenants WHERE tenant_id = $1 AND slug = $2",
                                      {tenant, storable(slug)}));
        return !rows.empty();
    });
}

Result<std::vector<domain::ApiKey>> KeyStore::list(TenantId tenant, Deadline deadline)
{
    using Keys = std::vector<domain::ApiKey>;
    return m_database.read(tenant, deadline, [&](Transaction& transaction) -> Result<Keys> {
        EXHIBIT_TRY(const Rows rows,
                    transaction.query("SELECT key_id, project_id, role, to_jsonb(scopes), label,"
                                      " revoked_at IS NOT NULL, created_at FROM api_keys"
                                      " WHERE tenant_id = $1 ORDER BY created_at, key_id",
                                      {tenant}));
        Keys keys;
        for (std::size_t row = 0; row < rows.size(); ++row) {
            EXHIBIT_TRY(auto key, keyOf(rows, row, tenant));
            keys.push_back(std::move(key));
        }
        return keys;
    });
}

Result<void> KeyStore::revoke(
    TenantId tenant, KeyId key, const Actor& actor, LedgerAppender& ledger, Deadline deadline)
{
    const AuditedAction action{"key.revoked", key.text(), JsonObject{}, {}};
    return m_database.write(tenant, deadline, [&](Transaction& transaction) -> Result<void> {
        // All keys in force are locked, so that two revocations cannot take the last two admins'.
        EXHIBIT_TRY(const Rows rows,
                    transaction.query("SELECT key_id, role FROM api_keys"
                                      " WHERE tenant_id = $1 AND revoked_at IS NULL"
                                      " ORDER BY key_id FOR UPDATE",
                                      {tenant}));
        bool found = false;
        bool otherAdmin = false;
        bool isAdmin = false;
        for (std::size_t row = 0; row < rows.size(); ++row) {
            const bool admin = rows.text(row, 1) == wireName(domain::Role::Admin);
            const bool same = rows.uuid(row, 0) == key.value;
            found = found || same;
            isAdmin = isAdmin || (same && admin);
            otherAdmin = otherAdmin || (!same && admin);
        }
        if (!found) {
            return fail(ErrorCode::NotFound, "there is no such key in force", key.text());
        }
        if (isAdmin && !otherAdmin) {
            return fail(ErrorCode::Conflict,
                        "this is the last admin key; create another one first",
                        key.text());
        }
        EXHIBIT_CHECK(transaction.query("UPDATE api_keys SET revoked_at = now()"
                                        " WHERE tenant_id = $1 AND key_id = $2",
                                        {tenant, key}));
        return recordAction(transaction, ledger, actor, action);
    });
}

Result<std::map<std::string, std::string>> readKeyLabels(Transaction& transaction)
{
    EXHIBIT_TRY(const Rows rows,
                transaction.query("SELECT key_id, label FROM api_keys"
                                  " WHERE tenant_id = $1 AND label <> ''",
                                  {transaction.tenant()}));
    std::map<std::string, std::string> labels;
    for (std::size_t row = 0; row < rows.size(); ++row) {
        labels.emplace(KeyId{rows.uuid(row, 0)}.text(), rows.text(row, 1));
    }
    return labels;
}

} // namespace exhibit::storage
