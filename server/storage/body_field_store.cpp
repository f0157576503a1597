// SPDX-License-Identifier: Apache-2.0
#include "server/storage/body_field_store.h"

#include "server/spool/aes_gcm.h"
#include "server/storage/ingest_insert.h"

#include <set>

namespace exhibit::storage {
namespace {

/// A row's bytes open in that row alone.
Bytes sealContext(TenantId tenant, Uuid field)
{
    return "exhibit/body/v1 " + tenant.value.hyphenated() + " " + field.hyphenated();
}

} // namespace

Result<SealedRows> SealedRows::of(Transaction& transaction, SubjectKeys& keys, const Rows& rows)
{
    std::set<Uuid> ids;
    for (std::size_t row = 0; row < rows.size(); ++row) {
        if (!rows.isNull(row, 1)) {
            ids.insert(rows.uuid(row, 1));
        }
    }
    if (ids.empty()) {
        return SealedRows(transaction.tenant(), rows, {});
    }
    EXHIBIT_TRY(auto found, keys.byId(transaction, {ids.begin(), ids.end()}));
    return SealedRows(transaction.tenant(), rows, std::move(found));
}

Result<Bytes> SealedRows::open(std::size_t row) const
{
    if (m_rows.isNull(row, 1)) {
        return fail(ErrorCode::Corrupt, "a recorded body is not sealed: nobody recorded it so");
    }
    const Uuid id = m_rows.uuid(row, 1);
    const auto key = m_keys.keys.find(id);
    if (m_keys.lost.contains(id)) {
        return fail(ErrorCode::Conflict,
                    "that field cannot be read: its key was lost with the signer",
                    std::string(kKeyLost));
    }
    if (m_keys.damaged.contains(id)) {
        return fail(ErrorCode::Corrupt, "the key of a recorded body was changed: it does not open");
    }
    if (key == m_keys.keys.end()) {
        return fail(ErrorCode::NotFound, "that field was erased");
    }
    return spool::AesGcm(key->second.key)
        .openWithNonce(sealContext(m_tenant, m_rows.uuid(row, 0)), m_rows.bytes(row, 2));
}

Result<void> BodyFieldStore::putAll(Transaction& transaction,
                                    TenantId tenant,
                                    std::span<const FieldDraft> fields)
{
    if (fields.empty()) {
        return {};
    }
    std::set<SubjectId> subjects;
    for (const auto& field : fields) {
        subjects.insert(storable(field.subject));
    }
    EXHIBIT_TRY(const auto keys,
                m_keys.forSubjects(transaction, {subjects.begin(), subjects.end()}));
    std::map<SubjectId, spool::AesGcm> ciphers;
    for (const auto& [subject, key] : keys) {
        ciphers.emplace(subject, key.key);
    }
    std::vector<Parameters> rows;
    rows.reserve(fields.size());
    for (const auto& field : fields) {
        const SubjectId subject = storable(field.subject);
        const Bytes sealed
            = ciphers.at(subject).sealWithNonce(sealContext(tenant, field.id), field.bytes);
        rows.push_back({tenant,
                        field.id.timestamp(),
                        field.id,
                        subject,
                        keys.at(subject).id,
                        field.callId,
                        field.path,
                        field.position,
                        field.pieces,
                        Parameter::bytes(sealed)});
    }
    std::vector<Statement> statements;
    appendInserts(
        statements,
        {"INSERT INTO call_bodies (tenant_id, stored_at, field_id, subject, key_id, call_id,"
         " path, position, pieces, bytes)",
         "(?,?,?,?,?,?,?,?,?,?)",
         " ON CONFLICT DO NOTHING"},
        std::move(rows));
    EXHIBIT_CHECK(transaction.pipeline(statements));
    return {};
}

Result<Bytes> BodyFieldStore::get(Transaction& transaction, TenantId tenant, FieldRef ref)
{
    EXHIBIT_TRY(const Rows rows,
                transaction.query("SELECT field_id, key_id, bytes FROM call_bodies"
                                  " WHERE tenant_id = $1 AND stored_at = $2 AND field_id = $3",
                                  {tenant, ref.id.timestamp(), ref.id}));
    if (rows.empty()) {
        return fail(ErrorCode::NotFound, "there is no such field", ref.id.hyphenated());
    }
    EXHIBIT_TRY(const auto sealed, SealedRows::of(transaction, m_keys, rows));
    return sealed.open(0);
}

Result<Bytes> BodyFieldStore::readCall(Transaction& transaction, CallId call, std::string_view path)
{
    EXHIBIT_TRY(const Rows rows,
                transaction.query("SELECT field_id, key_id, bytes, position FROM call_bodies"
                                  " WHERE tenant_id = $1 AND call_id = $2 AND path = $3"
                                  " ORDER BY position",
                                  {transaction.tenant(), call, std::string(path)}));
    EXHIBIT_TRY(const auto sealed, SealedRows::of(transaction, m_keys, rows));
    Bytes all;
    for (std::size_t row = 0; row < rows.size(); ++row) {
        if (rows.integer(row, 3) != static_cast<std::int64_t>(all.size())) {
            return fail(ErrorCode::Corrupt,
                        "a piece at " + std::to_string(rows.integer(row, 3)) + " follows "
                            + std::to_string(all.size()) + " bytes",
                        call.text());
        }
        EXHIBIT_TRY(const Bytes piece, sealed.open(row));
        all += piece;
    }
    return all;
}

} // namespace exhibit::storage
