// SPDX-License-Identifier: Apache-2.0
#include "models/domain/snapshot.h"

#include "models/base/canonical_json.h"

#include <algorithm>

namespace exhibit::domain {
namespace {

constexpr std::size_t kIdDigits = 12;

/// rulings.md 28. Both parts are canonical and "policies" sorts before "thresholds", so the whole
/// is canonical without another pass.
Digest hashContent(const std::string& policiesJson, const std::string& thresholdsJson)
{
    return Sha256()
        .update(R"({"policies":)")
        .update(policiesJson)
        .update(R"(,"thresholds":)")
        .update(thresholdsJson)
        .update("}")
        .finish();
}

std::string idOf(const Digest& contentHash)
{
    return "SNAP-" + toHex(asView(contentHash)).substr(0, kIdDigits);
}

Error corrupt(const Error& error, const std::string& snapshotId)
{
    return {ErrorCode::Corrupt,
            "the stored policy snapshot is damaged: " + error.message,
            snapshotId + error.subject};
}

Result<std::vector<Policy>> readPolicies(const std::string& policiesJson)
{
    EXHIBIT_TRY(const Json json, parseCanonicalJson(policiesJson));
    const auto* array = json.if_array();
    if (array == nullptr) {
        return fail(ErrorCode::InvalidInput, "expected an array");
    }
    std::vector<Policy> policies;
    policies.reserve(array->size());
    for (const auto& element : *array) {
        EXHIBIT_TRY(auto policy,
                    policyFromJson(element, appendPointer({}, std::to_string(policies.size()))));
        policies.push_back(std::move(policy));
    }
    return policies;
}

} // namespace

Result<PolicySnapshot> makeSnapshot(TenantId tenant,
                                    const std::vector<Policy>& policies,
                                    const Json& thresholds)
{
    PolicySnapshot snapshot;
    snapshot.tenantId = tenant;
    std::copy_if(policies.begin(),
                 policies.end(),
                 std::back_inserter(snapshot.policies),
                 [](const Policy& policy) { return policy.enabled; });
    auto& kept = snapshot.policies;
    if (kept.size() > limits::kPoliciesPerSnapshotMax) {
        return fail(ErrorCode::TooLarge,
                    "a snapshot holds at most " + std::to_string(limits::kPoliciesPerSnapshotMax)
                        + " policies; disable some");
    }
    std::sort(kept.begin(), kept.end(), [](const Policy& a, const Policy& b) {
        return a.policyId < b.policyId;
    });
    const auto twice
        = std::adjacent_find(kept.begin(), kept.end(), [](const Policy& a, const Policy& b) {
              return a.policyId == b.policyId;
          });
    if (twice != kept.end()) {
        return fail(ErrorCode::Conflict, "two policies have the same id", twice->policyId);
    }
    JsonArray documents;
    for (const auto& policy : kept) {
        documents.push_back(policyToJson(policy));
    }
    EXHIBIT_TRY(snapshot.policiesJson, canonicalJson(Json(std::move(documents))));
    EXHIBIT_TRY(snapshot.thresholdsJson, canonicalJson(thresholds));
    snapshot.contentHash = hashContent(snapshot.policiesJson, snapshot.thresholdsJson);
    snapshot.snapshotId = idOf(snapshot.contentHash);
    snapshot.createdAt = utcNow();
    return snapshot;
}

Result<PolicySnapshot> loadSnapshot(TenantId tenant,
                                    std::string policiesJson,
                                    std::string thresholdsJson,
                                    const Digest& contentHash,
                                    UtcTime createdAt)
{
    const std::string snapshotId = idOf(contentHash);
    if (hashContent(policiesJson, thresholdsJson) != contentHash) {
        return fail(ErrorCode::Corrupt,
                    "the stored policy snapshot does not have the hash it was stored under",
                    snapshotId);
    }
    auto policies = readPolicies(policiesJson);
    if (!policies) {
        return tl::make_unexpected(corrupt(policies.error(), snapshotId));
    }
    if (const auto thresholds = parseCanonicalJson(thresholdsJson); !thresholds) {
        return tl::make_unexpected(corrupt(thresholds.error(), snapshotId));
    }
    return PolicySnapshot{.snapshotId = snapshotId,
                          .tenantId = tenant,
                          .contentHash = contentHash,
                          .policiesJson = std::move(policiesJson),
                          .thresholdsJson = std::move(thresholdsJson),
                          .policies = *std::move(policies),
                          .createdAt = createdAt};
}

} // namespace exhibit::domain
