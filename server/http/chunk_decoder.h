// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/http/request_head.h"

namespace exhibit::http {

/// Undoes the chunked coding of a request body (RFC 9112, 7.1), strictly: lines end with CR LF,
/// sizes are 1 to 8 hex digits. Extensions and trailers are read over and dropped, within a limit
/// for the whole body, so that they cannot keep a connection busy for nothing.
///
///   body := chunk* "0" extension? CRLF (trailer CRLF)* CRLF
///   chunk := size extension? CRLF bytes CRLF
class ChunkDecoder {
public:
    explicit ChunkDecoder(std::size_t bodyBytesMax)
        : m_bodyBytesMax(bodyBytesMax)
    {
    }

    struct Step {
        std::size_t consumed = 0; ///< Bytes behind the body's end are not touched.
        std::optional<Refusal> refusal; ///< The connection cannot be used any more.
    };
    /// Appends what `bytes` hold of the body to `body`. Any split of the input gives the same.
    [[nodiscard]] Step feed(BytesView bytes, Bytes& body);
    [[nodiscard]] bool done() const { return m_state == State::Done; }

private:
    enum class State : std::uint8_t { SizeLine, Data, DataEnd, Trailer, Done };

    [[nodiscard]] std::optional<Refusal> takeLine(const Bytes& body);
    [[nodiscard]] std::optional<Refusal> takeSize(const Bytes& body);
    std::optional<Refusal> collectLine(BytesView bytes, std::size_t& at, const Bytes& body);

    State m_state = State::SizeLine;
    Bytes m_line; ///< The line being read, without its end.
    std::size_t m_left = 0; ///< Bytes of the chunk still to come.
    std::size_t m_overhead = 0; ///< Bytes of size lines and trailers so far.
    std::size_t m_bodyBytesMax;
};

} // namespace exhibit::http
