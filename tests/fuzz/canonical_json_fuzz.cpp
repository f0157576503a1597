// SPDX-License-Identifier: Apache-2.0
// Any bytes: the canonical form of what has one is accepted as canonical and is its own canonical
// form; a text is accepted only when it is that form.
#include "models/base/assert.h"
#include "models/base/canonical_json.h"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto accepted = exhibit::parseCanonicalJson(text);
    const auto json = exhibit::parseJson(text);
    if (!json) {
        EXHIBIT_ASSERT(!accepted);
        return 0;
    }
    const auto canonical = exhibit::canonicalJson(*json);
    if (!canonical) {
        EXHIBIT_ASSERT(!accepted);
        return 0;
    }
    EXHIBIT_ASSERT(accepted.has_value() == (*canonical == text));
    const auto again = exhibit::parseCanonicalJson(*canonical);
    EXHIBIT_ASSERT(again && exhibit::canonicalJson(*again) == *canonical);
    return 0;
}
