// SPDX-License-Identifier: Apache-2.0
// What stands beside the texts of an answer, or across parts of it that came whole.
#include "server/gateway/answer_channels.h"

#include <algorithm>

namespace exhibit::gateway {

bool AnswerChannels::mayPassAside(const std::string& name, std::string_view text)
{
    return !m_guarded || (judgeWhole(name, text).empty() && !m_guard.stop());
}

std::vector<prevention::Replacement> AnswerChannels::judgeWhole(const std::string& name,
                                                                std::string_view text)
{
    if (m_guard.findsNothing(text)) {
        return {};
    }
    const auto whole = m_guard.channel(name, prevention::TextRole::Other);
    scan::Pace endless;
    static_cast<void>(feedGuard(whole, text, endless));
    if (!m_guard.stop()) {
        m_guard.finishChannel(whole);
    }
    return m_guard.takeReplacements(whole);
}

std::vector<AnswerPiece> AnswerChannels::judgeAsides(const JsonWalk& walk,
                                                     const AnswerParts& answer,
                                                     const std::string& place)
{
    std::vector<AnswerPiece> pieces;
    if (!m_guarded) {
        return pieces;
    }
    for (AnswerText text : answer.asides) {
        const auto said = text.isName ? walk.name(text.node) : walk.string(text.node);
        if (!m_guard.findsNothing(said)) {
            text.channel = place + "/" + text.channel;
            pieces.push_back(feedText(text, said));
            finishChannel(m_channels[pieces.back().channel]);
        }
    }
    for (const auto& parts : answer.joined) {
        judgeJoined(walk, parts, place);
    }
    return pieces;
}

/// A match across parts cannot be redacted in any one of them.
void AnswerChannels::judgeJoined(const JsonWalk& walk,
                                 const JoinedParts& parts,
                                 const std::string& place)
{
    std::string joined;
    std::vector<std::size_t> ends;
    for (const std::size_t node : parts.nodes) {
        joined += walk.string(node);
        ends.push_back(joined.size());
    }
    const auto replaced = judgeWhole(place + "/" + parts.channel, joined);
    const bool across = std::any_of(replaced.begin(), replaced.end(), [&ends](const auto& each) {
        return std::any_of(ends.begin(), ends.end(), [&each](std::size_t end) {
            return each.begin < end && end < each.end;
        });
    });
    if (across) {
        m_guard.outputUnreadable("A match stands across parts of the provider's content.");
    }
}

} // namespace exhibit::gateway
