// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/bytes.h"

#include <functional>
#include <string>
#include <vector>

namespace exhibit::evidence {

/// Writes archives of the strict profile, the same bytes for the same files: stored, dated
/// 1980-01-01, in the order given. (Deflated bytes would depend on zlib's version.)
class ZipWriter {
public:
    /// Takes the archive's bytes as they come; an error ends the writing.
    using Sink = std::function<Result<void>(BytesView)>;

    explicit ZipWriter(Sink sink)
        : m_sink(std::move(sink))
    {
    }

    /// InvalidInput for a name outside the profile, TooLarge beyond its limits.
    [[nodiscard]] Result<void> add(const std::string& name, BytesView content);
    /// Writes the central directory; once.
    [[nodiscard]] Result<void> finish();

private:
    [[nodiscard]] Result<void> write(BytesView bytes);

    Sink m_sink;
    Bytes m_central;
    std::uint64_t m_offset = 0;
    std::uint64_t m_count = 0;
};

} // namespace exhibit::evidence
