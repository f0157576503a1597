// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/text_reading.h"

namespace exhibit::gateway {

/// What the text adds to its channel: the halves of a character make one where they meet.
std::string_view TextReading::decoded(AnswerChannels& channels,
                                      const JsonWalk& walk,
                                      const AnswerText& text)
{
    m_decoded.clear();
    const auto said = decodedText(walk, text, m_decoded);
    const bool escaped = !text.isRaw && walk[text.node].escaped;
    const auto raw = walk.raw(text.node);
    m_edges = escaped ? splitEdges(raw.substr(1, raw.size() - 2)) : SplitEdges{};
    m_half = said.empty() ? 0 : channels.takeHalf(text, m_edges.low != 0);
    if (m_half == 0 && m_edges.high == 0) {
        return said;
    }
    m_decoded = said;
    if (m_edges.high != 0) {
        m_decoded.resize(m_decoded.size() - kLoneHalf.size());
    }
    if (m_half != 0 && m_edges.low != 0) {
        m_decoded.replace(0, kLoneHalf.size(), joinedHalves(m_half, m_edges.low));
    } else if (m_half != 0) {
        m_decoded.insert(0, kLoneHalf);
    }
    return m_decoded;
}

bool TextReading::read(AnswerChannels& channels,
                       const JsonWalk& walk,
                       const AnswerText& text,
                       Slice& slice,
                       std::vector<AnswerPiece>& pieces)
{
    if (text.repeats) { // Compared with what was read.
        pieces.push_back(channels.feed(walk, text));
        return true;
    }
    if (slice.over()) {
        return false;
    }
    std::string scratch;
    const auto said = !m_begun ? decoded(channels, walk, text)
        : !m_decoded.empty()   ? std::string_view(m_decoded)
                               : decodedText(walk, text, scratch);
    const auto piece = channels.feedSome(text, said.substr(m_offset, slice.bytes), slice.pace);
    if (m_begun) {
        pieces.back().end = piece.end;
    } else {
        pieces.push_back(piece);
        pieces.back().headHigh = m_half;
        pieces.back().headLow = m_half != 0 ? m_edges.low : std::uint16_t{0};
        pieces.back().tailHigh = m_edges.high;
    }
    const auto consumed = piece.end - piece.begin;
    m_offset += consumed;
    slice.bytes -= consumed;
    m_begun = m_offset < said.size();
    if (!m_begun) {
        m_offset = 0;
        if (m_edges.high != 0) {
            channels.leaveHalf(pieces.back());
        }
    }
    return !m_begun;
}

} // namespace exhibit::gateway
