// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/bytes.h"
#include "models/base/result.h"

#include <optional>
#include <vector>

namespace exhibit::report {

/// What a PDF says of its one signature, and where it stands in the file.
struct PdfSignature {
    Bytes cms; ///< DER, without the zeros behind it.
    std::size_t holeBegin = 0; ///< Of "<hex>".
    std::size_t holeEnd = 0;
};

/// InvalidInput, with the rule that is broken, when the file has not exactly one signature that
/// covers it from its first to its last byte, allows no change and stands where the range says.
[[nodiscard]] Result<PdfSignature> findSignature(BytesView pdf);

enum class CmsVerdict : std::uint8_t {
    Pinned, ///< Good, by a certificate that is pinned.
    Unpinned, ///< Good, by a certificate that only the file names.
};
struct CmsSigner {
    CmsVerdict verdict = CmsVerdict::Unpinned;
    std::string subject; ///< Of the certificate.
    std::string fingerprint; ///< SHA-256, hex.
    std::string pinned; ///< The pinned one: itself, or one above it. Empty: Unpinned.
    Bytes signature; ///< Its value, which a time stamp is over.
    std::optional<Bytes> timeStamp; ///< The token (DER), not looked into.
};
/// The detached signature over `content`, with the signing certificate named in it (CAdES).
/// InvalidInput when it does not fit. Of pinned `certificates` (PEM) those count that can be read.
[[nodiscard]] Result<CmsSigner> checkCms(BytesView cms,
                                         BytesView content,
                                         const std::vector<Bytes>& certificates);

/// What a person tells a certificate by.
struct CertificateName {
    std::string subject; ///< RFC 2253.
    std::string fingerprint; ///< SHA-256, hex.

    [[nodiscard]] std::string text() const { return subject + ", SHA-256 " + fingerprint; }
};
/// Of each certificate in PEM; InvalidInput where there is none, or one that cannot be read.
[[nodiscard]] Result<std::vector<CertificateName>> certificateNames(const Bytes& pem);
/// Each certificate of a file as PEM of its own: of several in PEM, or of one in DER. Errors as of
/// certificateNames().
[[nodiscard]] Result<std::vector<Bytes>> separateCertificates(const Bytes& file);

} // namespace exhibit::report
