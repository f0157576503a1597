// SPDX-License-Identifier: Apache-2.0
// What providers offer beside asking a model: the responses they keep, and counting tokens. What
// they say is judged as any answer is, so that nothing that was stopped is fetched later.
#include "server/gateway/answer_texts.h"
#include "server/gateway/surface.h"

namespace exhibit::gateway {
namespace {

/// `like` says how answers look and errors read.
class SideSurface : public Surface {
public:
    SideSurface(const Traits& traits, const Surface& like)
        : Surface(traits)
        , m_like(like)
    {
    }

    [[nodiscard]] AnswerParts read(const JsonWalk& walk, AnswerForm form) const override
    {
        const bool isAnswer = form == AnswerForm::Chunk
            || walk.is(walk.find(0, m_like.traits().answerMember), JsonKind::Array);
        auto parts = isAnswer ? m_like.read(walk, form) : readNotice(walk);
        parts.usage.reset(); // It was counted when the answer was made.
        return parts;
    }

    [[nodiscard]] std::unique_ptr<StreamFrame> makeFrame() const override
    {
        return m_like.makeFrame();
    }

    void finishRewrite(const ChangedAnswer& answer, AnswerEdits& edits) const override
    {
        m_like.finishRewrite(answer, edits);
    }

    [[nodiscard]] http::ErrorReply named(http::ErrorReply reply) const override
    {
        return m_like.named(std::move(reply));
    }

    [[nodiscard]] http::Response error(const http::ErrorReply& reply,
                                       const RequestId& request) const override
    {
        return m_like.error(reply, request);
    }

private:
    /// Deleted, counted, listed: no answer, but strings all the same.
    static AnswerParts readNotice(const JsonWalk& walk)
    {
        AnswerParts parts;
        if (!walk.is(0, JsonKind::Object) || walk.hasDuplicateNames(0)) {
            parts.problem = "The provider's answer is no plain JSON object.";
            return parts;
        }
        AnswerTexts(walk, parts).addAsides();
        return parts;
    }

    const Surface& m_like;
};

} // namespace

const std::vector<const Surface*>& sideSurfaces()
{
    const auto stored = [](std::string_view method, std::string_view path) {
        return SideSurface({.path = path,
                            .method = method,
                            .answerMember = "output",
                            .inOrder = true,
                            .asksNoModel = true},
                           responsesSurface());
    };
    static const SideSurface get = stored("GET", "/v1/responses/{id}");
    static const SideSurface remove = stored("DELETE", "/v1/responses/{id}");
    static const SideSurface cancel = stored("POST", "/v1/responses/{id}/cancel");
    static const SideSurface inputs = stored("GET", "/v1/responses/{id}/input_items");
    static const SideSurface count({.path = "/v1/messages/count_tokens",
                                    .wire = domain::Wire::Anthropic,
                                    .answerMember = "content",
                                    .inOrder = true,
                                    .keepsUserId = true,
                                    .asksNoModel = true},
                                   messagesSurface());
    static const std::vector<const Surface*> all{&get, &remove, &cancel, &inputs, &count};
    return all;
}

} // namespace exhibit::gateway
