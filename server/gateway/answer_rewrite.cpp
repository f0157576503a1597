// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/answer_rewrite.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace exhibit::gateway {
namespace {

constexpr auto kNone = JsonWalk::kNone;

class AnswerRewriter {
public:
    AnswerRewriter(const JsonWalk& walk, AnswerForm form, const AnswerChannels& channels)
        : m_walk(walk)
        , m_form(form)
        , m_channels(channels)
    {
    }

    std::string run(const std::vector<AnswerPiece>& pieces)
    {
        for (const auto& piece : pieces) {
            if (m_channels.mayPass(piece) && !m_channels.isRedacted(piece)) {
                continue;
            }
            m_changed.insert(choiceOf(piece.node));
            if (piece.isName) {
                const auto& member = m_walk[piece.node];
                m_edits.push_back({member.nameBegin - 1U,
                                   member.nameEnd + 1U,
                                   quoteJson(m_channels.changed(piece, m_walk.name(piece.node)))});
                continue;
            }
            const std::string text = m_channels.changed(piece, m_walk.string(piece.node));
            replace(piece.node, quoteJson(text));
        }
        for (const std::size_t choice : m_changed) {
            replaceMember(choice, "logprobs", "null");
        }
        endChoices();
        return splice(m_walk.text(), outermost());
    }

private:
    /// The choice that a node stands in: the element of the root's `choices`.
    [[nodiscard]] std::size_t choiceOf(std::size_t node) const
    {
        std::size_t choice = node;
        while (m_walk[m_walk[choice].parent].parent != 0) {
            choice = m_walk[choice].parent;
        }
        return choice;
    }

    /// A choice whose texts did not come to their end cannot say that it stopped by itself, and its
    /// tool calls were not judged.
    void endChoices()
    {
        for (const auto& choice : readAnswer(m_walk, m_form).choices) {
            if (!m_channels.isFinished(choice.index)) {
                const bool ends = m_form == AnswerForm::Whole;
                replaceMember(choice.node, "finish_reason", ends ? R"("content_filter")" : "null");
                removeToolCalls(choice.node);
            }
        }
    }

    void replace(std::size_t node, std::string raw)
    {
        m_edits.push_back({m_walk[node].begin, m_walk[node].end, std::move(raw)});
    }

    void replaceMember(std::size_t object, std::string_view name, std::string_view raw)
    {
        const std::size_t member = m_walk.find(object, name);
        if (member != kNone) {
            replace(member, std::string(raw));
        }
    }

    void removeToolCalls(std::size_t choice)
    {
        const std::size_t holder
            = m_walk.find(choice, m_form == AnswerForm::Chunk ? "delta" : "message");
        std::vector<std::size_t> members;
        for (const std::string_view name : {"tool_calls", "function_call"}) {
            if (const std::size_t member = m_walk.find(holder, name); member != kNone) {
                members.push_back(member);
            }
        }
        auto edits = removeMembers(m_walk, holder, members);
        m_edits.insert(m_edits.end(), edits.begin(), edits.end());
    }

    /// Without the edits that lie within another: of equal or nested ranges the widest counts.
    [[nodiscard]] std::vector<Edit> outermost()
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
        return kept;
    }

    const JsonWalk& m_walk;
    AnswerForm m_form;
    const AnswerChannels& m_channels;
    std::set<std::size_t> m_changed; ///< Nodes of choices.
    std::vector<Edit> m_edits;
};

} // namespace

std::string noticeJson(const StopNotice& notice)
{
    const auto ids = fmt::format(
        R"("run_id":{},"call_id":{}}})", quoteJson(notice.runId), quoteJson(notice.callId));
    return notice.incidentId.empty() ? "{" + ids
                                     : fmt::format(R"({{"incident_id":{},"policy_id":{},{})",
                                                   quoteJson(notice.incidentId),
                                                   quoteJson(notice.policyId),
                                                   ids);
}

std::string rewriteAnswer(const JsonWalk& walk,
                          AnswerForm form,
                          const std::vector<AnswerPiece>& pieces,
                          const AnswerChannels& channels)
{
    return AnswerRewriter(walk, form, channels).run(pieces);
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
    const bool first = walk->firstChild(0) == kNone;
    return splice(
        object,
        {{close, close, fmt::format("{}{}:{}", first ? "" : ",", quoteJson(name), valueJson)}});
}

void ChunkFrame::learn(const JsonWalk& walk)
{
    const auto take = [&walk](std::string_view name, std::string& into) {
        const std::size_t member = walk.find(0, name);
        const bool scalar = walk.is(member, JsonKind::String) || walk.is(member, JsonKind::Number);
        if (into.empty() && scalar) {
            into = walk.raw(member);
        }
    };
    take("id", id);
    take("created", created);
    take("model", model);
    take("system_fingerprint", systemFingerprint);
}

std::string ChunkFrame::chunk(std::string_view choices, std::string_view more) const
{
    std::string json = "{";
    if (!id.empty()) {
        json.append("\"id\":").append(id).append(",");
    }
    json += R"("object":"chat.completion.chunk")";
    if (!created.empty()) {
        json.append(",\"created\":").append(created);
    }
    if (!model.empty()) {
        json.append(",\"model\":").append(model);
    }
    if (!systemFingerprint.empty()) {
        json.append(",\"system_fingerprint\":").append(systemFingerprint);
    }
    return json.append(",\"choices\":").append(choices).append(more).append("}");
}

} // namespace exhibit::gateway
