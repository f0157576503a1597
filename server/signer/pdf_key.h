// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/secret.h"
#include "models/base/sha256.h"
#include "models/base/time.h"

#include <filesystem>
#include <memory>
#include <vector>

struct evp_pkey_st;
struct x509_st;

namespace exhibit::signer {

/// What signs reports: a key with its certificate, and no other use. Ed25519 is no option:
/// the readers of PDF files do not know it.
class PdfKey {
public:
    /// With a certificate that it signs itself, for ten years.
    [[nodiscard]] static Result<PdfKey> generate(UtcTime now);
    /// The operator's own: a private key (P-256, or RSA of 2048 bits and more) and its certificate
    /// with those that vouch for it, in order, as PEM. InvalidInput says what does not fit.
    [[nodiscard]] static Result<PdfKey> fromPem(BytesView key, BytesView certificates);
    /// FOLDER/pdf-key.pem and FOLDER/pdf-certificate.pem, where there are both; else
    /// FOLDER/pdf.sealed, under the key of `unlockFile`, which exists; made when it is not there.
    [[nodiscard]] static Result<PdfKey> loadOrCreate(const std::filesystem::path& folder,
                                                     const std::filesystem::path& unlockFile);

    /// PEM, with those that vouch for it.
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
    [[nodiscard]] static std::vector<Certificate> readCertificates(BytesView pem);
    [[nodiscard]] static Result<PdfKey> fromJson(BytesView plain);
    [[nodiscard]] Result<Secret> toJson() const;

    Key m_key;
    Certificate m_certificate;
    std::vector<Certificate> m_chain; ///< Above it.
};

} // namespace exhibit::signer
