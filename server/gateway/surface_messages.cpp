// SPDX-License-Identifier: Apache-2.0
// Anthropic's messages: answers are content blocks, streams have events of many kinds.
#include "server/gateway/messages_answer.h"
#include "server/gateway/surface.h"

#include <fmt/format.h>

namespace exhibit::gateway {
namespace {

void addEvent(Bytes& bytes, std::string_view type, std::string_view members)
{
    bytes += fmt::format("event: {0}\ndata: {{\"type\":\"{0}\"{1}}}\n\n", type, members);
}

/// Anthropic's word for each status; what exactly it was says `error_code`.
std::string errorType(int status)
{
    switch (status) {
    case 400:
        return "invalid_request_error";
    case 401:
        return "authentication_error";
    case 402:
        return "billing_error";
    case 403:
        return "permission_error";
    case 404:
        return "not_found_error";
    case 413:
        return "request_too_large";
    case 429:
        return "rate_limit_error";
    case 504:
        return "timeout_error";
    default:
        return status < 500 ? "invalid_request_error" : "api_error";
    }
}

class MessagesFrame : public StreamFrame {
public:
    void learn(const JsonWalk& walk) override
    {
        if (const auto message = walk.find(0, "message"); message != JsonWalk::kNone) {
            learnScalar(walk, walk.find(message, "model"), m_model);
        }
    }

    [[nodiscard]] Bytes ending(const StreamEnding& ending) const override
    {
        Bytes bytes;
        if (ending.style == domain::StopStyle::Error) {
            addEvent(bytes, "error", ",\"error\":" + ending.errorJson);
            return bytes;
        }
        if (!ending.begun) {
            addEvent(bytes, "message_start", start(ending));
        }
        for (const auto block : ending.openChoices) {
            addEvent(bytes, "content_block_stop", fmt::format(",\"index\":{}", block));
        }
        addEvent(bytes,
                 "message_delta",
                 fmt::format(R"(,"delta":{{"stop_reason":"refusal","stop_sequence":null}},)"
                             R"("usage":{{"output_tokens":{}}},"exhibit":{})",
                             ending.usage.completionTokens,
                             noticeJson(ending.notice)));
        addEvent(bytes, "message_stop", "");
        return bytes;
    }

private:
    [[nodiscard]] std::string start(const StreamEnding& ending) const
    {
        return fmt::format(R"(,"message":{{"id":{},"type":"message","role":"assistant",)"
                           R"("model":{},"content":[],"stop_reason":null,"stop_sequence":null,)"
                           R"("usage":{{"input_tokens":{},"output_tokens":0}}}})",
                           quoteJson(ending.notice.callId),
                           m_model.empty() ? "\"\"" : m_model,
                           ending.usage.promptTokens);
    }
};

class MessagesSurface : public Surface {
public:
    using Surface::Surface;

    [[nodiscard]] AnswerParts read(const JsonWalk& walk, AnswerForm form) const override
    {
        return readMessagesAnswer(walk, form);
    }

    [[nodiscard]] std::unique_ptr<StreamFrame> makeFrame() const override
    {
        return std::make_unique<MessagesFrame>();
    }

    /// Of the blocks that did not come to their end only the first has anything to show; a call
    /// that was not judged has not.
    void finishRewrite(const ChangedAnswer& answer, AnswerEdits& edits) const override
    {
        if (answer.form == AnswerForm::Chunk) {
            return;
        }
        const auto& walk = answer.walk;
        const std::size_t content = walk.find(0, "content");
        std::vector<std::size_t> gone;
        bool cut = false;
        for (auto block = walk.firstChild(content); block != JsonWalk::kNone;
             block = walk.nextSibling(block)) {
            if (answer.channels.isFinished(walk[block].position)) {
                continue;
            }
            if (cut || isToolBlock(walk, block)) {
                gone.push_back(block);
            }
            cut = true;
        }
        if (cut) {
            edits.remove(content, gone);
            edits.replaceMember(0, "stop_reason", R"("refusal")");
        }
    }

    [[nodiscard]] http::ErrorReply named(http::ErrorReply reply) const override
    {
        reply.type = errorType(reply.status);
        return reply;
    }

    [[nodiscard]] http::Response error(const http::ErrorReply& reply,
                                       const RequestId& request) const override
    {
        auto response = http::errorResponse(named(reply), request);
        response.body = withLastMember(response.body, "type", R"("error")");
        response.body = withLastMember(response.body, "request_id", quoteJson(request.text()));
        return response;
    }
};

} // namespace

const Surface& messagesSurface()
{
    static const MessagesSurface surface({.path = "/v1/messages",
                                          .wire = domain::Wire::Anthropic,
                                          .answerMember = "content",
                                          .inOrder = true,
                                          .keepsUserId = true});
    return surface;
}

} // namespace exhibit::gateway
