// SPDX-License-Identifier: Apache-2.0
// Any reply of an embedding model: no vectors, or a cosine.
#include "models/base/assert.h"
#include "models/replay/embeddings.h"

#include <cmath>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace exhibit;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const auto score = replay::embeddingSimilarity(text)) {
        EXHIBIT_ASSERT(std::isfinite(*score) && std::abs(*score) <= 1);
    }
    return 0;
}
