// SPDX-License-Identifier: Apache-2.0
#include "models/evidence/keys.h"

#include "models/base/assert.h"
#include "models/base/sha256.h"

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

namespace exhibit::evidence {
namespace {

constexpr std::size_t kEd25519Bytes = 32;
constexpr std::size_t kRawP256SignatureBytes = 64;

const unsigned char* octets(BytesView bytes)
{
    return reinterpret_cast<const unsigned char*>(bytes.data());
}

struct FreeContext {
    void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_MD_CTX, FreeContext>;

Bytes rawEd25519(const EVP_PKEY* key)
{
    Bytes bytes(kEd25519Bytes, '\0');
    std::size_t size = bytes.size();
    EXHIBIT_ASSERT(
        EVP_PKEY_get_raw_public_key(key, reinterpret_cast<unsigned char*>(bytes.data()), &size) == 1
        && size == kEd25519Bytes);
    return bytes;
}

Bytes subjectPublicKeyInfo(EVP_PKEY* key)
{
    unsigned char* der = nullptr;
    const int size = i2d_PUBKEY(key, &der);
    if (size <= 0) {
        return {};
    }
    Bytes bytes(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
    OPENSSL_free(der);
    return bytes;
}

/// r||s of a P-256 signature as ASN.1.
Bytes toAsn1(BytesView signature)
{
    ECDSA_SIG* parsed = ECDSA_SIG_new();
    EXHIBIT_ASSERT(parsed != nullptr);
    EXHIBIT_ASSERT(ECDSA_SIG_set0(parsed,
                                  BN_bin2bn(octets(signature), 32, nullptr),
                                  BN_bin2bn(octets(signature) + 32, 32, nullptr))
                   == 1);
    unsigned char* der = nullptr;
    const int size = i2d_ECDSA_SIG(parsed, &der);
    ECDSA_SIG_free(parsed);
    EXHIBIT_ASSERT(size > 0);
    Bytes bytes(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
    OPENSSL_free(der);
    return bytes;
}

bool verifyWith(EVP_PKEY* key, BytesView message, BytesView signature)
{
    const Context context(EVP_MD_CTX_new());
    const int kind = EVP_PKEY_get_base_id(key);
    EVP_PKEY_CTX* parameters = nullptr;
    const EVP_MD* digest = kind == EVP_PKEY_ED25519 ? nullptr : EVP_sha256();
    bool fine = EVP_DigestVerifyInit(context.get(), &parameters, digest, nullptr, key) == 1;
    if (fine && kind == EVP_PKEY_RSA) {
        fine = EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING) == 1
            && EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, RSA_PSS_SALTLEN_AUTO) == 1;
    }
    fine = fine
        && EVP_DigestVerify(
               context.get(), octets(signature), signature.size(), octets(message), message.size())
            == 1;
    ERR_clear_error();
    return fine;
}

std::shared_ptr<EVP_PKEY> owned(EVP_PKEY* key)
{
    return {key, [](EVP_PKEY* mine) { EVP_PKEY_free(mine); }};
}

} // namespace

PublicKey::PublicKey(std::shared_ptr<evp_pkey_st> key)
    : m_key(std::move(key))
{
    if (EVP_PKEY_get_base_id(m_key.get()) == EVP_PKEY_ED25519) {
        m_raw = rawEd25519(m_key.get());
    }
    m_id = toHex(asView(sha256(m_raw.empty() ? subjectPublicKeyInfo(m_key.get()) : m_raw)));
}

Result<PublicKey> PublicKey::fromEd25519(BytesView bytes)
{
    if (bytes.size() != kEd25519Bytes) {
        return fail(ErrorCode::InvalidInput, "an Ed25519 key has 32 bytes");
    }
    auto key = owned(
        EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, octets(bytes), bytes.size()));
    if (key == nullptr) {
        ERR_clear_error();
        return fail(ErrorCode::InvalidInput, "these 32 bytes are no Ed25519 key");
    }
    return PublicKey(std::move(key));
}

Result<PublicKey> PublicKey::fromPem(BytesView pem)
{
    BIO* bio = BIO_new_mem_buf(pem.data(),
                               static_cast<int>(std::min<std::size_t>(pem.size(), 1U << 16U)));
    auto key = owned(PEM_read_bio_PUBKEY(bio, nullptr, nullptr, nullptr));
    BIO_free(bio);
    if (key == nullptr) {
        ERR_clear_error();
        return fail(ErrorCode::InvalidInput, "no public key in PEM form");
    }
    const int kind = EVP_PKEY_get_base_id(key.get());
    const bool p256 = kind == EVP_PKEY_EC && EVP_PKEY_get_bits(key.get()) == 256;
    if (kind != EVP_PKEY_ED25519 && kind != EVP_PKEY_RSA && !p256) {
        return fail(ErrorCode::InvalidInput, "expected an Ed25519, P-256 or RSA key");
    }
    return PublicKey(std::move(key));
}

Result<PublicKey> PublicKey::fromText(std::string_view text)
{
    if (text.starts_with("-----BEGIN")) {
        return fromPem(text);
    }
    while (text.ends_with('\n')) {
        text.remove_suffix(1);
    }
    EXHIBIT_TRY(const Bytes bytes, fromHex(text));
    return fromEd25519(bytes);
}

bool PublicKey::verify(BytesView message, BytesView signature) const
{
    if (EVP_PKEY_get_base_id(m_key.get()) == EVP_PKEY_EC
        && signature.size() == kRawP256SignatureBytes
        && verifyWith(m_key.get(), message, toAsn1(signature))) {
        return true;
    }
    return verifyWith(m_key.get(), message, signature);
}

std::string PublicKey::pem() const
{
    BIO* bio = BIO_new(BIO_s_mem());
    EXHIBIT_ASSERT(PEM_write_bio_PUBKEY(bio, m_key.get()) == 1);
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio, &data);
    std::string text(data, static_cast<std::size_t>(size));
    BIO_free(bio);
    return text;
}

SigningKey::SigningKey(std::shared_ptr<evp_pkey_st> key, PublicKey publicKey)
    : m_key(std::move(key))
    , m_public(std::move(publicKey))
{
}

Result<SigningKey> SigningKey::fromSeed(const Secret& seed)
{
    if (seed.expose().size() != kEd25519Bytes) {
        return fail(ErrorCode::InvalidInput, "an Ed25519 seed has 32 bytes");
    }
    auto key = owned(EVP_PKEY_new_raw_private_key(
        EVP_PKEY_ED25519, nullptr, octets(seed.expose()), seed.expose().size()));
    EXHIBIT_ASSERT(key != nullptr);
    EXHIBIT_TRY(auto publicKey, PublicKey::fromEd25519(rawEd25519(key.get())));
    return SigningKey(std::move(key), std::move(publicKey));
}

Bytes SigningKey::sign(BytesView message) const
{
    const Context context(EVP_MD_CTX_new());
    Bytes signature(64, '\0');
    std::size_t size = signature.size();
    EXHIBIT_ASSERT(EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, m_key.get()) == 1);
    EXHIBIT_ASSERT(EVP_DigestSign(context.get(),
                                  reinterpret_cast<unsigned char*>(signature.data()),
                                  &size,
                                  octets(message),
                                  message.size())
                   == 1);
    return signature;
}

Bytes hmacSha256(BytesView key, BytesView message)
{
    Bytes tag(32, '\0');
    EXHIBIT_ASSERT(HMAC(EVP_sha256(),
                        key.data(),
                        static_cast<int>(key.size()),
                        octets(message),
                        message.size(),
                        reinterpret_cast<unsigned char*>(tag.data()),
                        nullptr)
                   != nullptr);
    return tag;
}

} // namespace exhibit::evidence
