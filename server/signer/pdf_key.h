// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/secret.h"
#include "models/base/sha256.h"
#include "models/base/time.h"

#include <filesystem>
#include <memory>

struct evp_pkey_st;
struct x509_st;

namespace exhibit::signer {

/// What signs reports: a P-256 key with its certificate, and no other use. Ed25519 is no option:
/// the readers of PDF files do not know it.
class PdfKey {
public:
    /// With a certificate that it signs itself, for ten years.
    [[nodiscard]] static Result<PdfKey> generate(UtcTime now);
    /// FOLDER/pdf.sealed, under the key of `unlockFile`, which exists; made when it is not there.
    [[nodiscard]] static Result<PdfKey> loadOrCreate(const std::filesystem::path& folder,
                                                     const std::filesystem::path& unlockFile);

    /// PEM.
    [[nodiscard]] Result<std::string> certificate() const;
    /// A detached CMS signature over the document of that digest, with exactly the signed
    /// attributes of PAdES-B-B: content type, message digest, signing certificate (ETSI EN 319
    /// 142-1).
    [[nodiscard]] Result<Bytes> sign(const Digest& document) const;

private:
    struct Free {
        void operator()(evp_pkey_st* key) const noexcept;
        void operator()(x509_st* certificate) const noexcept;
    };
    using Key = std::unique_ptr<evp_pkey_st, Free>;
    using Certificate = std::unique_ptr<x509_st, Free>;

    PdfKey(Key key, Certificate certificate);
    [[nodiscard]] static Result<PdfKey> fromJson(BytesView plain);
    [[nodiscard]] Result<Secret> toJson() const;

    Key m_key;
    Certificate m_certificate;
};

} // namespace exhibit::signer
