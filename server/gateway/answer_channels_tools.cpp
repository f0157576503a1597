// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/answer_channels.h"
#include "server/gateway/argument_strings.h"

namespace exhibit::gateway {

bool AnswerChannels::judgeToolCalls(std::int64_t choice)
{
    for (const auto& [key, parts] : toolCallParts()) {
        const bool judged = parts.arguments != nullptr && parts.arguments->closed;
        if (key.first == choice && !judged && !m_guard.stop()) {
            judgeToolCall(parts);
        }
    }
    return !m_guard.stop();
}

void AnswerChannels::judgeToolCall(const ToolCallParts& parts)
{
    const auto* arguments = parts.arguments;
    m_guard.judgeToolCall(
        {arguments != nullptr ? arguments->name : parts.name->name,
         parts.name != nullptr ? parts.name->text.head() : std::string{},
         arguments != nullptr ? std::string_view(arguments->text.head()) : std::string_view{}});
}

/// A call whose arguments have closed need not wait for its choice. What comes behind them would be
/// read by a client, and nobody has judged it.
void AnswerChannels::followArguments(Channel& channel, std::string_view bytes)
{
    if (!channel.toolCall || !m_guarded || m_guard.stop() || bytes.empty()) {
        return;
    }
    const auto before = channel.end.state();
    const auto now = channel.arguments ? channel.end.feed(bytes) : before;
    if (channel.closed && (!channel.arguments || now == JsonEnd::State::Odd)) {
        reopenCall(channel);
        m_guard.outputUnreadable("A tool call goes on behind its arguments.");
    } else if (now == JsonEnd::State::Closed && before == JsonEnd::State::Open) {
        closeCall(channel);
    }
}

/// What has come since waits for the choice's end again.
void AnswerChannels::reopenCall(const Channel& part)
{
    for (auto& channel : m_channels) {
        const bool ofCall = channel.toolCall && channel.choice == part.choice
            && channel.callIndex == part.callIndex;
        channel.closed = channel.closed && !ofCall;
    }
}

void AnswerChannels::closeCall(const Channel& arguments)
{
    const auto key = std::pair(arguments.choice, arguments.callIndex);
    const auto parts = toolCallParts();
    const auto call = parts.find(key);
    if (call == parts.end() || call->second.name == nullptr
        || call->second.arguments != &arguments) {
        return; // Judged when its choice ends.
    }
    for (auto& channel : m_channels) {
        const bool ofCall = channel.toolCall && channel.choice == key.first
            && channel.callIndex == key.second && !channel.finished;
        if (ofCall && !finishChannel(channel)) {
            return;
        }
    }
    if (m_guard.judgesToolCalls()) {
        judgeToolCall(call->second);
    }
    if (m_guard.stop()) {
        return;
    }
    for (auto& channel : m_channels) {
        channel.closed = channel.closed
            || (channel.toolCall && channel.choice == key.first && channel.callIndex == key.second);
    }
    ++m_closedCalls;
}

/// A match may hide behind JSON escapes within the arguments' own text: what has any is judged
/// decoded too, each part as a text of its own.
void AnswerChannels::judgeArguments(Channel& channel)
{
    const std::string& text = channel.text.head();
    std::vector<ArgumentFinding> found;
    for (auto& part : escapedStrings(text)) {
        if (m_guard.stop()) {
            return;
        }
        const auto inner
            = m_guard.channel(channel.guardName + "/" + part.path, prevention::TextRole::Other);
        m_guard.feed(inner, part.decoded);
        if (!m_guard.stop()) {
            m_guard.finishChannel(inner);
        }
        if (m_redacts) {
            found.push_back({std::move(part), m_guard.takeReplacements(inner)});
        }
    }
    if (m_redacts) {
        channel.replacements = argumentReplacements(text, std::move(channel.replacements), found);
    }
}

std::map<std::pair<std::int64_t, std::int64_t>, AnswerChannels::ToolCallParts>
AnswerChannels::toolCallParts() const
{
    std::map<std::pair<std::int64_t, std::int64_t>, ToolCallParts> calls;
    for (const auto& channel : m_channels) {
        if (!channel.toolCall) {
            continue;
        }
        auto& call = calls[{channel.choice, channel.callIndex}];
        if (channel.toolName && (call.name == nullptr || channel.fed > 0)) {
            call.name = &channel;
        } else if (channel.arguments && (call.arguments == nullptr || channel.fed > 0)) {
            call.arguments = &channel;
        }
        call.released = call.released && channel.released == channel.fed;
    }
    // What has neither is no call of a tool that anybody could make.
    std::erase_if(calls, [](const auto& call) {
        return call.second.name == nullptr && call.second.arguments == nullptr;
    });
    return calls;
}

} // namespace exhibit::gateway
