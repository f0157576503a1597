// SPDX-License-Identifier: Apache-2.0
// Whatever the bytes: the walk ends, its ranges lie within the text and strings decode to UTF-8.
#include "models/base/json_walk.h"

#include "models/base/assert.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const exhibit::BytesView text(reinterpret_cast<const char*>(data), size);
    const auto walk = exhibit::JsonWalk::parse(text);
    if (!walk) {
        return 0;
    }
    EXHIBIT_ASSERT(exhibit::isValidUtf8(text));
    std::vector<exhibit::Edit> edits;
    for (std::size_t node = 0; node < walk->nodes().size(); ++node) {
        const auto& value = (*walk)[node];
        EXHIBIT_ASSERT(value.begin < value.end && value.end <= size && value.next > node);
        if (value.kind == exhibit::JsonKind::String) {
            const std::string decoded = walk->string(node);
            EXHIBIT_ASSERT(exhibit::isValidUtf8(decoded));
            edits.push_back({value.begin, value.end, exhibit::quoteJson(decoded)});
        }
        static_cast<void>(walk->path(node));
    }
    // Re-quoting every string gives a text of the same values.
    const std::string again = exhibit::splice(text, edits);
    const auto second = exhibit::JsonWalk::parse(again);
    EXHIBIT_ASSERT(second && second->nodes().size() == walk->nodes().size());
    for (std::size_t node = 0; node < walk->nodes().size(); ++node) {
        EXHIBIT_ASSERT(second->string(node) == walk->string(node));
    }
    return 0;
}
