// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/gateway/answer_channels.h"

#include <string>
#include <vector>

namespace exhibit::gateway {

/// What is read at once, so that a long answer does not keep other calls waiting.
struct Slice {
    std::size_t bytes = limits::kScanSliceBytes;
    scan::Pace pace{limits::kScanSliceWork}; ///< Over sooner where bytes make much work.

    [[nodiscard]] bool over() const { return bytes == 0 || pace.over(); }
};

/// Reads texts of an answer into their channels, one after the other, each in as many slices as it
/// needs.
class TextReading {
public:
    /// Reads on in `text`; false when the slice was over before it, and the next call must be for
    /// the same text. The text's piece is, or becomes, the last of `pieces`.
    [[nodiscard]] bool read(AnswerChannels& channels,
                            const JsonWalk& walk,
                            const AnswerText& text,
                            Slice& slice,
                            std::vector<AnswerPiece>& pieces);

private:
    [[nodiscard]] std::string_view decoded(AnswerChannels& channels,
                                           const JsonWalk& walk,
                                           const AnswerText& text);

    std::size_t m_offset = 0; ///< Of the text, from where on it has not been read.
    bool m_begun = false; ///< Its piece is the last one.
    std::string m_decoded; ///< The text, where its JSON has escapes, with whole characters.
    SplitEdges m_edges; ///< Of the text.
    std::uint16_t m_half = 0; ///< What the channel ended with before it.
};

} // namespace exhibit::gateway
