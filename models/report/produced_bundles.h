// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/report/bundle.h"
#include "models/report/production.h"

namespace exhibit::report {

/// What stands in place of a text that may hold a part of a passage that nobody could find in it.
inline constexpr std::string_view kPassagePartsLeftOut
    = "[left out: it may hold a part of a redacted passage]";

/// What a production is made of.
struct ProducedBundles {
    /// Without the passages, before personal data is replaced and documents are withheld: only to
    /// say what was redacted.
    EvidenceBundle original;
    EvidenceBundle shown; ///< What the pack holds.
};

/// Passages go first, out of what was recorded: whatever is replaced, cut or derived later sees
/// marks. NotFound for a passage that stands nowhere; InvalidInput for one that is part of a name
/// the record is kept by, and where it cannot be said that all of it is gone. The subject is the
/// pointer of the passage.
[[nodiscard]] Result<ProducedBundles> makeProducedBundles(const RecordedFacts& facts,
                                                          const BundleRequest& request,
                                                          const ProductionRequest& production);

} // namespace exhibit::report
