// SPDX-License-Identifier: Apache-2.0
#include "scan_oracle.h"

#include "models/base/assert.h"
#include "models/base/limits.h"
#include "models/scan/validators.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <algorithm>
#include <array>
#include <map>

namespace exhibit::scan {
namespace {

constexpr std::size_t kMatchesMax = 2048;

std::size_t clippedTo(std::size_t start, std::size_t end, std::size_t width)
{
    return end > width ? std::max(start, end - width) : start;
}

} // namespace

struct ScanOracle::Code {
    explicit Code(const std::string& pattern)
        : matchData(pcre2_match_data_create(kMatchesMax, nullptr), pcre2_match_data_free)
    {
        int error = 0;
        PCRE2_SIZE offset = 0;
        code.reset(pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pattern.data()),
                                 pattern.size(),
                                 PCRE2_UTF | PCRE2_DOTALL | PCRE2_NO_AUTO_POSSESS
                                     | PCRE2_NO_START_OPTIMIZE | PCRE2_NO_DOTSTAR_ANCHOR,
                                 &error,
                                 &offset,
                                 nullptr));
        EXHIBIT_ASSERT(code != nullptr);
    }

    int match(std::string_view text, std::size_t start, std::uint32_t options)
    {
        return pcre2_dfa_match(code.get(),
                               reinterpret_cast<PCRE2_SPTR>(text.data()),
                               text.size(),
                               start,
                               PCRE2_ANCHORED | PCRE2_NO_UTF_CHECK | options,
                               matchData.get(),
                               nullptr,
                               workspace.data(),
                               workspace.size());
    }

    std::unique_ptr<pcre2_code, decltype(&pcre2_code_free)> code{nullptr, pcre2_code_free};
    std::unique_ptr<pcre2_match_data, decltype(&pcre2_match_data_free)> matchData;
    std::array<int, 16384> workspace{};
};

std::size_t characterStart(std::string_view text, std::size_t offset)
{
    while (offset > 0 && offset < text.size()
           && (static_cast<unsigned char>(text[offset]) & 0xC0U) == 0x80U) {
        --offset;
    }
    return offset;
}

ScanOracle::ScanOracle(std::vector<Pattern> patterns)
    : m_patterns(std::move(patterns))
{
    for (const auto& pattern : m_patterns) {
        m_codes.push_back(std::make_unique<Code>(pattern.spec.pattern));
    }
}

ScanOracle::~ScanOracle() = default;

std::size_t ScanOracle::width(std::size_t pattern) const
{
    const auto& [spec, longest] = m_patterns[pattern];
    const std::size_t declared
        = spec.maxWidth.value_or(longest ? *longest : std::size_t{limits::kPatternWidthDefault});
    return longest ? std::min(*longest, declared) : declared;
}

std::vector<ScanOracle::Interval> ScanOracle::allMatches(std::string_view text) const
{
    std::vector<Interval> intervals;
    for (std::size_t pattern = 0; pattern < m_patterns.size(); ++pattern) {
        for (std::size_t start = 0; start < text.size(); ++start) {
            if (characterStart(text, start) != start) {
                continue;
            }
            auto& code = *m_codes[pattern];
            const int count = code.match(text, start, 0);
            EXHIBIT_ASSERT(count > 0 || count == PCRE2_ERROR_NOMATCH);
            const auto* offsets = pcre2_get_ovector_pointer(code.matchData.get());
            for (int index = 0; index < count; ++index) {
                intervals.push_back({pattern, start, offsets[2 * index + 1]});
            }
        }
    }
    return intervals;
}

bool ScanOracle::counts(const Interval& interval, std::string_view text) const
{
    const auto validator = m_patterns[interval.pattern].spec.validator;
    const auto length = interval.end - interval.start;
    return validator == Validator::None
        || (length <= width(interval.pattern)
            && accepts(validator, text.substr(interval.start, length)));
}

std::vector<ScanOracle::Interval> ScanOracle::leastMatches(std::string_view text) const
{
    std::map<std::pair<std::size_t, std::size_t>, Interval> least;
    for (const auto& interval : allMatches(text)) {
        if (counts(interval, text)) {
            auto& entry
                = least.try_emplace({interval.pattern, interval.end}, interval).first->second;
            entry.start = std::min(entry.start, interval.start);
        }
    }
    std::vector<Interval> intervals;
    for (const auto& [key, interval] : least) {
        intervals.push_back(interval);
    }
    std::sort(intervals.begin(), intervals.end());
    return intervals;
}

std::string ScanOracle::redacted(std::string_view text) const
{
    constexpr std::size_t kNone = SIZE_MAX;
    std::vector<bool> covered(text.size(), false);
    std::vector<std::size_t> placeholder(text.size(), kNone);
    for (const auto& interval : allMatches(text)) {
        if (!m_patterns[interval.pattern].spec.holds || !counts(interval, text)) {
            continue;
        }
        const auto begin = characterStart(
            text, clippedTo(interval.start, interval.end, width(interval.pattern)));
        std::fill(covered.begin() + static_cast<std::ptrdiff_t>(begin),
                  covered.begin() + static_cast<std::ptrdiff_t>(interval.end),
                  true);
        placeholder[begin] = std::min(placeholder[begin], interval.pattern);
    }
    std::string output;
    for (std::size_t offset = 0; offset < text.size(); ++offset) {
        if (!covered[offset]) {
            output += text[offset];
        } else if (offset == 0 || !covered[offset - 1]) {
            output += "{" + std::to_string(placeholder[offset]) + "}";
        }
    }
    return output;
}

std::vector<std::optional<std::size_t>> ScanOracle::settled(std::string_view text) const
{
    std::vector<std::optional<std::size_t>> least(text.size() + 1);
    for (std::size_t n = 0; n <= text.size(); ++n) {
        if (n == text.size() || characterStart(text, n) == n) {
            least[n] = n;
        }
    }
    for (std::size_t pattern = 0; pattern < m_patterns.size(); ++pattern) {
        for (std::size_t start = 0; start < text.size(); ++start) {
            if (!least[start] || !m_patterns[pattern].spec.holds) {
                continue;
            }
            for (auto n = start + 1; n <= text.size(); ++n) {
                if (!least[n]) {
                    continue;
                }
                if (m_codes[pattern]->match(text.substr(0, n), start, PCRE2_PARTIAL_HARD)
                    != PCRE2_ERROR_PARTIAL) {
                    break; // What is dead stays dead.
                }
                const auto held = characterStart(text, clippedTo(start, n, width(pattern)));
                least[n] = std::min(*least[n], held);
            }
        }
    }
    return least;
}

} // namespace exhibit::scan
