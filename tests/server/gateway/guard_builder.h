// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json.h"
#include "server/prevention/call_guard.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace exhibit::gateway {

/// A real guard under policies written as JSON.
inline std::unique_ptr<prevention::CallGuard> guardWith(const std::vector<std::string>& documents,
                                                        const Json* facts = nullptr)
{
    std::vector<domain::Policy> policies;
    for (const auto& document : documents) {
        const auto json = parseJson(document);
        EXPECT_TRUE(json.has_value()) << document;
        auto policy = domain::policyFromJson(json.value_or(Json{}));
        EXPECT_TRUE(policy.has_value()) << (policy ? "" : policy.error().message);
        if (policy) {
            policies.push_back(*std::move(policy));
        }
    }
    auto snapshot = domain::makeSnapshot(TenantId::generate(), policies);
    EXPECT_TRUE(snapshot.has_value());
    auto compiled = prevention::CompiledSnapshot::compile(
        std::make_shared<const domain::PolicySnapshot>(*std::move(snapshot)));
    EXPECT_TRUE(compiled.has_value()) << (compiled ? "" : compiled.error().message);
    prevention::CallSubject subject;
    subject.project = "demo";
    subject.model = "gpt-4o";
    subject.facts = facts;
    return std::make_unique<prevention::CallGuard>(*compiled, subject);
}

inline std::string patternPolicy(const std::string& id,
                                 const std::string& mode,
                                 const std::string& pattern,
                                 const std::string& stage = "output")
{
    JsonObject policy;
    policy["policy_id"] = id;
    policy["version"] = 1;
    policy["title"] = id;
    policy["category"] = "test";
    policy["severity"] = "high";
    policy["stage"] = JsonArray{Json(stage)};
    policy["mode"] = mode;
    policy["rule"] = JsonObject{{"type", "patterns"},
                                {"patterns", JsonArray{JsonObject{{"pattern", pattern}}}},
                                {"placeholder", "[GONE]"}};
    policy["expected_behaviour"] = "Leave it out.";
    return printJson(policy);
}

} // namespace exhibit::gateway
