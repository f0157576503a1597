// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/evidence/entry.h"
#include "server/storage/ledger.h"

namespace exhibit::storage {

/// A field file on its way to the store, or the blob beside one.
struct FieldFile {
    std::uint32_t position = 0; ///< In the entry's list of fields.
    bool blob = false;
    bool personal = false; ///< Belongs to the draft's subject, not to the tenant.
    Bytes bytes;
};

/// An entry but for its place in the chain, and what it commits to.
struct BuiltEntry {
    evidence::Entry entry; ///< Without log, previous, sequence and time.
    std::string eventData; ///< Canonical JSON: what may be shown of it in a table.
    std::vector<FieldFile> files;
};

/// Whether fields of that path belong to the tenant: ids, counts and states, never personal.
[[nodiscard]] bool isPublicPath(std::string_view path);

/// Commits to every field of the draft and to what stands in the ledger's own columns. Public
/// facts (ids, counts, states) belong to the tenant, everything else to the draft's subject.
/// InvalidInput when a path has no canonical form.
[[nodiscard]] Result<BuiltEntry> buildEntry(const EntryDraft& draft);

/// The field files of one key, as the bytes that are sealed: (position length bytes)*
[[nodiscard]] Bytes packFieldFiles(const std::vector<const FieldFile*>& files);
[[nodiscard]] Result<std::vector<FieldFile>> unpackFieldFiles(BytesView packed);

} // namespace exhibit::storage
