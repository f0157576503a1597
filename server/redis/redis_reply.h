// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/bytes.h"
#include "models/base/result.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace exhibit::redis {

using Command = std::vector<std::string>;

/// The bytes of a command as the server reads it.
[[nodiscard]] Result<Bytes> encode(const Command& command);

struct Reply {
    enum class Kind : std::uint8_t { Nil, Text, Number, List, Refusal };
    Kind kind = Kind::Nil;
    std::string text; ///< Of a Refusal: why.
    std::int64_t number = 0;
    std::vector<Reply> items;
};

/// Reads replies from bytes as they come, at most kReplyBytesMax each. One thread.
class ReplyReader {
public:
    static constexpr std::size_t kReplyBytesMax = std::size_t{8} * 1024 * 1024;

    ReplyReader();
    ~ReplyReader();
    ReplyReader(const ReplyReader&) = delete;
    ReplyReader& operator=(const ReplyReader&) = delete;

    /// Corrupt when the bytes are none of the protocol's, TooLarge beyond the limit; the connection
    /// is of no use then.
    [[nodiscard]] Result<void> feed(BytesView bytes);
    /// The next whole one; nullopt: more bytes are needed.
    [[nodiscard]] Result<std::optional<Reply>> next();

private:
    struct State;
    std::unique_ptr<State> m_state;
};

} // namespace exhibit::redis
