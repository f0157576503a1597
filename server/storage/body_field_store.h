// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/storage/subject_keys.h"

namespace exhibit::storage {

/// The subject of an error: the key that sealed a field was lost with its signer.
inline constexpr std::string_view kKeyLost = "key_lost";

/// Rows that begin with field_id, key_id and bytes, with the keys that open them: one look-up for
/// all. `rows` outlives it.
class SealedRows {
public:
    [[nodiscard]] static Result<SealedRows> of(Transaction& transaction,
                                               SubjectKeys& keys,
                                               const Rows& rows);
    /// NotFound when its subject was erased; Conflict with kKeyLost when nobody can read it;
    /// Corrupt when it was not sealed: everything that is recorded is.
    [[nodiscard]] Result<Bytes> open(std::size_t row) const;

private:
    SealedRows(TenantId tenant, const Rows& rows, KnownKeys keys)
        : m_tenant(tenant)
        , m_rows(rows)
        , m_keys(std::move(keys))
    {
    }

    TenantId m_tenant;
    const Rows& m_rows;
    KnownKeys m_keys;
};

/// Fields as rows of call_bodies, sealed under their subject's key; the keys outlive the object.
/// Any thread.
class BodyFieldStore final : public FieldStore {
public:
    explicit BodyFieldStore(SubjectKeys& keys)
        : m_keys(keys)
    {
    }
    [[nodiscard]] Result<void> putAll(Transaction& transaction,
                                      TenantId tenant,
                                      std::span<const FieldDraft> fields) override;
    /// NotFound when the tenant has no such field, or its subject was erased; otherwise as
    /// SealedRows::open.
    [[nodiscard]] Result<Bytes> get(Transaction& transaction,
                                    TenantId tenant,
                                    FieldRef ref) override;
    /// All of a path of a call, in order: /request /response/released ... Corrupt when pieces are
    /// missing or overlap.
    [[nodiscard]] Result<Bytes> readCall(Transaction& transaction,
                                         CallId call,
                                         std::string_view path);

private:
    SubjectKeys& m_keys;
};

} // namespace exhibit::storage
