// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json.h"
#include "models/base/secret.h"
#include "tests/support/demo/stories.h"

#include <optional>
#include <string>

namespace exhibit::demo {

/// What an application saw of one call.
struct Seen {
    int status = 0;
    bool streamed = false;
    std::string text;
    std::string toolCalls; ///< "name(arguments)", as far as they came.
    std::optional<std::string> finishReason;
    std::optional<std::string> errorCode;
    std::optional<std::string> incidentId;
    std::string runId;
};

/// Sends the recorded request of `call` through exhibitd, with what the application adds: user,
/// session, run, facts.
[[nodiscard]] Result<Seen> play(std::uint16_t port,
                                const Secret& key,
                                const StoryCall& call,
                                const Json& request);

} // namespace exhibit::demo
