// SPDX-License-Identifier: Apache-2.0
#include "models/scan/pattern_set.h"

#include "models/scan/automaton.h"
#include "models/scan/validators.h"

#include <fmt/format.h>

#include <algorithm>

namespace exhibit::scan {
namespace {

Result<PatternSet::Automaton::Pattern> describe(const PatternSpec& spec,
                                                const ParsedPattern& parsed)
{
    if (spec.maxWidth == 0U) {
        return fail(ErrorCode::InvalidInput, "max_width is 0");
    }
    if (spec.maxWidth > limits::kPatternWidthMax) {
        return fail(ErrorCode::InvalidInput,
                    fmt::format("max_width is more than {}", limits::kPatternWidthMax));
    }
    if (spec.validator != Validator::None && !parsed.longest) {
        return fail(ErrorCode::InvalidInput,
                    "A validator needs a pattern whose matches have a greatest length");
    }
    PatternSet::Automaton::Pattern pattern;
    pattern.width = parsed.longest.value_or(spec.maxWidth.value_or(limits::kPatternWidthDefault));
    pattern.width = std::min(pattern.width, spec.maxWidth.value_or(pattern.width));
    pattern.validator = spec.validator;
    pattern.holds = spec.holds;
    return pattern;
}

/// The windows of all patterns so far; none once a pattern has none.
using Windows = std::optional<std::vector<Window>>;

void addWindows(Windows& all, const ParsedPattern& pattern)
{
    const auto windows = all ? requiredWindows(pattern) : std::vector<Window>{};
    if (windows.empty()) {
        all.reset();
    } else {
        all->insert(all->end(), windows.begin(), windows.end());
    }
}

Result<void> addPattern(AutomatonBuilder& builder, Windows& windows, const PatternSpec& spec)
{
    EXHIBIT_TRY(const auto parsed, parsePattern(spec.pattern));
    EXHIBIT_TRY(const auto positions, buildPositions(parsed));
    EXHIBIT_TRY(const auto pattern, describe(spec, parsed));
    if (builder.positionCount() + parsed.positions > limits::kPatternSetPositionsMax) {
        return fail(ErrorCode::InvalidInput,
                    fmt::format("The patterns together have more than {} positions",
                                limits::kPatternSetPositionsMax));
    }
    builder.add(pattern, positions, parsed.folds);
    addWindows(windows, parsed);
    return {};
}

} // namespace

Result<std::unique_ptr<PatternSet::Automaton>> buildAutomaton(std::span<const PatternSpec> patterns)
{
    AutomatonBuilder builder;
    Windows windows(std::in_place);
    for (std::size_t index = 0; index < patterns.size(); ++index) {
        auto added = addPattern(builder, windows, patterns[index]);
        if (!added) {
            return fail(added.error().code, added.error().message, std::to_string(index));
        }
    }
    auto automaton = builder.finish();
    if (windows) {
        automaton->prefilter = Prefilter::build(*std::move(windows));
    }
    return automaton;
}

Result<std::shared_ptr<const PatternSet>> PatternSet::compile(std::span<const PatternSpec> patterns)
{
    EXHIBIT_TRY(auto automaton, buildAutomaton(patterns));
    return Automaton::intoSet(std::move(automaton));
}

PatternSet::PatternSet(std::unique_ptr<const Automaton> automaton)
    : m_automaton(std::move(automaton))
{
}

PatternSet::~PatternSet() = default;

std::size_t PatternSet::size() const
{
    return m_automaton->patterns.size();
}

std::uint32_t PatternSet::width(std::size_t pattern) const
{
    return m_automaton->patterns.at(pattern).width;
}

} // namespace exhibit::scan
