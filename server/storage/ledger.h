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

/// Whose data a field is, for erasure: the tenant's user, else the call (rulings.md 31).
using SubjectId = std::string;

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
    SubjectId subject; ///< Of the fields that can be personal; empty: the tenant itself.
    std::optional<Uuid> about; ///< What it is found by (ledger_links); the first entry of it stays.
};

class LedgerAppender {
public:
    virtual ~LedgerAppender() = default;
    [[nodiscard]] virtual Result<void> append(Transaction& transaction,
                                              TenantId tenant,
                                              std::span<const EntryDraft> entries)
        = 0;
};

struct FieldRef {
    Uuid id;
};

/// Bytes on their way into the store.
struct FieldDraft {
    /// A version 7 UUID whose millisecond is the time the bytes belong to; made by the caller, so
    /// that storing them twice is storing them once.
    Uuid id;
    SubjectId subject;
    std::optional<CallId> callId;
    std::string path;
    std::int64_t position = 0; ///< Offset of the bytes within the path.
    std::optional<Json> pieces; ///< See call_bodies in 0002_evidence.sql.
    Bytes bytes;
};

class FieldStore {
public:
    virtual ~FieldStore() = default;
    /// All of them in one round trip.
    [[nodiscard]] virtual Result<void> putAll(Transaction& transaction,
                                              TenantId tenant,
                                              std::span<const FieldDraft> fields)
        = 0;
    [[nodiscard]] Result<FieldRef> put(Transaction& transaction,
                                       TenantId tenant,
                                       const SubjectId& subject,
                                       std::string_view path,
                                       BytesView bytes)
    {
        const FieldDraft draft{.id = Uuid::v7(),
                               .subject = subject,
                               .callId = {},
                               .path = std::string(path),
                               .position = 0,
                               .pieces = {},
                               .bytes = Bytes(bytes)};
        EXHIBIT_CHECK(putAll(transaction, tenant, {&draft, 1}));
        return FieldRef{draft.id};
    }
    [[nodiscard]] virtual Result<Bytes> get(Transaction& transaction, TenantId tenant, FieldRef ref)
        = 0;
};

} // namespace exhibit::storage
