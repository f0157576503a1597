// SPDX-License-Identifier: Apache-2.0
// Any bytes as a text, split as its first byte says: the matches are those of the whole, h never
// runs backwards and nothing final is covered afterwards.
#include "models/base/assert.h"
#include "models/scan/scanner.h"

#include <array>
#include <cstdint>

namespace {

using namespace exhibit::scan;

std::shared_ptr<const PatternSet> patterns()
{
    const std::array specs{
        PatternSpec{R"([\w.+-]{1,64}@[\w-]+\.[a-z]{2,8}\b)", 96, Validator::None, true},
        PatternSpec{R"((?<!\d)\d(?:[ -]?\d){12,18}(?!\d))", {}, Validator::Luhn, true},
        PatternSpec{R"(\b\d{3}-\d{2}-\d{4}\b)", {}, Validator::SsnRanges, true},
        PatternSpec{"(?i)secret[^€]{0,6}.+?é", 12, Validator::None, true},
        PatternSpec{R"(-----BEGIN (?:[A-Z]+ )?KEY-----(?:[\w+/=\s]*-----END)?)",
                    {},
                    Validator::None,
                    false},
        PatternSpec{R"(\bsk-[A-Za-z0-9]{8,24}\b)", {}, Validator::Entropy, true},
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
    Scanner scanner(set);
    std::vector<Match> matches;
    std::size_t settled = 0;
    for (std::size_t next = 0; next < text.size(); next += step) {
        const auto before = matches.size();
        scanner.feed(text.substr(next, step), matches);
        for (auto index = before; index < matches.size(); ++index) {
            EXHIBIT_ASSERT(matches[index].pattern == 4 || matches[index].begin >= settled);
        }
        EXHIBIT_ASSERT(scanner.settled() >= settled);
        settled = scanner.settled();
    }
    scanner.finish(matches);
    EXHIBIT_ASSERT(matches == scanWhole(set, text));
    EXHIBIT_ASSERT(coveredRuns(matches).size() <= matches.size());
    return 0;
}
