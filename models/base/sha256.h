// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/bytes.h"

#include <memory>

struct evp_md_ctx_st;

namespace exhibit {

/// 32 raw bytes of SHA-256 (FIPS 180-4).
using Digest = std::array<std::uint8_t, 32>;

[[nodiscard]] Digest sha256(BytesView bytes);

/// Incremental SHA-256 for bytes that arrive in pieces.
class Sha256 {
public:
    Sha256();
    Sha256(Sha256&&) noexcept;
    Sha256& operator=(Sha256&&) noexcept;
    Sha256(const Sha256&) = delete;
    Sha256& operator=(const Sha256&) = delete;
    ~Sha256();

    Sha256& update(BytesView bytes);
    /// The digest of all bytes so far; the object may not be used afterwards.
    [[nodiscard]] Digest finish();

private:
    struct Free {
        void operator()(evp_md_ctx_st* context) const noexcept;
    };
    std::unique_ptr<evp_md_ctx_st, Free> m_context;
};

} // namespace exhibit
