// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/storage/subject_keys.h"

namespace exhibit::storage {

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
    /// NotFound when the tenant has no such field, or its subject was erased.
    [[nodiscard]] Result<Bytes> get(Transaction& transaction,
                                    TenantId tenant,
                                    FieldRef ref) override;
    /// All of a path of a call, in order: /request /response/released ... Corrupt when pieces are
    /// missing or overlap.
    [[nodiscard]] Result<Bytes> readCall(Transaction& transaction,
                                         CallId call,
                                         std::string_view path);

private:
    [[nodiscard]] Result<Bytes> open(Transaction& transaction, const Rows& rows, std::size_t row);

    SubjectKeys& m_keys;
};

} // namespace exhibit::storage
