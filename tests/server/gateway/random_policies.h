// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json.h"
#include "models/scan/dialect.h"
#include "models/scan/scanner.h"
#include "tests/models/scan/random_pattern.h"

#include <memory>
#include <string>
#include <vector>

namespace exhibit::gateway {

/// An oracle takes too long with more.
inline constexpr std::size_t kOraclePositionsMax = 80;

/// Policies of one mode, one for each pattern.
struct RandomPolicies {
    std::vector<scan::RandomPattern> patterns;
    std::vector<std::string> documents;
    std::vector<std::string> placeholders;
    std::shared_ptr<const scan::PatternSet> set;
};

inline RandomPolicies randomPolicies(scan::Dice& dice, const std::string& mode)
{
    RandomPolicies made;
    std::vector<scan::PatternSpec> specs;
    for (auto count = 1 + dice.below(4); count > 0;) {
        auto pattern = scan::randomPattern(dice);
        pattern.spec.holds = true;
        const auto parsed = scan::parsePattern(pattern.spec.pattern);
        if (!scan::PatternSet::compile(std::vector{pattern.spec})
            || parsed->positions > kOraclePositionsMax) {
            continue; // It matches the empty text, or is too much for an oracle.
        }
        JsonObject rule{{"pattern", pattern.spec.pattern}};
        if (pattern.spec.maxWidth) {
            rule["max_width"] = *pattern.spec.maxWidth;
        }
        if (pattern.spec.validator != scan::Validator::None) {
            rule["validator"]
                = pattern.spec.validator == scan::Validator::Luhn ? "luhn" : "entropy";
        }
        // Policies stand in the order of their ids, as patterns do.
        const auto number = std::to_string(specs.size());
        made.placeholders.push_back("<" + number + ">");
        rule["placeholder"] = made.placeholders.back();
        const JsonObject policy{
            {"policy_id", "P" + number},
            {"title", "P"},
            {"severity", "high"},
            {"stage", "output"},
            {"mode", mode},
            {"rule", JsonObject{{"type", "patterns"}, {"patterns", JsonArray{rule}}}}};
        made.documents.push_back(printJson(policy));
        specs.push_back(pattern.spec);
        made.patterns.push_back(std::move(pattern));
        --count;
    }
    made.set = scan::PatternSet::compile(specs).value();
    return made;
}

} // namespace exhibit::gateway
