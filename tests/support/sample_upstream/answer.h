// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json.h"

#include <string>
#include <vector>

namespace exhibit::sample {

/// What goes back to a client, as far as it can be prepared before the request comes.
struct Answer {
    std::string head; ///< Status line and fields without framing and without the empty line.
    std::string body;
    bool stream = false; ///< Server-sent events: sent in chunks.
    std::vector<std::size_t> eventEnds; ///< Of a stream: where each event ends in `body`.
    std::string chunkedBody; ///< Of a stream: the whole body, one chunk per event, ended.
};

using HeaderPairs = std::vector<std::pair<std::string, std::string>>;

[[nodiscard]] Answer jsonAnswer(int status, const HeaderPairs& headers, std::string body);
[[nodiscard]] Answer streamAnswer(int status, const HeaderPairs& headers, std::string body);
/// In the provider's error shape.
[[nodiscard]] Answer errorAnswer(int status,
                                 std::string_view type,
                                 std::string_view code,
                                 std::string_view message,
                                 HeaderPairs headers = {});

/// Appends `bytes` as one chunk of the chunked coding.
void appendChunk(std::string& out, std::string_view bytes);

} // namespace exhibit::sample
