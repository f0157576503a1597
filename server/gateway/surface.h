// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/gateway/answer_channels.h"
#include "server/gateway/answer_edits.h"
#include "server/gateway/stream_ending.h"
#include "server/http/message.h"

#include <memory>

namespace exhibit::gateway {

/// An answer of which some texts do not go out as they came.
struct ChangedAnswer {
    const JsonWalk& walk;
    AnswerForm form;
    const AnswerChannels& channels;
    const std::vector<std::size_t>& changed; ///< Nodes of the texts.
    const std::vector<AnswerPiece>& pieces; ///< All that were judged.
};

/// One API of the providers' as the gateway reads and writes it; everything else about a call is
/// the same for all. Without state; asked once for an event, never for a byte. Any thread.
class Surface {
public:
    struct Traits {
        std::string_view path; ///< "/v1/chat/completions"; {name} is one segment.
        std::string_view method = "POST";
        domain::Wire wire = domain::Wire::OpenAi; ///< Of the upstreams that serve it.
        std::string_view answerMember; ///< What answers have and errors have not: "choices".
        bool inOrder = false; ///< Readers need the events in the order they were made.
        bool usageOnRequest = false; ///< `stream_options.include_usage` asks for it.
        bool keepsUserId = false; ///< `metadata.user_id` is the provider's own.
        /// No model is asked: there is nothing to pay, and the request need name none.
        bool asksNoModel = false;
    };
    explicit Surface(const Traits& traits)
        : m_traits(traits)
    {
    }
    virtual ~Surface() = default;

    [[nodiscard]] const Traits& traits() const { return m_traits; }
    /// What stands where in an answer, or in an event of one.
    [[nodiscard]] virtual AnswerParts read(const JsonWalk& walk, AnswerForm form) const = 0;
    [[nodiscard]] virtual std::unique_ptr<StreamFrame> makeFrame() const = 0;
    /// What changed texts, and parts that did not come to their end, mean for the rest of the
    /// answer: its end reads as one that a policy made, calls that nobody judged are taken out.
    virtual void finishRewrite(const ChangedAnswer& answer, AnswerEdits& edits) const = 0;
    /// A refusal in the words of this API, as it also stands in a stream.
    [[nodiscard]] virtual http::ErrorReply named(http::ErrorReply reply) const;
    /// A refusal in the form that this API's clients read.
    [[nodiscard]] virtual http::Response error(const http::ErrorReply& reply,
                                               const RequestId& request) const;
    /// Values of a whole answer that are no texts and yet what it says: a model's vectors.
    [[nodiscard]] virtual std::vector<std::size_t> vectors(const JsonWalk& walk) const;
    /// What is kept of a whole answer that is not to be kept as it is; nullopt: keep it.
    [[nodiscard]] virtual std::optional<Bytes> digested(BytesView answer) const;

private:
    Traits m_traits;
};

[[nodiscard]] const Surface& chatSurface(); ///< /v1/chat/completions
[[nodiscard]] const Surface& completionsSurface(); ///< /v1/completions
[[nodiscard]] const Surface& embeddingsSurface(); ///< /v1/embeddings
[[nodiscard]] const Surface& messagesSurface(); ///< /v1/messages
[[nodiscard]] const Surface& responsesSurface(); ///< /v1/responses
/// Those that ask a model, the most used first.
[[nodiscard]] const std::vector<const Surface*>& surfaces();
/// Those beside them: what a provider keeps of responses, and counting the tokens of messages.
[[nodiscard]] const std::vector<const Surface*>& sideSurfaces();

} // namespace exhibit::gateway
