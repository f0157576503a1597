// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/bytes.h"
#include "models/base/secret.h"

#include <filesystem>
#include <memory>

namespace exhibit::spool {

/// Wraps the journal's data key (rulings.md 21): a key file until the signer exists, then the
/// signer. The data key itself stays in memory, so that ingest goes on without the signer.
class KeyWrapper {
public:
    virtual ~KeyWrapper() = default;
    [[nodiscard]] virtual Result<Bytes> wrap(const Secret& dataKey) = 0;
    [[nodiscard]] virtual Result<Secret> unwrap(BytesView wrapped) = 0;
};

/// AES-256-GCM under a key that this process holds; `purpose` keeps apart what is wrapped. Any
/// thread.
[[nodiscard]] std::shared_ptr<KeyWrapper> heldKeyWrapper(const Secret& key, std::string purpose);

/// The same under 32 random bytes in `file` (mode 0600, made when missing).
[[nodiscard]] Result<std::shared_ptr<KeyWrapper>> keyFileWrapper(const std::filesystem::path& file);

} // namespace exhibit::spool
