// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json.h"
#include "models/base/json_walk.h"
#include "server/gateway/request_texts.h"
#include "server/gateway/surface.h"
#include "server/http/message.h"

#include <memory>
#include <optional>

namespace exhibit::gateway {

/// What the gateway reads from a request of any surface; the bytes themselves stay as they are.
class ChatRequest {
public:
    static constexpr std::size_t kModelBytesMax = 512; ///< Of a model's name, as of a user's.

    /// Errors are InvalidInput with the field in `subject`, or TooLarge. `request` must outlive the
    /// result.
    [[nodiscard]] static Result<std::unique_ptr<ChatRequest>> read(const http::Request& request,
                                                                   const Surface& surface
                                                                   = chatSurface());

    std::string model; ///< Empty when the request names none.
    bool streaming = false;
    bool usageRequested = false; ///< stream_options.include_usage, by the client.
    std::optional<std::string> userId;
    std::optional<std::string> sessionId;
    std::optional<std::string> clientRunId;
    std::optional<std::string> channel; ///< metadata.channel
    std::optional<Json> metadata; ///< As sent.
    std::optional<Json> facts; ///< Context facts, an object.
    /// Members that name what the provider keeps: earlier turns, prompts, containers.
    std::vector<std::string> providerState;
    std::optional<std::string> region; ///< X-Exhibit-Region: where its texts may be processed.
    std::vector<std::string> dataClasses; ///< X-Exhibit-Data-Classes: what they are.

    /// What input policies judge. Views into this object.
    [[nodiscard]] const std::vector<prevention::TextChannel>& texts() const
    {
        return m_texts.list();
    }
    [[nodiscard]] std::size_t textBytes() const { return m_texts.bytes(); }
    /// Tokens of all choices that the request allows; absent when it says nothing.
    [[nodiscard]] std::optional<std::int64_t> outputTokensMax() const;

    struct Changes {
        /// By index of texts(), as CallGuard::judgeInput() gives them.
        RequestTexts::Replacements replacements;
        bool askForUsage = false; ///< Adds stream_options.include_usage.
    };
    /// The body without our own fields and with the changes, content codings undone; nullopt when
    /// the client's bytes can go as they are (rulings.md 17).
    [[nodiscard]] std::optional<Bytes> rewritten(const Changes& changes) const;

private:
    ChatRequest(const http::Request& request, const Surface& surface)
        : m_request(request)
        , m_surface(surface)
    {
    }
    Result<void> checkPath() const;
    Result<void> parse();
    Result<void> readFields();
    Result<void> readMetadata(std::size_t node);
    Result<void> readHeaders();
    Result<void> readConstraints();
    Result<void> checkRunId() const;
    void collectTexts();
    [[nodiscard]] Result<std::optional<std::string>> identity(std::size_t node,
                                                              std::string subject) const;
    void editOwnFields(std::vector<Edit>& edits) const;
    void editUsage(std::vector<Edit>& edits) const;

    /// Members of the metadata that are ours.
    [[nodiscard]] std::vector<std::size_t> ownMetadata() const;

    const http::Request& m_request;
    const Surface& m_surface;
    Bytes m_decoded; ///< Empty when the body has no content coding.
    JsonWalk m_walk;
    std::size_t m_metadata = JsonWalk::kNone; ///< When it is an object.
    RequestTexts m_texts;
};

/// As ChatRequest::outputTokensMax(), of a request's JSON.
[[nodiscard]] std::optional<std::int64_t> outputTokensMaxOf(const JsonWalk& request);

} // namespace exhibit::gateway
