// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/answer_rewrite.h"

#include "server/gateway/surface.h"

namespace exhibit::gateway {

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
            edits.replace(piece.node, quoteJson(channels.changed(piece, walk.string(piece.node))));
        }
    }
    surface.finishRewrite({walk, form, channels, changed}, edits);
    return edits.apply();
}

} // namespace exhibit::gateway
