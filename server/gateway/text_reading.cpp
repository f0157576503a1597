// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/text_reading.h"

namespace exhibit::gateway {

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
    if (!m_begun) {
        m_decoded.clear();
    }
    const auto said = m_begun && !m_decoded.empty() ? std::string_view(m_decoded)
                                                    : decodedText(walk, text, m_decoded);
    const auto piece = channels.feedSome(text, said.substr(m_offset, slice.bytes), slice.pace);
    if (m_begun) {
        pieces.back().end = piece.end;
    } else {
        pieces.push_back(piece);
    }
    const auto consumed = piece.end - piece.begin;
    m_offset += consumed;
    slice.bytes -= consumed;
    m_begun = m_offset < said.size();
    if (!m_begun) {
        m_offset = 0;
    }
    return !m_begun;
}

} // namespace exhibit::gateway
