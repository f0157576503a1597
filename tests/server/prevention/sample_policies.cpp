// SPDX-License-Identifier: Apache-2.0
#include "tests/server/prevention/sample_policies.h"

#include "models/base/assert.h"

#include <algorithm>

namespace exhibit::prevention::sample {
namespace {

domain::Policy basic(const std::string& id, domain::Mode mode, domain::Stage stage)
{
    domain::Policy policy;
    policy.policyId = id;
    policy.title = id;
    policy.severity = domain::Severity::High;
    policy.stages = {stage};
    policy.mode = mode;
    return policy;
}

std::vector<domain::PatternRule> rules(const std::vector<std::string>& expressions)
{
    std::vector<domain::PatternRule> result;
    for (const auto& expression : expressions) {
        result.emplace_back();
        result.back().pattern = expression;
    }
    return result;
}

} // namespace

domain::Policy patterns(const std::string& id,
                        domain::Mode mode,
                        const std::vector<std::string>& expressions)
{
    auto policy = basic(id, mode, domain::Stage::Output);
    policy.rule = domain::PatternsRule{rules(expressions), std::nullopt};
    return policy;
}

domain::Policy accuracy(domain::Mode mode)
{
    auto policy = basic("CONTENT_ACCURACY", mode, domain::Stage::Output);
    policy.rule = domain::MissingContextRule{
        "contract.auto_renew", rules({"renews\\b"}), rules({"not sure", "cannot confirm"})};
    policy.expectedBehaviour = "Say that it is not known.";
    return policy;
}

domain::Policy threshold(domain::Metric metric, domain::Mode mode, std::int64_t max)
{
    auto policy = basic("BUDGET", mode, domain::Stage::Run);
    policy.rule = domain::ThresholdRule{metric, std::nullopt, max};
    return policy;
}

std::shared_ptr<const CompiledSnapshot> compiled(const std::vector<domain::Policy>& policies)
{
    auto snapshot = domain::makeSnapshot(TenantId::generate(), policies);
    EXHIBIT_ASSERT(snapshot.has_value());
    auto result = CompiledSnapshot::compile(
        std::make_shared<const domain::PolicySnapshot>(*std::move(snapshot)));
    EXHIBIT_ASSERT(result.has_value());
    return *std::move(result);
}

CallSubject subject()
{
    return {"main", "gpt-4o", "user-1", nullptr};
}

CallGuard guardOf(const std::vector<domain::Policy>& policies)
{
    return CallGuard(compiled(policies), subject());
}

std::size_t stream(CallGuard& guard,
                   const std::string& channel,
                   std::string_view text,
                   std::size_t size)
{
    const auto number = guard.channel(channel);
    while (!text.empty() && !guard.stop()) {
        guard.feed(number, text.substr(0, size));
        text.remove_prefix(std::min(text.size(), size));
    }
    guard.finishChannel(number);
    return number;
}

const domain::Decision* find(const StageOutcome& outcome, const std::string& policyId)
{
    const auto found = std::find_if(
        outcome.decisions.begin(),
        outcome.decisions.end(),
        [&policyId](const domain::Decision& decision) { return decision.policyId == policyId; });
    return found != outcome.decisions.end() ? &*found : nullptr;
}

} // namespace exhibit::prevention::sample
