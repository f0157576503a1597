// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/bytes.h"
#include "models/base/sha256.h"
#include "models/report/document.h"

#include <functional>
#include <optional>

/// From Cairo's pages to a file that leaves the building: built to PDF/A-3 rules, with attachments,
/// signed last.
namespace exhibit::report {

struct Attachment {
    std::string name;
    std::string mimeType;
    std::string description;
    BytesView bytes;
};

/// The detached CMS signature over the file around it, DER.
using PdfSigner = std::function<Result<Bytes>(const Digest& document)>;

struct PdfFinish {
    std::vector<Attachment> attachments; ///< AFRelationship Source each.
    PdfSigner sign; ///< Empty: not signed.
    std::string signReason;
};

/// The pages of typeset() as an export. Dates are those of the document. Errors: Internal when the
/// pages are no PDF, those of the signer.
[[nodiscard]] Result<Bytes> finishPdf(BytesView pages,
                                      const Document& document,
                                      const PdfFinish& finish);

/// Room for the signature in the file, with a chain of certificates and a time stamp.
inline constexpr std::size_t kSignatureBytes = 16 * 1024;

} // namespace exhibit::report
