// SPDX-License-Identifier: Apache-2.0
// Any bytes as a pattern: refused or compiled, and what is compiled scans.
#include "models/scan/scanner.h"

#include <array>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace exhibit::scan;
    const std::string_view pattern(reinterpret_cast<const char*>(data), size);
    const std::array specs{PatternSpec{std::string(pattern), {}, Validator::None, true}};
    const auto compiled = PatternSet::compile(specs);
    if (compiled) {
        (void)scanWhole(*compiled, pattern.substr(0, 512));
        (void)scanWhole(*compiled, "The key is aB3-x9, call 555-0100 or write a@b.example.");
    }
    return 0;
}
