// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/bytes.h"
#include "models/base/secret.h"

#include <memory>

struct evp_cipher_ctx_st;

namespace exhibit::spool {

inline constexpr std::size_t kKeyBytes = 32;
inline constexpr std::size_t kNonceBytes = 12;
inline constexpr std::size_t kTagBytes = 16;

/// 32 random bytes.
[[nodiscard]] Secret makeKey();

/// AES-256-GCM (NIST SP 800-38D) under one key. Keeps the expanded key, so that sealing a small
/// record costs no key schedule. One thread at a time. The caller never repeats a nonce.
class AesGcm {
public:
    explicit AesGcm(const Secret& key);

    /// Appends ciphertext and tag to `out`.
    void seal(BytesView nonce, BytesView associated, BytesView plain, Bytes& out);
    /// Corrupt when the tag does not fit. `sealed` ends with the tag.
    [[nodiscard]] Result<Bytes> open(BytesView nonce, BytesView associated, BytesView sealed);

    /// The same with a random nonce in front: nonce:12 ciphertext tag:16. For far fewer than 2^32
    /// messages under one key.
    [[nodiscard]] Bytes sealWithNonce(BytesView associated, BytesView plain);
    [[nodiscard]] Result<Bytes> openWithNonce(BytesView associated, BytesView sealed);

private:
    struct Free {
        void operator()(evp_cipher_ctx_st* context) const noexcept;
    };
    using Context = std::unique_ptr<evp_cipher_ctx_st, Free>;
    Context m_encrypt;
    Context m_decrypt;
};

} // namespace exhibit::spool
