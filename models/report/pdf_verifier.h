// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/evidence/report.h"
#include "models/evidence/trust.h"

namespace exhibit::report {

/// Checks a report of ours: its signature over the whole file, the pack that is attached to it, and
/// that its pages are those which the pack gives. The findings are the pack's checks and beside
/// them "report", once each for signature, attachment and pages. `certificates` are PEM, pinned
/// outside the file. Pages that were drawn with other fonts cannot be compared as they look: then
/// "text" says whether they say the same. A damaged file is a successful report.
[[nodiscard]] evidence::VerificationReport verifyReportPdf(BytesView pdf,
                                                           const evidence::TrustAnchors& anchors,
                                                           const std::vector<Bytes>& certificates);

[[nodiscard]] inline bool looksLikePdf(BytesView bytes)
{
    return bytes.starts_with("%PDF-");
}

} // namespace exhibit::report
