// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/storage/ledger.h"

namespace exhibit::storage {

/// Fields as rows of call_bodies, in plain bytes: what is recorded before fields are sealed under
/// their subject's key. Stateless; any thread.
class BodyFieldStore final : public FieldStore {
public:
    [[nodiscard]] Result<void> putAll(Transaction& transaction,
                                      TenantId tenant,
                                      std::span<const FieldDraft> fields) override;
    /// NotFound when the tenant has no such field.
    [[nodiscard]] Result<Bytes> get(Transaction& transaction,
                                    TenantId tenant,
                                    FieldRef ref) override;
};

} // namespace exhibit::storage
