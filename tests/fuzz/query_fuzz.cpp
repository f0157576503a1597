// SPDX-License-Identifier: Apache-2.0
// Any bytes: what parses prints and parses again to the same text; errors and completions stay
// within the text.
#include "models/base/assert.h"
#include "models/query/query.h"

#include <cstddef>
#include <cstdint>

namespace query = exhibit::query;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto parsed = query::parse(text);
    if (parsed) {
        const std::string printed = query::print(*parsed);
        const auto again = query::parse(printed);
        // The canonical text can be longer than what was typed, e.g. by quotes.
        EXHIBIT_ASSERT(again || printed.size() > size);
        EXHIBIT_ASSERT(!again || query::print(*again) == printed);
    } else {
        EXHIBIT_ASSERT(!parsed.error().message.empty());
        EXHIBIT_ASSERT(parsed.error().begin <= parsed.error().end);
        EXHIBIT_ASSERT(parsed.error().end <= size);
    }
    const std::size_t step = size / 8 + 1;
    for (std::size_t cursor = 0; cursor <= size; cursor += step) {
        for (const auto& completion : query::complete(text, cursor)) {
            EXHIBIT_ASSERT(completion.begin <= cursor && cursor <= completion.end);
            EXHIBIT_ASSERT(completion.end <= size);
        }
    }
    return 0;
}
