// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/bytes.h"
#include "models/base/limits.h"

namespace exhibit::gateway {

/// What is kept of a text that may be long: its beginning and its newest bytes, or all of it.
class KeptText {
public:
    enum class Keep : std::uint8_t { Ends, All };
    explicit KeptText(Keep keep = Keep::Ends)
        : m_keep(keep)
    {
    }

    void append(std::string_view bytes);
    /// Counts bytes that are not kept; nothing behind them is kept either.
    void skip(std::size_t bytes);
    [[nodiscard]] std::size_t size() const { return m_size; }
    /// The bytes [begin, end) as far as they are kept, cut to whole characters.
    [[nodiscard]] std::string slice(std::size_t begin, std::size_t end) const;
    [[nodiscard]] const std::string& head() const { return m_head; }

private:
    Keep m_keep;
    std::size_t m_size = 0;
    bool m_closed = false;
    std::string m_head; ///< All, or the first kRecordedTextBytesMax bytes.
    std::string m_tail; ///< The newest bytes behind the head.
};

} // namespace exhibit::gateway
