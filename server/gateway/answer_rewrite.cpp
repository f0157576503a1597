// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/answer_rewrite.h"

#include "server/gateway/surface.h"

#include <fmt/format.h>

namespace exhibit::gateway {
namespace {

std::string escapeOf(std::uint16_t half)
{
    return fmt::format("\\u{:04x}", half);
}

/// A string with what stands for its text now. The halves of a character that goes out stay where
/// they were; of one that does not neither does.
std::string writtenAnew(const AnswerPiece& piece, std::string text, const AnswerChannels& channels)
{
    std::string head;
    std::string tail;
    AnswerPiece inner = piece;
    if (piece.tailHigh != 0) {
        text.resize(text.size() - kLoneHalf.size());
        tail = channels.isHalfLeft(piece.channel, piece.end) ? escapeOf(piece.tailHigh) : "";
    }
    if (piece.headHigh != 0) {
        const auto first = piece.headLow != 0 ? joinedHalves(piece.headHigh, piece.headLow)
                                              : std::string(kLoneHalf);
        text.replace(0, piece.headLow != 0 ? kLoneHalf.size() : 0, first);
        if (channels.isLeft(piece.channel, piece.begin, piece.begin + first.size())) {
            inner.begin += first.size();
            text.erase(0, first.size());
            head = piece.headLow != 0 ? escapeOf(piece.headLow) : "";
        }
    }
    const auto quoted = quoteJson(channels.changed(inner, text));
    return '"' + head + quoted.substr(1, quoted.size() - 2) + tail + '"';
}

} // namespace

std::string rewriteAnswer(const Surface& surface,
                          const JsonWalk& walk,
                          AnswerForm form,
                          const std::vector<AnswerPiece>& pieces,
                          const AnswerChannels& channels)
{
    AnswerEdits edits(walk);
    std::vector<std::size_t> changed;
    for (const auto& piece : pieces) {
        if (channels.mayPass(piece) && !channels.isRedacted(piece)) {
            continue;
        }
        changed.push_back(piece.node);
        if (piece.isName) {
            edits.replaceName(piece.node, channels.changed(piece, walk.name(piece.node)));
        } else if (piece.isRaw) {
            edits.replace(piece.node, channels.changed(piece, walk.raw(piece.node)));
        } else {
            edits.replace(piece.node, writtenAnew(piece, walk.string(piece.node), channels));
        }
    }
    surface.finishRewrite({walk, form, channels, changed, pieces}, edits);
    return edits.apply();
}

} // namespace exhibit::gateway
