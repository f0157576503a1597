// SPDX-License-Identifier: Apache-2.0
// What the record of a call says of its answer.
#include "server/gateway/answer_channels.h"
#include "server/gateway/replaced_text.h"

#include <algorithm>
#include <utility>

namespace exhibit::gateway {

const KeptText* AnswerChannels::textOf(std::string_view name) const
{
    const auto found = m_numbers.find(std::string(name));
    if (found != m_numbers.end()) {
        return &m_channels[found->second].text;
    }
    const auto seam = std::find_if(m_seams.begin(), m_seams.end(), [name](const TextSeam& each) {
        return each.name() == name;
    });
    return seam != m_seams.end() ? &seam->text() : nullptr;
}

spool::ChannelText AnswerChannels::recordOf(const Channel& channel) const
{
    const std::size_t out = channel.released;
    spool::ChannelText record;
    record.channel = channel.name;
    record.releasedBytes = static_cast<std::int64_t>(out);
    record.withheldBytes = static_cast<std::int64_t>(channel.text.size() - out);
    record.withheld = channel.text.slice(out, out + limits::kRecordedTextBytesMax);
    record.released = channel.text.slice(0, std::min(out, limits::kRecordedTextBytesMax));
    // Cut to a whole character, the text may be shorter than that.
    const std::size_t end = record.released.size();
    if (const auto replaced = replacementsWithin(channel, 0, end); !replaced.empty()) {
        auto shown = applyReplacements(record.released, 0, end, replaced);
        record.original = std::exchange(record.released, std::move(shown));
    }
    return record;
}

std::vector<spool::ChannelText> AnswerChannels::channelTexts() const
{
    std::vector<spool::ChannelText> texts;
    for (const auto& channel : m_channels) {
        if (channel.fed > 0 && !channel.toolCall) {
            texts.push_back(recordOf(channel));
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
