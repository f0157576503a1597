// SPDX-License-Identifier: Apache-2.0
#include "models/domain/snapshot.h"

#include "models/base/canonical_json.h"

#include <gtest/gtest.h>

namespace domain = exhibit::domain;
using exhibit::ErrorCode;
using exhibit::JsonObject;

namespace {

const exhibit::TenantId kTenant{exhibit::Uuid{{1}}};

domain::Policy policy(const std::string& id, std::int64_t max)
{
    domain::Policy result;
    result.policyId = id;
    result.title = "t";
    result.severity = domain::Severity::Low;
    result.stages = {domain::Stage::Run};
    result.mode = domain::Mode::Block;
    result.rule = domain::ThresholdRule{domain::Metric::RunTokens, std::nullopt, max};
    return result;
}

exhibit::Result<domain::PolicySnapshot> reload(const domain::PolicySnapshot& snapshot,
                                               const std::string& policies)
{
    return domain::loadSnapshot(
        kTenant, policies, snapshot.thresholdsJson, snapshot.contentHash, snapshot.createdAt);
}

} // namespace

// The hash stands in evidence: should this test fail, stored snapshots have changed their names.
TEST(Snapshot, hashIsThatOfTheCanonicalContent)
{
    const auto snapshot = domain::makeSnapshot(kTenant, {policy("B", 10)}).value();
    EXPECT_EQ(snapshot.policiesJson,
              R"([{"applies_to":{"models":[],"projects":[],"users":[]},"category":"",)"
              R"("enabled":true,"expected_behaviour":"","mode":"block","policy_id":"B",)"
              R"("references":[],"rule":{"max":10,"metric":"run.tokens","type":"threshold"},)"
              R"("severity":"low","stage":["run"],"title":"t","version":1}])");
    EXPECT_EQ(snapshot.thresholdsJson, "{}");
    EXPECT_EQ(exhibit::toHex(exhibit::asView(snapshot.contentHash)),
              "86b1c35b5c997f9e261e7a54db53a22499578e3a49b1017dc241fe761110743d");
    EXPECT_EQ(snapshot.snapshotId, "SNAP-86b1c35b5c99");
}

TEST(Snapshot, orderAndDisabledPoliciesDoNotMatter)
{
    auto disabled = policy("C", 1);
    disabled.enabled = false;
    const auto one = domain::makeSnapshot(kTenant, {policy("A", 1), policy("B", 2)}).value();
    const auto two
        = domain::makeSnapshot(kTenant, {policy("B", 2), disabled, policy("A", 1)}).value();
    EXPECT_EQ(one.contentHash, two.contentHash);
    EXPECT_EQ(one.policies.size(), 2U);
    EXPECT_EQ(one.policies.front().policyId, "A");
}

TEST(Snapshot, everyChangeOfContentChangesTheHash)
{
    const auto base = domain::makeSnapshot(kTenant, {policy("A", 1)}).value();
    EXPECT_NE(domain::makeSnapshot(kTenant, {policy("A", 2)}).value().contentHash,
              base.contentHash);
    EXPECT_NE(
        domain::makeSnapshot(kTenant, {policy("A", 1)}, JsonObject{{"n", 1}}).value().contentHash,
        base.contentHash);
}

TEST(Snapshot, decimalsInThresholdsMustBeStrings)
{
    EXPECT_TRUE(domain::makeSnapshot(kTenant, {}, JsonObject{{"cost", "1.50"}}));
    const auto refused = domain::makeSnapshot(kTenant, {}, JsonObject{{"cost", 1.5}});
    EXPECT_EQ(refused.error().code, ErrorCode::InvalidInput);
    EXPECT_EQ(refused.error().subject, "/cost");
}

TEST(Snapshot, refusesTwoPoliciesOfOneId)
{
    const auto twice = domain::makeSnapshot(kTenant, {policy("A", 1), policy("A", 2)});
    EXPECT_EQ(twice.error().code, ErrorCode::Conflict);
    EXPECT_EQ(twice.error().subject, "A");
}

TEST(Snapshot, numberOfPoliciesIsLimited)
{
    std::vector<domain::Policy> policies;
    for (std::size_t i = 0; i < exhibit::limits::kPoliciesPerSnapshotMax; ++i) {
        policies.push_back(policy("P" + std::to_string(i), 1));
    }
    EXPECT_TRUE(domain::makeSnapshot(kTenant, policies));
    policies.push_back(policy("ONE_MORE", 1));
    EXPECT_EQ(domain::makeSnapshot(kTenant, policies).error().code, ErrorCode::TooLarge);
}

TEST(Snapshot, loadsWhatWasMade)
{
    const auto made = domain::makeSnapshot(kTenant, {policy("A", 1), policy("B", 2)}).value();
    const auto loaded = reload(made, made.policiesJson).value();
    EXPECT_EQ(loaded.snapshotId, made.snapshotId);
    EXPECT_EQ(loaded.contentHash, made.contentHash);
    EXPECT_EQ(loaded.tenantId, kTenant);
    EXPECT_EQ(loaded.createdAt, made.createdAt);
    ASSERT_EQ(loaded.policies.size(), 2U);
    EXPECT_EQ(std::get<domain::ThresholdRule>(loaded.policies.back().rule).max, 2);
}

TEST(Snapshot, tamperedContentIsCorrupt)
{
    const auto made = domain::makeSnapshot(kTenant, {policy("A", 1)}).value();
    auto tampered = made.policiesJson;
    tampered.replace(tampered.find("block"), 5, "warn!");
    const auto loaded = reload(made, tampered);
    EXPECT_EQ(loaded.error().code, ErrorCode::Corrupt);
    EXPECT_EQ(loaded.error().subject, made.snapshotId);
}

TEST(Snapshot, contentThatIsNotCanonicalIsCorruptEvenWithItsHash)
{
    const std::string spaced = "[ ]";
    const auto hash = exhibit::sha256(R"({"policies":[ ],"thresholds":{}})");
    const auto loaded = domain::loadSnapshot(kTenant, spaced, "{}", hash, {});
    EXPECT_EQ(loaded.error().code, ErrorCode::Corrupt);
    const std::string noPolicies = R"(["x"])";
    const auto other = exhibit::sha256(R"({"policies":["x"],"thresholds":{}})");
    EXPECT_EQ(domain::loadSnapshot(kTenant, noPolicies, "{}", other, {}).error().code,
              ErrorCode::Corrupt);
}
