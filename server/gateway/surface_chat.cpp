// SPDX-License-Identifier: Apache-2.0
// Chat completions and completions: answers are choices, streams are chunks of them and [DONE].
#include "server/gateway/chat_answer.h"
#include "server/gateway/surface.h"

#include <fmt/format.h>

#include <algorithm>

namespace exhibit::gateway {
namespace {

/// The words in which the two differ.
struct ChunkWords {
    std::string_view object;
    std::string_view nothingSaid; ///< What stands in a choice that says no more.
};
constexpr ChunkWords kChatWords{"chat.completion.chunk", R"("delta":{})"};
constexpr ChunkWords kCompletionWords{"text_completion", R"("text":"")"};

/// The members of a stream's chunks that stay the same.
class ChunkFrame : public StreamFrame {
public:
    explicit ChunkFrame(const ChunkWords& words)
        : m_words(words)
    {
    }

    void learn(const JsonWalk& walk) override
    {
        const auto learn = [&walk](std::string_view name, std::string& raw) {
            if (raw.empty()) {
                learnScalar(walk, walk.find(0, name), raw);
            }
        };
        learn("id", m_id);
        learn("created", m_created);
        learn("model", m_model);
        learn("system_fingerprint", m_systemFingerprint);
    }

    /// Soft: a last chunk for every open choice, the usage, and [DONE]; without an open choice the
    /// notice has a chunk of its own.
    [[nodiscard]] Bytes ending(const StreamEnding& ending) const override
    {
        if (ending.style == domain::StopStyle::Error) {
            return "data: {\"error\":" + ending.errorJson + "}\n\n";
        }
        Bytes bytes;
        const auto add = [&bytes](const std::string& data) {
            bytes.append("data: ").append(data).append("\n\n");
        };
        const std::string notice = ",\"exhibit\":" + noticeJson(ending.notice);
        for (const std::int64_t choice : ending.openChoices) {
            add(chunk(finishChoice(choice), notice));
        }
        if (ending.openChoices.empty()) {
            add(chunk(ending.choicesEnded ? "[]" : finishChoice(0), notice));
        }
        if (ending.withUsage) {
            add(usageChunk(ending.usage));
        }
        add("[DONE]");
        return bytes;
    }

private:
    [[nodiscard]] std::string finishChoice(std::int64_t index) const
    {
        return fmt::format(
            R"([{{"index":{},{},"logprobs":null,"finish_reason":"content_filter"}}])",
            index,
            m_words.nothingSaid);
    }

    [[nodiscard]] std::string usageChunk(const domain::Usage& usage) const
    {
        return chunk("[]",
                     fmt::format(R"(,"usage":{{"prompt_tokens":{},"completion_tokens":{},)"
                                 R"("total_tokens":{}}})",
                                 usage.promptTokens,
                                 usage.completionTokens,
                                 usage.total()));
    }

    /// `choices` is raw JSON; `more` are raw members that follow, each with its leading comma.
    [[nodiscard]] std::string chunk(std::string_view choices, std::string_view more) const
    {
        std::string json = "{";
        if (!m_id.empty()) {
            json.append("\"id\":").append(m_id).append(",");
        }
        json += fmt::format(R"("object":"{}")", m_words.object);
        if (!m_created.empty()) {
            json.append(",\"created\":").append(m_created);
        }
        if (!m_model.empty()) {
            json.append(",\"model\":").append(m_model);
        }
        if (!m_systemFingerprint.empty()) {
            json.append(",\"system_fingerprint\":").append(m_systemFingerprint);
        }
        return json.append(",\"choices\":").append(choices).append(more).append("}");
    }

    const ChunkWords& m_words;
    // Raw JSON, from the first event that has them; empty when the provider sends none.
    std::string m_id;
    std::string m_created;
    std::string m_systemFingerprint;
};

/// The choice that a node stands in: the element of the root's `choices`.
std::size_t choiceOf(const JsonWalk& walk, std::size_t node)
{
    std::size_t choice = node;
    while (walk[walk[choice].parent].parent != 0) {
        choice = walk[choice].parent;
    }
    return choice;
}

/// A call whose arguments have closed and were judged: its parts go out before its choice ends.
bool isClosedCall(const ChangedAnswer& answer, std::size_t call)
{
    const auto isPart = [&](const AnswerPiece& piece) {
        return piece.node > call && piece.node < answer.walk[call].next
            && answer.channels.isToolCall(piece.channel);
    };
    const auto& pieces = answer.pieces;
    return answer.form == AnswerForm::Chunk && std::any_of(pieces.begin(), pieces.end(), isPart)
        && std::all_of(pieces.begin(), pieces.end(), [&](const AnswerPiece& piece) {
               return !isPart(piece) || answer.channels.isClosedCall(piece);
           });
}

/// Of a choice that has not come to its end.
void removeOpenCalls(const ChangedAnswer& answer, std::size_t choice, AnswerEdits& edits)
{
    const auto& walk = answer.walk;
    const std::size_t holder
        = walk.find(choice, answer.form == AnswerForm::Chunk ? "delta" : "message");
    std::vector<std::size_t> members;
    if (const auto call = walk.find(holder, "function_call");
        call != JsonWalk::kNone && !isClosedCall(answer, call)) {
        members.push_back(call);
    }
    if (const auto calls = walk.find(holder, "tool_calls"); calls != JsonWalk::kNone) {
        std::vector<std::size_t> open;
        bool some = false;
        for (auto call = walk.firstChild(calls); call != JsonWalk::kNone;
             call = walk.nextSibling(call)) {
            if (isClosedCall(answer, call)) {
                some = true;
            } else {
                open.push_back(call);
            }
        }
        if (some) {
            edits.remove(calls, open);
        } else {
            members.push_back(calls);
        }
    }
    edits.remove(holder, members);
}

class ChatSurface : public Surface {
public:
    ChatSurface(const Traits& traits, const ChunkWords& words)
        : Surface(traits)
        , m_words(words)
    {
    }

    [[nodiscard]] AnswerParts read(const JsonWalk& walk, AnswerForm form) const override
    {
        return readChatAnswer(walk, form);
    }

    [[nodiscard]] std::unique_ptr<StreamFrame> makeFrame() const override
    {
        return std::make_unique<ChunkFrame>(m_words);
    }

    /// A choice whose texts did not come to their end cannot say that it stopped by itself: it
    /// ends with content_filter in a whole answer and stays open in a chunk. The logprobs of
    /// changed choices become null.
    void finishRewrite(const ChangedAnswer& answer, AnswerEdits& edits) const override
    {
        for (const std::size_t node : answer.changed) {
            edits.replaceMember(choiceOf(answer.walk, node), "logprobs", "null");
        }
        for (const auto& choice : readChatAnswer(answer.walk, answer.form).choices) {
            if (!answer.channels.isFinished(choice.index)) {
                const bool ends = answer.form == AnswerForm::Whole;
                edits.replaceMember(
                    choice.node, "finish_reason", ends ? R"("content_filter")" : "null");
                removeOpenCalls(answer, choice.node, edits);
            }
        }
    }

private:
    const ChunkWords& m_words;
};

} // namespace

const Surface& chatSurface()
{
    static const ChatSurface surface(
        {.path = "/v1/chat/completions", .answerMember = "choices", .usageOnRequest = true},
        kChatWords);
    return surface;
}

const Surface& completionsSurface()
{
    static const ChatSurface surface(
        {.path = "/v1/completions", .answerMember = "choices", .usageOnRequest = true},
        kCompletionWords);
    return surface;
}

} // namespace exhibit::gateway
