// SPDX-License-Identifier: Apache-2.0
// What the record of a call says of its answer.
#include "server/gateway/answer_channels.h"
#include "server/gateway/replaced_text.h"

#include <algorithm>

namespace exhibit::gateway {

const KeptText* AnswerChannels::textOf(std::string_view name) const
{
    const auto found = m_numbers.find(std::string(name));
    return found != m_numbers.end() ? &m_channels[found->second].text : nullptr;
}

std::string AnswerChannels::released(const Channel& channel) const
{
    const std::size_t end = std::min(channel.released, limits::kRecordedTextBytesMax);
    std::string text = channel.text.slice(0, end);
    // Cut to a whole character, the text may be shorter than `end`.
    return applyReplacements(text, 0, text.size(), replacementsWithin(channel, 0, text.size()));
}

std::string AnswerChannels::withheld(const Channel& channel) const
{
    const bool redacted = !channel.replacements.empty() || channel.open;
    const std::size_t begin = redacted ? 0 : channel.released;
    return channel.text.slice(begin, begin + limits::kRecordedTextBytesMax);
}

std::vector<spool::ChannelText> AnswerChannels::channelTexts() const
{
    std::vector<spool::ChannelText> texts;
    for (const auto& channel : m_channels) {
        if (channel.fed > 0 && !channel.toolCall) {
            texts.push_back({channel.name, released(channel), withheld(channel)});
        }
    }
    return texts;
}

std::vector<spool::ToolCallText> AnswerChannels::toolCalls() const
{
    std::vector<spool::ToolCallText> list;
    for (const auto& [key, parts] : toolCallParts()) {
        auto& call = list.emplace_back();
        call.choice = key.first;
        call.index = key.second;
        if (parts.name != nullptr) {
            call.name = parts.name->text.slice(0, limits::kUserIdBytesMax);
        }
        if (parts.arguments != nullptr) {
            call.arguments = parts.arguments->text.slice(0, limits::kRecordedTextBytesMax);
        }
        call.released = parts.released;
    }
    return list;
}

} // namespace exhibit::gateway
