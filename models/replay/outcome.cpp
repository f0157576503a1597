// SPDX-License-Identifier: Apache-2.0
#include "models/replay/outcome.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace exhibit::replay {
namespace {

constexpr std::string_view kClockMetric = "run.duration";
constexpr std::size_t kDifferencesMax = 20;

std::set<std::string> clockPolicies(const Judgement& judgement)
{
    std::set<std::string> policies;
    for (const auto& decision : judgement.decisions) {
        if (decision.metric == kClockMetric) {
            policies.insert(decision.policyId);
        }
    }
    return policies;
}

/// What it says, as text; the policy comes first.
std::multiset<std::string> sayings(const Judgement& judgement, const std::set<std::string>& ignored)
{
    std::multiset<std::string> said;
    for (const auto& decision : judgement.decisions) {
        if (!ignored.contains(decision.policyId)) {
            Json json = toJson(decision);
            for (const auto* name : {"decision_id", "evaluation_us", "at"}) {
                json.get_object().erase(name);
            }
            said.insert(decision.policyId + ": " + printJson(json));
        }
    }
    return said;
}

std::multiset<std::string> passes(const Judgement& judgement, const std::set<std::string>& ignored)
{
    std::multiset<std::string> passed;
    for (const auto& record : judgement.passes) {
        for (const auto& policy : record.policyIds) {
            if (!ignored.contains(policy)) {
                passed.insert(policy + ": passed at the stage "
                              + std::string(wireName(record.stage)) + " under "
                              + record.snapshotId);
            }
        }
    }
    return passed;
}

void addMissing(const std::multiset<std::string>& from,
                const std::multiset<std::string>& in,
                const std::string& where,
                std::vector<std::string>& found)
{
    std::vector<std::string> missing;
    std::set_difference(
        from.begin(), from.end(), in.begin(), in.end(), std::back_inserter(missing));
    for (const auto& each : missing) {
        if (found.size() < kDifferencesMax) {
            found.push_back(fmt::format("{}: {}", where, each));
        }
    }
}

} // namespace

std::vector<std::string> differences(const Judgement& recorded, const Judgement& again)
{
    auto ignored = clockPolicies(recorded);
    ignored.merge(clockPolicies(again));
    const bool endedByClock = recorded.stoppedBy && ignored.contains(*recorded.stoppedBy);
    std::vector<std::string> found;
    const auto before = sayings(recorded, ignored);
    const auto after = sayings(again, ignored);
    addMissing(before, after, "only recorded", found);
    addMissing(after, before, "only now", found);
    if (!endedByClock) {
        const auto passedBefore = passes(recorded, ignored);
        const auto passedAfter = passes(again, ignored);
        addMissing(passedBefore, passedAfter, "only recorded", found);
        addMissing(passedAfter, passedBefore, "only now", found);
    }
    return found;
}

} // namespace exhibit::replay
