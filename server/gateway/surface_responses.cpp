// SPDX-License-Identifier: Apache-2.0
// Responses: answers are output items, streams number their events.
#include "models/base/json.h"
#include "server/gateway/responses_answer.h"
#include "server/gateway/surface.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace exhibit::gateway {
namespace {

bool contains(const std::vector<std::int64_t>& list, std::int64_t value)
{
    return std::find(list.begin(), list.end(), value) != list.end();
}

class ResponsesFrame : public StreamFrame {
public:
    void learn(const JsonWalk& walk) override
    {
        m_sequence = std::max(m_sequence, walk.integer(walk.find(0, "sequence_number"), -1));
        if (const auto response = walk.find(0, "response"); response != JsonWalk::kNone) {
            learnScalar(walk, walk.find(response, "id"), m_id);
            learnScalar(walk, walk.find(response, "created_at"), m_createdAt);
            learnScalar(walk, walk.find(response, "model"), m_model);
        }
        const auto item = walk.find(0, "item");
        if (item == JsonWalk::kNone || m_items.size() >= limits::kAnswerChoicesMax) {
            return;
        }
        auto& known = m_items[walk.integer(walk.find(0, "output_index"), 0)];
        known.type = walk.string(walk.find(item, "type"));
        learnScalar(walk, walk.find(item, "id"), known.id);
        learnScalar(walk, walk.find(item, "call_id"), known.callId);
    }

    [[nodiscard]] Bytes ending(const StreamEnding& ending) const override
    {
        Bytes bytes;
        std::int64_t sequence = m_sequence;
        const auto add = [&](std::string_view type, const std::string& members) {
            bytes += fmt::format(
                "event: {0}\ndata: {{\"type\":\"{0}\",\"sequence_number\":{1}{2}}}\n\n",
                type,
                ++sequence,
                members);
        };
        if (ending.style == domain::StopStyle::Error) {
            add("error", errorMembers(ending.errorJson));
            return bytes;
        }
        const std::string notice = ",\"exhibit\":" + noticeJson(ending.notice);
        if (!ending.begun) {
            add("response.created", ",\"response\":" + response(ending, "in_progress", ""));
        }
        for (const auto index : ending.openChoices) {
            if (const auto item = itemJson(ending, index); !item.empty()) {
                add("response.output_item.done",
                    fmt::format(R"(,"output_index":{},"item":{})", index, item));
            }
        }
        add("response.incomplete",
            ",\"response\":" + response(ending, "incomplete", notice) + notice);
        return bytes;
    }

private:
    struct Item {
        std::string type;
        std::string id; ///< Raw JSON, as what follows.
        std::string callId;
    };

    /// The members of an error event: those of the API, and `error` for readers of the other form.
    static std::string errorMembers(const std::string& errorJson)
    {
        const auto walk = JsonWalk::parse(errorJson);
        const auto raw = [&](std::string_view name) {
            const auto node = walk ? walk->find(0, name) : JsonWalk::kNone;
            return node == JsonWalk::kNone ? std::string("null") : std::string(walk->raw(node));
        };
        return fmt::format(R"(,"code":{},"message":{},"param":{},"error":{})",
                           raw("code"),
                           raw("message"),
                           raw("param"),
                           errorJson);
    }

    /// What the client has of an item; empty when that is nothing it could use.
    [[nodiscard]] std::string itemJson(const StreamEnding& ending, std::int64_t index) const
    {
        const auto known = m_items.find(index);
        if (known == m_items.end()) {
            return {};
        }
        const Item& item = known->second;
        const bool ended = contains(ending.endedChoices, index);
        std::string json = fmt::format(
            R"({{"id":{},"type":{})", item.id.empty() ? "null" : item.id, quoteJson(item.type));
        if (item.type == "reasoning") {
            return json + R"(,"summary":[)" + partsJson(ending, index, "summary") + "]}";
        }
        json += fmt::format(R"(,"status":"{}")", ended ? "completed" : "incomplete");
        if (item.type == "message") {
            return json + R"(,"role":"assistant","content":[)" + partsJson(ending, index, "content")
                + "]}";
        }
        const auto call
            = std::find_if(ending.toolCalls.begin(), ending.toolCalls.end(), [&](const auto& each) {
                  return each.choice == index && each.released;
              });
        if (item.type != "function_call" || !ended || call == ending.toolCalls.end()) {
            return {};
        }
        return json
            + fmt::format(R"(,"call_id":{},"name":{},"arguments":{}}})",
                          item.callId.empty() ? "null" : item.callId,
                          quoteJson(call->name),
                          quoteJson(call->arguments));
    }

    /// The texts of an item's list, in the order they came.
    static std::string partsJson(const StreamEnding& ending,
                                 std::int64_t index,
                                 std::string_view list)
    {
        const std::string prefix = fmt::format("output/{}/{}/", index, list);
        std::string parts;
        for (const auto& text : ending.texts) {
            const bool refusal = text.channel.ends_with("/refusal");
            const auto steps = std::count(text.channel.begin(), text.channel.end(), '/');
            if (!text.channel.starts_with(prefix) || steps != 4
                || !(refusal || text.channel.ends_with("/text"))) {
                continue;
            }
            const std::string said = quoteJson(text.released);
            parts += parts.empty() ? "" : ",";
            parts += list == "summary" ? R"({"type":"summary_text","text":)" + said + "}"
                : refusal              ? R"({"type":"refusal","refusal":)" + said + "}"
                          : R"({"type":"output_text","annotations":[],"text":)" + said + "}";
        }
        return parts;
    }

    [[nodiscard]] std::string response(const StreamEnding& ending,
                                       std::string_view status,
                                       const std::string& notice) const
    {
        std::string output;
        for (const auto& [index, item] : m_items) {
            const bool begun
                = contains(ending.openChoices, index) || contains(ending.endedChoices, index);
            const auto json = begun ? itemJson(ending, index) : std::string{};
            output += output.empty() || json.empty() ? json : "," + json;
        }
        const auto or0 = [](const std::string& raw, const char* other) {
            return raw.empty() ? std::string(other) : raw;
        };
        return fmt::format(
            R"({{"id":{},"object":"response","created_at":{},"status":"{}","error":null,)"
            R"("incomplete_details":{},"instructions":null,"metadata":{{}},"model":{},)"
            R"("output":[{}],"parallel_tool_calls":true,"temperature":null,"tool_choice":"auto",)"
            R"("tools":[],"top_p":null,"usage":{}{}}})",
            or0(m_id, "\"\""),
            or0(m_createdAt, "0"),
            status,
            status == "incomplete" ? R"({"reason":"content_filter"})" : "null",
            or0(m_model, "\"\""),
            output,
            status == "incomplete" ? usageJson(ending.usage) : "null",
            notice);
    }

    static std::string usageJson(const domain::Usage& usage)
    {
        return fmt::format(
            R"({{"input_tokens":{},"input_tokens_details":{{"cached_tokens":{}}},)"
            R"("output_tokens":{},"output_tokens_details":{{"reasoning_tokens":{}}},)"
            R"("total_tokens":{}}})",
            usage.promptTokens,
            usage.cachedTokens,
            usage.completionTokens,
            usage.reasoningTokens,
            usage.total());
    }

    std::int64_t m_sequence = -1; ///< The highest so far.
    std::string m_id; ///< Raw JSON, as what follows.
    std::string m_createdAt;
    std::map<std::int64_t, Item> m_items; ///< By output index.
};

class ResponsesSurface : public Surface {
public:
    using Surface::Surface;

    [[nodiscard]] AnswerParts read(const JsonWalk& walk, AnswerForm form) const override
    {
        return readResponsesAnswer(walk, form);
    }

    [[nodiscard]] std::unique_ptr<StreamFrame> makeFrame() const override
    {
        return std::make_unique<ResponsesFrame>();
    }

    /// The log probabilities beside changed texts become null. Of the items that did not come to
    /// their end only the first has anything to show; a call that was not judged has not.
    void finishRewrite(const ChangedAnswer& answer, AnswerEdits& edits) const override
    {
        for (const std::size_t node : answer.changed) {
            for (std::size_t at = node; at != 0; at = answer.walk[at].parent) {
                edits.replaceMember(answer.walk[at].parent, "logprobs", "null");
            }
        }
        if (answer.form == AnswerForm::Whole) {
            finishItems(answer, edits);
        }
    }

private:
    static void finishItems(const ChangedAnswer& answer, AnswerEdits& edits)
    {
        const auto& walk = answer.walk;
        const std::size_t output = walk.find(0, "output");
        std::vector<std::size_t> gone;
        bool cut = false;
        for (auto item = walk.firstChild(output); item != JsonWalk::kNone;
             item = walk.nextSibling(item)) {
            if (answer.channels.isFinished(walk[item].position)) {
                continue;
            }
            if (cut || isCallItem(walk, item)) {
                gone.push_back(item);
            } else {
                edits.replaceMember(item, "status", R"("incomplete")");
            }
            cut = true;
        }
        if (cut) {
            edits.remove(output, gone);
            edits.replaceMember(0, "status", R"("incomplete")");
            edits.replaceMember(0, "incomplete_details", R"({"reason":"content_filter"})");
        }
    }
};

} // namespace

const Surface& responsesSurface()
{
    static const ResponsesSurface surface(
        {.path = "/v1/responses", .answerMember = "output", .inOrder = true});
    return surface;
}

} // namespace exhibit::gateway
