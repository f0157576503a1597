// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/answer_texts.h"

namespace exhibit::gateway {
namespace {

constexpr std::string_view kNotText[] = {"call_id",
                                         "id",
                                         "item_id",
                                         "model",
                                         "object",
                                         "phase",
                                         "role",
                                         "service_tier",
                                         "status",
                                         "stop_reason",
                                         "tool_use_id",
                                         "type"};

} // namespace

AnswerText& AnswerTexts::addText(const Part& part, std::size_t node, std::string_view name)
{
    AnswerText text;
    text.node = node;
    text.choice = part.index;
    text.channel = part.prefix;
    text.channel.append("/").append(name);
    text.field = name;
    m_taken[node] = true;
    return m_parts.texts.emplace_back(std::move(text));
}

AnswerText& AnswerTexts::addToolText(const Part& part, std::size_t node, std::string_view name)
{
    auto& text = addText(part, node, name);
    text.toolCall = true;
    text.callIndex = part.index;
    text.isRaw = !m_walk.is(node, JsonKind::String);
    return text;
}

void AnswerTexts::addAll(const Part& part, std::size_t node)
{
    if (node == JsonWalk::kNone) {
        return;
    }
    const std::size_t end = m_walk[node].next;
    for (std::size_t at = node; at < end; ++at) {
        if (m_taken[at]) {
            at = m_walk[at].next - 1U;
        } else if (m_walk.is(at, JsonKind::String) && !isIdOrEnum(m_walk, at, kNotText)) {
            addText(part, at, m_walk.path(at, node));
        }
    }
    m_taken[node] = true;
}

void AnswerTexts::addTokens(const Part& part, std::size_t logprobs, std::string_view name)
{
    for (auto each = m_walk.firstChild(logprobs); each != JsonWalk::kNone;
         each = m_walk.nextSibling(each)) {
        if (const auto token = m_walk.find(each, "token"); m_walk.is(token, JsonKind::String)) {
            addText(part, token, name);
        }
    }
    if (logprobs != JsonWalk::kNone) {
        m_taken[logprobs] = true;
    }
}

void AnswerTexts::leaveOut(std::size_t node)
{
    if (node != JsonWalk::kNone) {
        m_taken[node] = true;
        m_leftOut[node] = true;
    }
}

void AnswerTexts::addUnknown(std::string_view type)
{
    addAll({kWholeAnswer, "events/" + std::string(type)}, 0);
    addUnknownNames();
}

void AnswerTexts::addUnknownNames()
{
    for (std::size_t node = 1; node < m_walk.nodes().size(); ++node) {
        if (m_leftOut[node]) {
            node = m_walk[node].next - 1U;
        } else {
            noteUnknownName(m_parts, m_walk, node);
        }
    }
}

void AnswerTexts::addAsides()
{
    addUnknownNames();
    for (std::size_t at = 1; at < m_walk.nodes().size(); ++at) {
        if (m_taken[at]) {
            at = m_walk[at].next - 1U;
        } else if (m_walk.is(at, JsonKind::String) && !isIdOrEnum(m_walk, at, kNotText)) {
            noteAside(m_parts, at, m_walk.path(at));
        }
    }
}

std::int64_t AnswerTexts::indexOf(std::size_t object, std::string_view name)
{
    const std::size_t index = m_walk.find(object, name);
    if (index == JsonWalk::kNone || !isPlainIndex(m_walk.raw(index))) {
        m_parts.problem = "An index of the provider's answer is no plain number.";
        return 0;
    }
    return m_walk.integer(index, 0);
}

bool AnswerTexts::isText(std::size_t node)
{
    if (node == JsonWalk::kNone || m_walk.is(node, JsonKind::Null)) {
        return false;
    }
    if (!m_walk.is(node, JsonKind::String)) {
        m_parts.problem = "A text of the provider's answer is no string.";
        return false;
    }
    return true;
}

} // namespace exhibit::gateway
