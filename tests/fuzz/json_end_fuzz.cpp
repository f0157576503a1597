// SPDX-License-Identifier: Apache-2.0
// Any bytes as a tool call's arguments: where they close does not depend on the split, and what is
// JSON with an object or array outermost closes with its last byte.
#include "models/base/assert.h"
#include "models/base/json_walk.h"
#include "server/gateway/json_end.h"

#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace exhibit;
    using State = gateway::JsonEnd::State;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    gateway::JsonEnd whole;
    whole.feed(text);
    gateway::JsonEnd bytewise;
    for (const auto& byte : text) {
        bytewise.feed({&byte, 1});
    }
    EXHIBIT_ASSERT(whole.state() == bytewise.state());
    const auto walk = JsonWalk::parse(text);
    if (walk && (walk->is(0, JsonKind::Object) || walk->is(0, JsonKind::Array))) {
        EXHIBIT_ASSERT(whole.state() == State::Closed);
    }
    return 0;
}
