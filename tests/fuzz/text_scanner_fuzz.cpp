// SPDX-License-Identifier: Apache-2.0
// Any bytes as a text that may hide matches, split as its first byte says: the matches are those of
// the whole, h never runs backwards and nothing final is covered afterwards.
#include "models/base/assert.h"
#include "models/scan/text_scanner.h"

#include <array>
#include <cstdint>

namespace {

using namespace exhibit::scan;

std::shared_ptr<const PatternSet> patterns()
{
    const std::array specs{
        PatternSpec{R"((?fold)(?i)secret-[0-9]{2,4}\b)", {}, Validator::None, true},
        PatternSpec{R"((?fold=zero_width)\bsk-[A-Za-z0-9]{8,24}\b)", {}, Validator::Entropy, true},
        PatternSpec{R"((?fold=full_width,combining)[0-9](?:[ -]?[0-9]){3,8})", 6, {}, true},
        PatternSpec{"key.{0,3}é", {}, Validator::None, true},
    };
    return PatternSet::compile(specs).value();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    static const auto set = patterns();
    if (size == 0) {
        return 0;
    }
    const std::size_t step = 1U + data[0] % 16U;
    const std::string_view text(reinterpret_cast<const char*>(data + 1), size - 1);
    TextScanner scanner(set);
    std::vector<Match> matches;
    std::size_t settled = 0;
    for (std::size_t next = 0; next < text.size(); next += step) {
        const auto before = matches.size();
        scanner.feed(text.substr(next, step), matches);
        for (auto index = before; index < matches.size(); ++index) {
            EXHIBIT_ASSERT(matches[index].begin >= settled && matches[index].end <= text.size());
        }
        EXHIBIT_ASSERT(scanner.settled() >= settled);
        settled = scanner.settled();
    }
    scanner.finish(matches);
    EXHIBIT_ASSERT(matches == scanWhole(set, text));
    return 0;
}
