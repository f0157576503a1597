// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/evidence/dsse.h"
#include "server/signer/heads_file.h"
#include "server/signer/keys_file.h"
#include "server/signer/pdf_key.h"
#include "server/signer/signature_key.h"

#include <optional>

namespace exhibit::signer {

/// Who asks, as the kernel says.
struct Caller {
    pid_t pid = 0;
    uid_t uid = 0;
};

/// The calls of rulings.md 32: typed requests in, signatures out. It makes the signed bytes itself
/// from what the request says and never signs a hash that a caller supplies. One thread.
class Signer {
public:
    [[nodiscard]] static Result<Signer> create(SignerKeys keys, HeadsFile heads);
    /// With signing keys that lie elsewhere; the seeds of `keys` are not used.
    [[nodiscard]] static Signer create(SignatureKeys signing, SignerKeys keys, HeadsFile heads);
    /// Without one reports are not signed.
    void usePdfKey(PdfKey key) { m_pdfKey = std::move(key); }

    /// A signing key can be had again in another process alone.
    [[nodiscard]] bool lostKeys() const;
    /// The reply; {"error": ...} for what is refused.
    [[nodiscard]] Json handle(const Json& request);

private:
    Signer(HeadsFile heads, SignatureKeys signing, Secret macKey, Secret wrappingKey);

    [[nodiscard]] Result<Json> signCheckpoint(const Json& request);
    [[nodiscard]] Result<Json> signCertificate(const Json& request);
    [[nodiscard]] Result<Json> signPack(const Json& request);
    [[nodiscard]] Result<Json> signPdf(const Json& request);
    [[nodiscard]] Result<Json> mac(const Json& request);
    [[nodiscard]] Result<Json> wrap(const Json& request);
    [[nodiscard]] Result<Json> unwrap(const Json& request);
    [[nodiscard]] Result<Json> publicKeys(const Json& request);
    [[nodiscard]] Result<Json> lastHead(const Json& request);
    [[nodiscard]] Result<Json> signStatement(const Bytes& payload);

    HeadsFile m_heads;
    SignatureKeys m_signing;
    Secret m_macKey;
    Secret m_wrappingKey;
    std::optional<PdfKey> m_pdfKey;
};

/// The calls that need no key: hash, verify-chain, merkle-root, sign-entry (which chains a typed
/// entry). nullopt when `request` is none of them.
[[nodiscard]] std::optional<Result<Json>> handleStateless(const Json& request);

/// The statement of a certificate request: {"subjects": [{name, sha256}], "predicate": {...}}.
[[nodiscard]] Result<Bytes> certificateStatement(const Json& request);

} // namespace exhibit::signer
