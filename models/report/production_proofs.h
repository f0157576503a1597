// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/evidence/trust.h"
#include "models/report/archive_files.h"
#include "models/report/legal_discovery.h"

namespace exhibit::report {

/// What the folder PROOFS of a production shows of the entries that its list names. The cover
/// carries as many proofs as a report may; here the entry of every document has its own.
void checkProductionProofs(const ArchiveFiles& files,
                           const LegalDiscoveryBundle& bundle,
                           const evidence::TrustAnchors& anchors,
                           ArchiveReport& checked);

} // namespace exhibit::report
