// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/bytes.h"
#include "models/base/secret.h"

#include <memory>

struct evp_pkey_st;

namespace exhibit::evidence {

/// A key to verify with: Ed25519 (what Exhibit signs with), and for other people's envelopes
/// P-256 with SHA-256 and RSA-PSS with SHA-256. Cheap to copy; any thread.
class PublicKey {
public:
    /// 32 raw bytes of an Ed25519 key.
    [[nodiscard]] static Result<PublicKey> fromEd25519(BytesView raw);
    /// "-----BEGIN PUBLIC KEY-----".
    [[nodiscard]] static Result<PublicKey> fromPem(BytesView pem);
    /// PEM, or 64 hex digits of a raw Ed25519 key.
    [[nodiscard]] static Result<PublicKey> fromText(std::string_view text);

    /// Whether the signature fits. A P-256 signature is ASN.1 or r||s.
    [[nodiscard]] bool verify(BytesView message, BytesView signature) const;
    /// How a DSSE envelope names the key: SHA-256 in hex over the raw Ed25519 key, over the
    /// SubjectPublicKeyInfo of the others.
    [[nodiscard]] const std::string& id() const { return m_id; }
    /// 32 bytes; empty when the key is not Ed25519.
    [[nodiscard]] const Bytes& raw() const { return m_raw; }
    [[nodiscard]] std::string pem() const;

private:
    explicit PublicKey(std::shared_ptr<evp_pkey_st> key);

    std::shared_ptr<evp_pkey_st> m_key;
    Bytes m_raw;
    std::string m_id;
};

/// An Ed25519 private key. Only the signing process holds real ones.
class SigningKey {
public:
    /// 32 bytes (RFC 8032, 5.1.5).
    [[nodiscard]] static Result<SigningKey> fromSeed(const Secret& seed);

    [[nodiscard]] Bytes sign(BytesView message) const;
    [[nodiscard]] const PublicKey& publicKey() const { return m_public; }

private:
    SigningKey(std::shared_ptr<evp_pkey_st> key, PublicKey publicKey);

    std::shared_ptr<evp_pkey_st> m_key;
    PublicKey m_public;
};

/// HMAC-SHA256.
[[nodiscard]] Bytes hmacSha256(BytesView key, BytesView message);

} // namespace exhibit::evidence
