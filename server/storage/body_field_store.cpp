// SPDX-License-Identifier: Apache-2.0
#include "server/storage/body_field_store.h"

#include "server/storage/ingest_insert.h"

namespace exhibit::storage {

Result<void> BodyFieldStore::putAll(Transaction& transaction,
                                    TenantId tenant,
                                    std::span<const FieldDraft> fields)
{
    std::vector<Parameters> rows;
    rows.reserve(fields.size());
    for (const auto& field : fields) {
        rows.push_back({tenant,
                        field.id.timestamp(),
                        field.id,
                        storable(field.subject),
                        field.callId,
                        field.path,
                        field.position,
                        field.pieces,
                        Parameter::bytes(field.bytes)});
    }
    std::vector<Statement> statements;
    appendInserts(
        statements,
        {"INSERT INTO call_bodies (tenant_id, stored_at, field_id, subject, call_id, path,"
         " position, pieces, bytes)",
         "(?,?,?,?,?,?,?,?,?)",
         " ON CONFLICT DO NOTHING"},
        std::move(rows));
    if (statements.empty()) {
        return {};
    }
    EXHIBIT_CHECK(transaction.pipeline(statements));
    return {};
}

Result<Bytes> BodyFieldStore::get(Transaction& transaction, TenantId tenant, FieldRef ref)
{
    EXHIBIT_TRY(const Rows rows,
                transaction.query("SELECT bytes FROM call_bodies"
                                  " WHERE tenant_id = $1 AND stored_at = $2 AND field_id = $3",
                                  {tenant, ref.id.timestamp(), ref.id}));
    if (rows.empty()) {
        return fail(ErrorCode::NotFound, "there is no such field", ref.id.hyphenated());
    }
    return rows.bytes(0, 0);
}

} // namespace exhibit::storage
