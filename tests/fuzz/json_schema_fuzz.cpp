// SPDX-License-Identifier: Apache-2.0
// Any bytes as a schema and, behind a line feed, as a value: neither crashes nor costs much, and a
// schema says the same twice.
#include "models/base/assert.h"
#include "server/prevention/json_schema.h"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace exhibit;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto line = text.find('\n');
    const auto schema = parseJson(text.substr(0, line));
    const auto value = parseJson(line == std::string_view::npos ? "null" : text.substr(line + 1));
    const auto compiled
        = schema ? prevention::JsonSchema::compile(*schema) : tl::make_unexpected(schema.error());
    if (compiled && value) {
        EXHIBIT_ASSERT(compiled->violation(*value) == compiled->violation(*value));
    }
    return 0;
}
