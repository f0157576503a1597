// SPDX-License-Identifier: Apache-2.0
// Whatever the bytes: the walk ends, its ranges lie within the text and strings decode to UTF-8. A
// text that is read like another has the walk that it has alone.
#include "models/base/json_walk.h"

#include "models/base/assert.h"

namespace {

using exhibit::JsonWalk;

/// Of the two lines' walks the second is told from the first, or not.
void compareLike(exhibit::BytesView text)
{
    const auto middle = text.find('\n');
    const auto first = JsonWalk::parse(text.substr(0, middle));
    if (middle == exhibit::BytesView::npos || !first) {
        return;
    }
    std::vector<std::size_t> values;
    for (std::size_t node = 0; node < first->nodes().size(); ++node) {
        if (first->is(node, exhibit::JsonKind::String)
            || first->is(node, exhibit::JsonKind::Number)) {
            values.push_back(node);
        }
    }
    const auto second = text.substr(middle + 1);
    const auto alone = JsonWalk::parse(second);
    const auto like = first->like(second, values);
    if (!like) {
        return;
    }
    EXHIBIT_ASSERT(alone && alone->nodes().size() == like->nodes().size());
    for (std::size_t node = 0; node < like->nodes().size(); ++node) {
        EXHIBIT_ASSERT(like->raw(node) == alone->raw(node) && like->name(node) == alone->name(node)
                       && like->string(node) == alone->string(node));
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const exhibit::BytesView text(reinterpret_cast<const char*>(data), size);
    compareLike(text);
    const auto walk = JsonWalk::parse(text);
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
    const auto second = JsonWalk::parse(again);
    EXHIBIT_ASSERT(second && second->nodes().size() == walk->nodes().size());
    for (std::size_t node = 0; node < walk->nodes().size(); ++node) {
        EXHIBIT_ASSERT(second->string(node) == walk->string(node));
    }
    return 0;
}
