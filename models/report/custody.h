// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/evidence/entry.h"
#include "models/evidence/pack.h"
#include "models/report/legal_discovery.h"
#include "models/report/pack_facts.h"

namespace exhibit::report {

/// What one entry says; `who` and `role` are those of its reporter, empty where they are withheld,
/// as `details` is (the entry's /details).
[[nodiscard]] Result<CustodyRecord> custodyOfEntry(const evidence::Entry& entry,
                                                   const Digest& hash,
                                                   std::string who,
                                                   std::string role,
                                                   std::string_view details = {});

/// The chain of custody that the entries in scope of a pack record, oldest first, and the export
/// that made the pack.
[[nodiscard]] Result<std::vector<CustodyRecord>> custodyOf(const evidence::Pack& pack,
                                                           const PackFacts& facts);

} // namespace exhibit::report
