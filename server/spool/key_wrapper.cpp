// SPDX-License-Identifier: Apache-2.0
#include "server/spool/key_wrapper.h"

#include "server/spool/aes_gcm.h"
#include "server/spool/local_file.h"

#include <openssl/crypto.h>

#include <mutex>

namespace exhibit::spool {
namespace {

// wrapped := nonce:12 sealed_key:32 tag:16
constexpr const char* kAssociated = "exhibit/spool-key/v1";

class HeldKeyWrapper final : public KeyWrapper {
public:
    HeldKeyWrapper(const Secret& key, std::string purpose)
        : m_cipher(key)
        , m_purpose(std::move(purpose))
    {
    }

    Result<Bytes> wrap(const Secret& dataKey) override
    {
        const std::scoped_lock lock(m_mutex);
        return m_cipher.sealWithNonce(m_purpose, dataKey.expose());
    }

    Result<Secret> unwrap(BytesView wrapped) override
    {
        if (wrapped.size() != kNonceBytes + kKeyBytes + kTagBytes) {
            return fail(ErrorCode::Corrupt, "a wrapped key has the wrong length");
        }
        const std::scoped_lock lock(m_mutex);
        auto plain = m_cipher.openWithNonce(m_purpose, wrapped);
        if (!plain) {
            return fail(ErrorCode::Corrupt, "a wrapped key does not open under its key");
        }
        Secret key(*plain);
        OPENSSL_cleanse(plain->data(), plain->size());
        return key;
    }

private:
    std::mutex m_mutex;
    AesGcm m_cipher;
    std::string m_purpose;
};

} // namespace

std::shared_ptr<KeyWrapper> heldKeyWrapper(const Secret& key, std::string purpose)
{
    return std::make_shared<HeldKeyWrapper>(key, std::move(purpose));
}

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
    return heldKeyWrapper(key, kAssociated);
}

} // namespace exhibit::spool
