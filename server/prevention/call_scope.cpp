// SPDX-License-Identifier: Apache-2.0
#include "server/prevention/call_scope.h"

namespace exhibit::prevention {
namespace {

std::optional<Json> runValue(const UsageState& usage, const std::string& name)
{
    const auto& counters = usage.counters;
    if (name == "tokens") {
        return counters.tokens;
    }
    if (name == "cost") {
        return usage.priced ? std::optional<Json>(counters.costMicrocents) : std::nullopt;
    }
    if (name == "llm_calls") {
        return counters.llmCalls;
    }
    if (name == "duration") {
        return std::chrono::duration<double>(usage.now - counters.startedAt).count();
    }
    return std::nullopt;
}

std::string joined(const std::vector<std::string>& path)
{
    std::string text;
    for (std::size_t i = 1; i < path.size(); ++i) {
        text += (i == 1 ? "" : ".") + path[i];
    }
    return text;
}

} // namespace

std::optional<Json> CallScope::value(const std::vector<std::string>& path) const
{
    const auto& root = path.front();
    if (root == "facts") {
        const auto* fact = path.size() > 1 ? findFact(facts, joined(path)) : facts;
        return fact != nullptr ? std::optional(*fact) : std::nullopt;
    }
    if (path.size() != 2) {
        return std::nullopt;
    }
    const auto& name = path[1];
    if (root == "run") {
        return runValue(usage, name);
    }
    if (root == "decisions") {
        const auto found = decisions.find(name);
        return found != decisions.end() ? std::optional<Json>(found->second) : std::nullopt;
    }
    if (root != "call") {
        return std::nullopt;
    }
    return name == "project"      ? std::optional<Json>(project)
        : name == "model"         ? std::optional<Json>(model)
        : name == "user"          ? std::optional<Json>(user)
        : name == "output_tokens" ? std::optional<Json>(usage.callOutputTokens)
                                  : std::nullopt;
}

void CallScope::note(const std::vector<domain::Decision>& made)
{
    for (const auto& decision : made) {
        auto& known = decisions[decision.policyId];
        if (known != "BLOCK") {
            known = wireName(decision.result);
        }
    }
}

} // namespace exhibit::prevention
