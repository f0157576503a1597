// SPDX-License-Identifier: Apache-2.0
#include "server/spool/aes_gcm.h"

#include "models/base/assert.h"

#include <openssl/evp.h>
#include <openssl/rand.h>

namespace exhibit::spool {
namespace {

const EVP_CIPHER* cipher()
{
    static const EVP_CIPHER* const fetched = EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
    EXHIBIT_ASSERT(fetched != nullptr);
    return fetched;
}

const std::uint8_t* raw(BytesView bytes)
{
    return asSpan(bytes).data();
}

int length(BytesView bytes)
{
    EXHIBIT_ASSERT(bytes.size() <= 0x7fffffff);
    return static_cast<int>(bytes.size());
}

} // namespace

Secret makeKey()
{
    std::string key(kKeyBytes, '\0');
    EXHIBIT_ASSERT(RAND_bytes(reinterpret_cast<std::uint8_t*>(key.data()), kKeyBytes) == 1);
    Secret secret(key);
    OPENSSL_cleanse(key.data(), key.size());
    return secret;
}

void AesGcm::Free::operator()(evp_cipher_ctx_st* context) const noexcept
{
    EVP_CIPHER_CTX_free(context);
}

AesGcm::AesGcm(const Secret& key)
    : m_encrypt(EVP_CIPHER_CTX_new())
    , m_decrypt(EVP_CIPHER_CTX_new())
{
    EXHIBIT_ASSERT(key.expose().size() == kKeyBytes);
    const auto* bytes = raw(key.expose());
    EXHIBIT_ASSERT(EVP_EncryptInit_ex2(m_encrypt.get(), cipher(), bytes, nullptr, nullptr) == 1);
    EXHIBIT_ASSERT(EVP_DecryptInit_ex2(m_decrypt.get(), cipher(), bytes, nullptr, nullptr) == 1);
}

void AesGcm::seal(BytesView nonce, BytesView associated, BytesView plain, Bytes& out)
{
    EXHIBIT_ASSERT(nonce.size() == kNonceBytes);
    auto* context = m_encrypt.get();
    const std::size_t at = out.size();
    out.resize(at + plain.size() + kTagBytes);
    auto* to = reinterpret_cast<std::uint8_t*>(out.data()) + at;
    int written = 0;
    int last = 0;
    EXHIBIT_ASSERT(EVP_EncryptInit_ex2(context, nullptr, nullptr, raw(nonce), nullptr) == 1);
    EXHIBIT_ASSERT(
        EVP_EncryptUpdate(context, nullptr, &written, raw(associated), length(associated)) == 1);
    EXHIBIT_ASSERT(EVP_EncryptUpdate(context, to, &written, raw(plain), length(plain)) == 1);
    EXHIBIT_ASSERT(EVP_EncryptFinal_ex(context, to + plain.size(), &last) == 1);
    EXHIBIT_ASSERT(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, kTagBytes, to + plain.size())
                   == 1);
}

Result<Bytes> AesGcm::open(BytesView nonce, BytesView associated, BytesView sealed)
{
    if (nonce.size() != kNonceBytes || sealed.size() < kTagBytes || sealed.size() > 0x7fffffff) {
        return fail(ErrorCode::Corrupt, "sealed bytes are too short");
    }
    const BytesView text = sealed.substr(0, sealed.size() - kTagBytes);
    Bytes tag(sealed.substr(text.size()));
    auto* context = m_decrypt.get();
    Bytes plain(text.size(), '\0');
    auto* to = reinterpret_cast<std::uint8_t*>(plain.data());
    int written = 0;
    const bool ok = EVP_DecryptInit_ex2(context, nullptr, nullptr, raw(nonce), nullptr) == 1
        && EVP_DecryptUpdate(context, nullptr, &written, raw(associated), length(associated)) == 1
        && EVP_DecryptUpdate(context, to, &written, raw(text), length(text)) == 1
        && EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, kTagBytes, tag.data()) == 1
        && EVP_DecryptFinal_ex(context, to + text.size(), &written) == 1;
    if (!ok) {
        return fail(ErrorCode::Corrupt, "sealed bytes do not open under their key");
    }
    return plain;
}

Bytes AesGcm::sealWithNonce(BytesView associated, BytesView plain)
{
    Bytes nonce(kNonceBytes, '\0');
    EXHIBIT_ASSERT(RAND_bytes(reinterpret_cast<std::uint8_t*>(nonce.data()), kNonceBytes) == 1);
    Bytes sealed = nonce;
    seal(nonce, associated, plain, sealed);
    return sealed;
}

Result<Bytes> AesGcm::openWithNonce(BytesView associated, BytesView sealed)
{
    const std::size_t nonce = std::min(sealed.size(), kNonceBytes);
    return open(sealed.substr(0, nonce), associated, sealed.substr(nonce));
}

} // namespace exhibit::spool
