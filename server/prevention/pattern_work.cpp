// SPDX-License-Identifier: Apache-2.0
#include "server/prevention/pattern_work.h"

#include "models/scan/work_check.h"
#include "server/prevention/automata.h"

#include <algorithm>

namespace exhibit::prevention {
namespace {

/// Patterns, and where each stands.
struct Placed {
    std::vector<scan::PatternSpec> specs;
    std::vector<std::string> pointers;

    Result<void> add(const std::vector<domain::PatternRule>& patterns, const std::string& pointer)
    {
        for (std::size_t i = 0; i < patterns.size(); ++i) {
            EXHIBIT_TRY(auto spec, patternSpec(patterns[i], true));
            specs.push_back(std::move(spec));
            pointers.push_back(appendPointer(pointer, std::to_string(i)));
        }
        return {};
    }

    Result<void> add(const domain::Policy& policy, const std::string& pointer)
    {
        const bool lists = std::holds_alternative<domain::PatternsRule>(policy.rule);
        EXHIBIT_CHECK(add(scannedPatterns(policy.rule),
                          pointer + (lists ? "/rule/patterns" : "/rule/claims")));
        EXHIBIT_CHECK(add(hedgesOf(policy.rule), pointer + "/rule/hedges"));
        if (const auto* tool = std::get_if<domain::ToolRule>(&policy.rule)) {
            for (std::size_t i = 0; i < tool->arguments.size(); ++i) {
                const auto at = appendPointer(pointer + "/rule/arguments", std::to_string(i));
                EXHIBIT_CHECK(add(tool->arguments[i].patterns, at + "/patterns"));
            }
        }
        return {};
    }
};

/// Of the first `named` patterns one is to blame.
Result<void> check(const Placed& placed, std::size_t named, std::string_view who)
{
    const auto checked = scan::dearestBeyondBudget(placed.specs, named);
    if (!checked) {
        // Each compiles; together they are too many, wherever that shows.
        return fail(checked.error().code, checked.error().message, placed.pointers.back());
    }
    const auto& dearest = *checked;
    if (!dearest) {
        return {};
    }
    return fail(ErrorCode::InvalidInput,
                std::string(who)
                    + " can keep so many matches open at once that reading a text takes too long; "
                      "this pattern has the greatest share: give it a rarer beginning, or shorter "
                      "repeats",
                placed.pointers[*dearest]);
}

bool looksAt(const domain::Policy& policy, domain::Stage stage)
{
    return std::find(policy.stages.begin(), policy.stages.end(), stage) != policy.stages.end();
}

} // namespace

Result<void> checkWork(const domain::Policy& policy)
{
    Placed placed;
    EXHIBIT_CHECK(placed.add(policy, {}));
    return check(placed, placed.specs.size(), "the policy's patterns");
}

Result<void> checkWork(const domain::PolicySnapshot& snapshot,
                       std::span<const WrittenPolicy> written)
{
    for (const auto stage :
         {domain::Stage::Input, domain::Stage::Output, domain::Stage::ToolCall}) {
        Placed placed;
        Placed others;
        for (const auto& policy : snapshot.policies) {
            if (looksAt(policy, stage)) {
                const auto own = std::find_if(
                    written.begin(), written.end(), [&policy](const WrittenPolicy& each) {
                        return each.policyId == policy.policyId;
                    });
                EXHIBIT_CHECK(own == written.end() ? others.add(policy, {})
                                                   : placed.add(policy, own->pointer));
            }
        }
        const auto named = placed.specs.size();
        std::move(others.specs.begin(), others.specs.end(), std::back_inserter(placed.specs));
        if (named > 0) {
            EXHIBIT_CHECK(check(placed, named, "the patterns of all policies together"));
        }
    }
    return {};
}

} // namespace exhibit::prevention
