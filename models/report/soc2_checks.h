// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/evidence/trust.h"
#include "models/report/archive_files.h"

namespace exhibit::report {

/// SOC 2 evidence as an archive: its manifest, the bundle against its schema, the rows against the
/// listings, the CSV against the rows, and what the log shows of the entries and heads that it
/// names.
[[nodiscard]] ArchiveReport verifySoc2Archive(const ArchiveFiles& files,
                                              const evidence::TrustAnchors& anchors);

} // namespace exhibit::report
