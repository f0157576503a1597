// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/secret.h"
#include "models/replay/comparison.h"
#include "server/gateway/web_post.h"

namespace exhibit::server {

/// Where the meanings of answers are compared; without a model by their words alone.
struct EmbeddingSettings {
    std::string url; ///< Of OpenAI's wire, e.g. https://api.openai.com/v1/embeddings.
    std::string model; ///< Empty: none.
    Secret key; ///< Bearer; empty: none is sent.
    double threshold = 0.85; ///< From this cosine on, two answers count as SEMANTIC.
};

/// The measure that a certificate names, for threads that may wait. `io` runs and outlives it.
class Embeddings {
public:
    Embeddings(boost::asio::io_context& io, EmbeddingSettings settings);

    /// Valid as long as the object lives.
    [[nodiscard]] replay::SemanticMeasure measure();

private:
    [[nodiscard]] Result<double> compare(const std::string& a, const std::string& b);

    EmbeddingSettings m_settings;
    gateway::WebPost m_post;
};

} // namespace exhibit::server
