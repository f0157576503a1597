// SPDX-License-Identifier: Apache-2.0
#include "server/spool/key_wrapper.h"

#include "server/spool/aes_gcm.h"
#include "server/spool/local_file.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <mutex>

namespace exhibit::spool {
namespace {

// wrapped := nonce:12 sealed_key:32 tag:16
constexpr BytesView kAssociated = "exhibit/spool-key/v1";

class KeyFileWrapper final : public KeyWrapper {
public:
    explicit KeyFileWrapper(const Secret& key)
        : m_cipher(key)
    {
    }

    Result<Bytes> wrap(const Secret& dataKey) override
    {
        // A random nonce: one wrapping per start of the program, far from 2^32 under one key.
        Bytes wrapped(kNonceBytes, '\0');
        if (RAND_bytes(reinterpret_cast<std::uint8_t*>(wrapped.data()), kNonceBytes) != 1) {
            return fail(ErrorCode::Internal, "no random bytes for wrapping a key");
        }
        const Bytes nonce = wrapped;
        const std::scoped_lock lock(m_mutex);
        m_cipher.seal(nonce, kAssociated, dataKey.expose(), wrapped);
        return wrapped;
    }

    Result<Secret> unwrap(BytesView wrapped) override
    {
        if (wrapped.size() != kNonceBytes + kKeyBytes + kTagBytes) {
            return fail(ErrorCode::Corrupt, "a wrapped key has the wrong length");
        }
        const std::scoped_lock lock(m_mutex);
        auto plain = m_cipher.open(
            wrapped.substr(0, kNonceBytes), kAssociated, wrapped.substr(kNonceBytes));
        if (!plain) {
            return fail(ErrorCode::Corrupt, "a wrapped key does not open under the key file");
        }
        Secret key(*plain);
        OPENSSL_cleanse(plain->data(), plain->size());
        return key;
    }

private:
    std::mutex m_mutex;
    AesGcm m_cipher;
};

} // namespace

Result<std::shared_ptr<KeyWrapper>> keyFileWrapper(const std::filesystem::path& file)
{
    EXHIBIT_TRY(auto stored, readPrivateFile(file, kKeyBytes + 1));
    if (!stored) {
        EXHIBIT_CHECK(createPrivateFile(file, makeKey().expose()));
        EXHIBIT_TRY(stored, readPrivateFile(file, kKeyBytes + 1));
    }
    if (!stored || stored->size() != kKeyBytes) {
        return fail(ErrorCode::Corrupt, "the key file does not hold 32 bytes", file.string());
    }
    const Secret key(*stored);
    OPENSSL_cleanse(stored->data(), stored->size());
    return std::make_shared<KeyFileWrapper>(key);
}

} // namespace exhibit::spool
