// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/bytes.h"
#include "models/base/result.h"

#include <map>
#include <string>
#include <vector>

namespace exhibit::report {

/// What of a PDF can be compared with another: each page by a hash over everything that it shows.
struct PdfContent {
    std::vector<std::string> pages;
    std::string producer;
    std::string report; ///< Its kind.
    std::string fonts; ///< fontFingerprint() of the process that made it.
    std::map<std::string, Bytes> attachments; ///< By name.
    /// What a report has no use for and an attacker may: scripts, actions, layers, forms.
    std::vector<std::string> suspicious;
};

/// InvalidInput when it cannot be read without repairing it.
[[nodiscard]] Result<PdfContent> readPdf(BytesView pdf);

} // namespace exhibit::report
