// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/storage/connection.h"

#include <optional>
#include <span>
#include <string>
#include <vector>

/// How ingest reaches the ledger and the store of field bytes (rulings.md 25). Both write inside
/// the batch's open transaction, so that evidence and rows commit together.
namespace exhibit::storage {

struct EntryField {
    std::string path; ///< JSON pointer, unique within the entry, never personal data.
    Bytes value;
};

struct EntryDraft {
    std::string type; ///< "llm.call", "decision.recorded", "incident.opened", "policy.changed" ...
    UtcTime occurredAt{};
    std::optional<IncidentId> incidentId;
    std::string reporterType = "system"; ///< system user agent service
    std::string reporterId;
    std::vector<EntryField> fields;
};

class LedgerAppender {
public:
    virtual ~LedgerAppender() = default;
    [[nodiscard]] virtual Result<void> append(Transaction& transaction,
                                              TenantId tenant,
                                              std::span<const EntryDraft> entries)
        = 0;
};

/// Whose data a field is, for erasure: the tenant's user, else the call (rulings.md 31).
using SubjectId = std::string;
struct FieldRef {
    Uuid id;
};

class FieldStore {
public:
    virtual ~FieldStore() = default;
    [[nodiscard]] virtual Result<FieldRef> put(Transaction& transaction,
                                               TenantId tenant,
                                               const SubjectId& subject,
                                               std::string_view path,
                                               BytesView bytes)
        = 0;
    [[nodiscard]] virtual Result<Bytes> get(Transaction& transaction, TenantId tenant, FieldRef ref)
        = 0;
};

} // namespace exhibit::storage
