// SPDX-License-Identifier: Apache-2.0
// Any bytes as a Range: what is sent lies inside the body, and nothing is sent of no bytes.
#include "models/base/assert.h"
#include "server/http/byte_range.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace exhibit::http;
    const std::string text(reinterpret_cast<const char*>(data), size);
    for (const std::uint64_t bytes : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{1000}}) {
        for (const auto& asked : {text, "bytes=" + text}) {
            ByteRange range;
            const auto choice = chooseRange({{"Range", asked}}, bytes, "\"e\"", range);
            EXHIBIT_ASSERT(range.end <= bytes && range.begin <= range.end);
            EXHIBIT_ASSERT(choice != RangeChoice::Part || range.begin < range.end);
            EXHIBIT_ASSERT(choice == RangeChoice::Part || (range.begin == 0 && range.end == bytes));
        }
    }
    return 0;
}
