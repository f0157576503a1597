// SPDX-License-Identifier: Apache-2.0
// Whatever the bytes and however they are split: no byte is lost and the events are the same.
#include "models/base/assert.h"
#include "server/gateway/sse_parser.h"

#include <vector>

namespace {

using exhibit::gateway::SseEvent;
using exhibit::gateway::SseParser;

std::vector<std::string> parse(exhibit::BytesView stream, std::size_t piece)
{
    SseParser parser;
    std::vector<std::string> parts;
    std::string all;
    const auto take = [&](const SseEvent& event) {
        all += event.raw;
        parts.push_back(event.raw + (event.hasData ? "=" : "") + std::string(event.data())
                        + event.aside + (event.strange ? "?" : ""));
        const auto bare = exhibit::gateway::withoutAside(event);
        EXHIBIT_ASSERT(bare.data() == event.data() && bare.aside.empty());
    };
    for (std::size_t at = 0; at < stream.size(); at += piece) {
        parser.append(stream.substr(at, piece));
        for (auto event = parser.next(); event && *event; event = parser.next()) {
            take(**event);
        }
    }
    if (const auto rest = parser.finish()) {
        take(*rest);
    }
    EXHIBIT_ASSERT(all == stream);
    return parts;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const exhibit::BytesView stream(reinterpret_cast<const char*>(data), size);
    const auto whole = parse(stream, size + 1);
    EXHIBIT_ASSERT(whole == parse(stream, 1));
    EXHIBIT_ASSERT(whole == parse(stream, 3));
    return 0;
}
