// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/evidence/entry.h"
#include "models/evidence/pack.h"
#include "models/report/legal_discovery.h"
#include "models/report/pack_facts.h"

namespace exhibit::report {

/// Values of an entry that are disclosed; empty where they are withheld.
struct DisclosedValues {
    std::string who; ///< /reporter_id
    std::string role; ///< /reporter_type
    std::string details; ///< /details, JSON: what an export was, why, by what right.
};

/// What one entry says.
[[nodiscard]] Result<CustodyRecord> custodyOfEntry(const evidence::Entry& entry,
                                                   const Digest& hash,
                                                   const DisclosedValues& values);

/// The chain of custody that the entries in scope of a pack record, oldest first, and the export
/// that made the pack.
[[nodiscard]] Result<std::vector<CustodyRecord>> custodyOf(const evidence::Pack& pack,
                                                           const PackFacts& facts);

} // namespace exhibit::report
