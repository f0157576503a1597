// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/bytes.h"

#include <filesystem>

namespace exhibit::evidence {

/// A file's bytes as a read-only map: packs are larger than memory should be. Somebody who cuts the
/// file while it is mapped ends the process (SIGBUS); nothing wrong is believed.
class MappedFile {
public:
    /// InvalidInput when it cannot be read or is no ordinary file, TooLarge beyond the limit.
    [[nodiscard]] static Result<MappedFile> open(const std::filesystem::path& file);
    MappedFile(MappedFile&& other) noexcept;
    MappedFile& operator=(MappedFile&& other) noexcept;
    MappedFile(const MappedFile&) = delete;
    MappedFile& operator=(const MappedFile&) = delete;
    ~MappedFile();

    [[nodiscard]] BytesView bytes() const { return m_bytes; }

private:
    explicit MappedFile(BytesView bytes)
        : m_bytes(bytes)
    {
    }
    BytesView m_bytes;
};

} // namespace exhibit::evidence
