// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/support/sample_upstream/recordings.h"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace exhibit::sample {

struct Options {
    std::chrono::milliseconds latency{0}; ///< Before the first byte.
    std::chrono::milliseconds eventGap{0}; ///< Between the events of a stream.
    std::size_t chunkBytes = 0; ///< Split bodies into writes of so many bytes.
    std::string fault; ///< Of every answer; see kFaults.
};

inline constexpr const char* kFaults[] = {"slow",
                                          "cut",
                                          "cut_before",
                                          "429",
                                          "500",
                                          "malformed",
                                          "wrong_content_type",
                                          "huge",
                                          "one_byte",
                                          "no_done",
                                          "stall"};

/// What to send, piece by piece: each piece is one write, `gap` apart.
struct Answer {
    std::chrono::milliseconds delay{0};
    std::chrono::milliseconds gap{0};
    std::vector<std::string> pieces;
    bool closeAfter = false; ///< The connection is cut after the last piece.
    bool stallAfter = false; ///< Nothing more comes, and the connection stays open.
};

/// The answer to a request. `sampleId` and `fault` are the request's headers, may be empty.
[[nodiscard]] Answer answerTo(const Recordings& recordings,
                              const Options& options,
                              std::string_view method,
                              std::string_view path,
                              std::string_view body,
                              const std::string& sampleId,
                              const std::string& fault);

} // namespace exhibit::sample
