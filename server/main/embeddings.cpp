// SPDX-License-Identifier: Apache-2.0
#include "server/main/embeddings.h"

#include "models/replay/embeddings.h"

namespace exhibit::server {
namespace {

using namespace std::chrono_literals;

constexpr auto kTimeout = 5s;
constexpr std::size_t kReplyBytesMax = 4 * 1024 * 1024;

/// Without path and query: what a reader of the certificate should know, and no more.
std::string hostOf(const std::string& url)
{
    const std::size_t begin = url.find("://") + 3;
    return url.substr(begin, url.find('/', begin) - begin);
}

} // namespace

Embeddings::Embeddings(boost::asio::io_context& io, EmbeddingSettings settings)
    : m_settings(std::move(settings))
    , m_post(io)
{
}

replay::SemanticMeasure Embeddings::measure()
{
    return {"embeddings: cosine of " + m_settings.model + " at " + hostOf(m_settings.url),
            m_settings.threshold,
            [this](const std::string& a, const std::string& b) { return compare(a, b); }};
}

Result<double> Embeddings::compare(const std::string& a, const std::string& b)
{
    gateway::WebPost::Message message{m_settings.url,
                                      "application/json",
                                      replay::embeddingRequest(m_settings.model, a, b),
                                      m_settings.key};
    EXHIBIT_TRY(const auto reply,
                m_post.post(std::move(message), Deadline::after(kTimeout), kReplyBytesMax));
    if (reply.status != 200) {
        return fail(ErrorCode::Unavailable,
                    "it answered with the status " + std::to_string(reply.status));
    }
    return replay::embeddingSimilarity(reply.body);
}

} // namespace exhibit::server
