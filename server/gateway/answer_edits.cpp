// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/answer_edits.h"

#include <fmt/format.h>

#include <algorithm>

namespace exhibit::gateway {

void AnswerEdits::replace(std::size_t node, std::string raw)
{
    m_edits.push_back({m_walk[node].begin, m_walk[node].end, std::move(raw)});
}

void AnswerEdits::replaceName(std::size_t node, std::string_view name)
{
    const auto& member = m_walk[node];
    m_edits.push_back({member.nameBegin - 1U, member.nameEnd + 1U, quoteJson(name)});
}

void AnswerEdits::replaceMember(std::size_t object, std::string_view name, std::string_view raw)
{
    const std::size_t member = m_walk.find(object, name);
    if (member != JsonWalk::kNone) {
        replace(member, std::string(raw));
    }
}

void AnswerEdits::remove(std::size_t holder, const std::vector<std::size_t>& children)
{
    auto edits = removeMembers(m_walk, holder, children);
    std::move(edits.begin(), edits.end(), std::back_inserter(m_edits));
}

std::string AnswerEdits::apply()
{
    std::stable_sort(m_edits.begin(), m_edits.end(), [](const Edit& a, const Edit& b) {
        return a.begin != b.begin ? a.begin < b.begin : a.end > b.end;
    });
    std::vector<Edit> kept;
    for (auto& edit : m_edits) {
        if (kept.empty() || edit.begin >= kept.back().end) {
            kept.push_back(std::move(edit));
        }
    }
    return splice(m_walk.text(), std::move(kept));
}

std::string withLastMember(const std::string& object,
                           std::string_view name,
                           std::string_view valueJson)
{
    const auto walk = JsonWalk::parse(object);
    if (!walk || !walk->is(0, JsonKind::Object)) {
        return object;
    }
    const std::size_t close = (*walk)[0].end - 1;
    const bool first = walk->firstChild(0) == JsonWalk::kNone;
    return splice(
        object,
        {{close, close, fmt::format("{}{}:{}", first ? "" : ",", quoteJson(name), valueJson)}});
}

} // namespace exhibit::gateway
