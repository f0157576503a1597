// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/bytes.h"

#include <string>

/// Similarity of meanings by an embedding model, over the wire of OpenAI's /v1/embeddings.
namespace exhibit::replay {

/// The body of a request for both texts.
[[nodiscard]] Bytes embeddingRequest(const std::string& model,
                                     const std::string& a,
                                     const std::string& b);
/// The cosine of the two vectors of the reply, -1 to 1. InvalidInput when there are not exactly two
/// of one length (at most 16,384) with finite numbers and a direction.
[[nodiscard]] Result<double> embeddingSimilarity(BytesView reply);

} // namespace exhibit::replay
