// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/evidence/erased_fields.h"
#include "server/storage/ledger_reading.h"

#include <map>
#include <set>

namespace exhibit::storage {

/// The personal fields that the subject's key seals in the log that grows, in its order. Until the
/// transaction ends nothing more is sealed under it.
[[nodiscard]] Result<std::vector<evidence::ErasedField>> fieldsOfSubject(Transaction& transaction,
                                                                         const SubjectId& subject);

/// What the erasures of a log say that they took.
class Erasures {
public:
    /// Reads every field.erased entry of the epoch. Corrupt when one's fields were changed.
    [[nodiscard]] static Result<Erasures> read(Transaction& transaction,
                                               SubjectKeys& keys,
                                               std::int32_t epoch);

    /// The entry that says it erased this field; nullopt when none does.
    [[nodiscard]] std::optional<std::uint64_t> of(std::uint64_t sequence,
                                                  const std::string& path,
                                                  const Digest& digest) const;
    /// The erasures that took fields of these entries.
    [[nodiscard]] std::set<std::uint64_t> ofEntries(const std::set<std::uint64_t>& entries) const;
    /// The entries with fields that this erasure took; empty for any other entry.
    [[nodiscard]] std::set<std::uint64_t> entriesOf(std::uint64_t erasure) const;

private:
    std::map<evidence::ErasedField, std::uint64_t> m_by;
};

} // namespace exhibit::storage
