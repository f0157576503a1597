// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/evidence/trust.h"
#include "models/report/archive_files.h"

namespace exhibit::report {

/// A whole legal production: its manifest, its signed cover with all that a report's verification
/// shows, and from there file for file what the cover's list names: load files against documents
/// and page images, numbers, proofs of the log, the pack that is produced.
[[nodiscard]] ArchiveReport verifyProduction(const ArchiveFiles& files,
                                             const evidence::TrustAnchors& anchors,
                                             const std::vector<Bytes>& certificates);

} // namespace exhibit::report
