// SPDX-License-Identifier: Apache-2.0
#include "server/http/chunk_decoder.h"

#include <algorithm>
#include <charconv>

namespace exhibit::http {

namespace {

constexpr std::size_t kSizeDigitsMax = 8;

Refusal badChunk()
{
    return {400, "bad_request", "the chunked body is malformed"};
}

} // namespace

std::optional<Refusal> ChunkDecoder::takeSize(const Bytes& body)
{
    const std::size_t digits = std::min(m_line.find_first_of("; \t"), m_line.size());
    std::size_t size = 0;
    const char* end = m_line.data() + digits;
    const auto [read, error] = std::from_chars(m_line.data(), end, size, 16);
    if (digits == 0 || digits > kSizeDigitsMax || read != end || error != std::errc{}) {
        return badChunk();
    }
    const std::size_t mark = m_line.find_first_not_of(" \t", digits);
    if (digits < m_line.size() && (mark == Bytes::npos || m_line[mark] != ';')) {
        return badChunk();
    }
    if (size > m_bodyBytesMax - body.size()) {
        return Refusal{413, "body_too_large", "the request body is too large"};
    }
    m_left = size;
    m_state = size == 0 ? State::Trailer : State::Data;
    return std::nullopt;
}

std::optional<Refusal> ChunkDecoder::takeLine(const Bytes& body)
{
    if (m_line.empty() || m_line.back() != '\r') {
        return badChunk();
    }
    m_line.pop_back();
    if (m_line.find_first_of(BytesView("\r\0", 2)) != Bytes::npos) {
        return badChunk();
    }
    std::optional<Refusal> refusal;
    if (m_state == State::SizeLine) {
        refusal = takeSize(body);
    } else if (m_state == State::DataEnd) {
        refusal = m_line.empty() ? std::nullopt : std::optional(badChunk());
        m_state = State::SizeLine;
    } else if (m_line.empty()) {
        m_state = State::Done;
    }
    m_line.clear();
    return refusal;
}

std::optional<Refusal> ChunkDecoder::collectLine(BytesView bytes,
                                                 std::size_t& at,
                                                 const Bytes& body)
{
    const std::size_t feed = bytes.find('\n', at);
    const std::size_t end = std::min(feed, bytes.size());
    m_overhead += end - at + 1;
    // A byte alone in its chunk costs 5 bytes of framing: legal; endless extensions are not.
    if (m_line.size() + (end - at) > limits::kHttpChunkLineBytesMax
        || m_overhead > limits::kHttpHeaderBytesMax + 8 * body.size()) {
        return badChunk();
    }
    m_line.append(bytes.substr(at, end - at));
    at = std::min(end + 1, bytes.size());
    if (feed == BytesView::npos) {
        return std::nullopt;
    }
    return takeLine(body);
}

ChunkDecoder::Step ChunkDecoder::feed(BytesView bytes, Bytes& body)
{
    std::size_t at = 0;
    while (at < bytes.size() && m_state != State::Done) {
        if (m_state == State::Data) {
            const std::size_t size = std::min(m_left, bytes.size() - at);
            body.append(bytes.substr(at, size));
            at += size;
            m_left -= size;
            if (m_left == 0) {
                m_state = State::DataEnd;
            }
        } else if (auto refusal = collectLine(bytes, at, body)) {
            return {at, refusal};
        }
    }
    return {at, std::nullopt};
}

} // namespace exhibit::http
