// SPDX-License-Identifier: Apache-2.0
#include "server/api/policy_documents.h"

#include "models/base/limits.h"
#include "server/prevention/compiled_snapshot.h"

#include <set>

namespace exhibit::api {

Result<domain::Policy> readPolicy(const Json& document, const std::string& pointer)
{
    EXHIBIT_TRY(auto policy, domain::policyFromJson(document, pointer));
    if (auto checked = prevention::checkPolicy(policy); !checked) {
        checked.error().subject = pointer + checked.error().subject;
        return tl::make_unexpected(std::move(checked).error());
    }
    return policy;
}

Result<std::vector<domain::Policy>> readPolicies(const std::vector<Json>& documents)
{
    if (documents.empty()) {
        return fail(ErrorCode::InvalidInput, "expected an array of policies", "/policies");
    }
    if (documents.size() > limits::kPoliciesPerSnapshotMax) {
        return fail(ErrorCode::InvalidInput,
                    "at most " + std::to_string(limits::kPoliciesPerSnapshotMax)
                        + " policies at once",
                    "/policies");
    }
    std::vector<domain::Policy> policies;
    std::set<std::string> ids;
    for (const auto& document : documents) {
        const auto pointer = "/policies/" + std::to_string(policies.size());
        EXHIBIT_TRY(auto policy, readPolicy(document, pointer));
        if (!ids.insert(policy.policyId).second) {
            return fail(ErrorCode::InvalidInput,
                        "this policy stands in the list twice",
                        pointer + "/policy_id");
        }
        policies.push_back(std::move(policy));
    }
    return policies;
}

} // namespace exhibit::api
