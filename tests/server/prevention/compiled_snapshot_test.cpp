// SPDX-License-Identifier: Apache-2.0
#include "server/prevention/automata.h"
#include "tests/server/prevention/sample_policies.h"

#include <gtest/gtest.h>

using namespace exhibit;
using namespace exhibit::prevention;
using domain::Mode;

namespace {

std::string faultOf(const domain::Policy& policy)
{
    const auto checked = checkPolicy(policy);
    return checked ? "none" : checked.error().subject;
}

std::shared_ptr<const domain::PolicySnapshot> snapshotOf(TenantId tenant, const std::string& id)
{
    return std::make_shared<const domain::PolicySnapshot>(
        domain::makeSnapshot(tenant, {sample::patterns(id, Mode::Block, {"x"})}).value());
}

} // namespace

TEST(CheckPolicy, namesThePatternThatDoesNotCompile)
{
    EXPECT_EQ(faultOf(sample::patterns("P", Mode::Block, {"a", "b+"})), "none");
    EXPECT_EQ(faultOf(sample::patterns("P", Mode::Block, {"a", "(b"})), "/rule/patterns/1");
    EXPECT_EQ(faultOf(sample::patterns("P", Mode::Block, {"(a)\\1"})), "/rule/patterns/0");
    EXPECT_EQ(faultOf(sample::patterns("P", Mode::Block, {"a*"})), "/rule/patterns/0");
    auto accuracy = sample::accuracy(Mode::Block);
    std::get<domain::MissingContextRule>(accuracy.rule).hedges.at(1).pattern = "[";
    EXPECT_EQ(faultOf(accuracy), "/rule/hedges/1");
    std::get<domain::MissingContextRule>(accuracy.rule).claims.at(0).pattern = "^a";
    EXPECT_EQ(faultOf(accuracy), "/rule/claims/0");
}

TEST(CheckPolicy, namesTheValidatorThatDoesNotExist)
{
    auto policy = sample::patterns("P", Mode::Block, {"a", "[0-9]{4}"});
    auto& patterns = std::get<domain::PatternsRule>(policy.rule).patterns;
    patterns.at(1).validator = "luhn";
    EXPECT_EQ(faultOf(policy), "none");
    patterns.at(1).validator = "moon";
    EXPECT_EQ(faultOf(policy), "/rule/patterns/1/validator");
    patterns.at(1) = {"[0-9]+", std::nullopt, "luhn", std::nullopt};
    EXPECT_EQ(faultOf(policy), "/rule/patterns/1");
}

TEST(CheckPolicy, thresholdsHaveNothingToCompile)
{
    EXPECT_EQ(faultOf(sample::threshold(domain::Metric::RunTokens, Mode::Block, 1)), "none");
}

TEST(CompiledSnapshot, namesThePolicyThatDoesNotCompile)
{
    const auto snapshot = std::make_shared<const domain::PolicySnapshot>(
        domain::makeSnapshot(TenantId{}, {sample::patterns("BROKEN", Mode::Block, {"("})}).value());
    const auto compiled = CompiledSnapshot::compile(snapshot);
    ASSERT_FALSE(compiled);
    EXPECT_EQ(compiled.error().subject, "BROKEN");
}

TEST(CompiledSnapshot, aPlanIsMadeOnceForEachSetOfPolicies)
{
    const auto snapshot = sample::compiled(
        {sample::patterns("A", Mode::Block, {"a"}), sample::patterns("B", Mode::Warn, {"b"})});
    const auto both = snapshot->automata().plan({0, 1}).value();
    const auto one = snapshot->automata().plan({1}).value();
    EXPECT_EQ(snapshot->automata().plan({0, 1}).value(), both);
    EXPECT_EQ(snapshot->automata().plan({1}).value(), one);
    EXPECT_NE(one, both);
    EXPECT_EQ(one->policies.size(), 1U);
    EXPECT_EQ(both->patterns->size(), 2U);
}

TEST(CompiledSnapshot, keepsALimitedNumberOfPlans)
{
    std::vector<domain::Policy> policies;
    for (std::size_t i = 0; i <= limits::kStagePlansMax; ++i) {
        policies.push_back(sample::patterns("P" + std::to_string(100 + i), Mode::Block, {"a"}));
    }
    const auto snapshot = sample::compiled(policies);
    const auto first = snapshot->automata().plan({0}).value();
    for (std::uint32_t i = 1; i <= limits::kStagePlansMax; ++i) {
        static_cast<void>(snapshot->automata().plan({i}));
    }
    EXPECT_NE(snapshot->automata().plan({0}).value(), first);
}

TEST(SnapshotCache, compilesEachSnapshotOnce)
{
    SnapshotCache cache;
    const auto tenant = TenantId::generate();
    const auto first = cache.get(snapshotOf(tenant, "A")).value();
    EXPECT_EQ(cache.get(snapshotOf(tenant, "A")).value(), first);
    EXPECT_NE(cache.get(snapshotOf(tenant, "B")).value(), first);
    EXPECT_NE(cache.get(snapshotOf(TenantId::generate(), "A")).value(), first);
}

TEST(SnapshotCache, forgetsTheOldestBeyondItsLimit)
{
    SnapshotCache cache;
    const auto tenant = TenantId::generate();
    const auto first = cache.get(snapshotOf(tenant, "A")).value();
    for (std::size_t i = 0; i < limits::kCompiledSnapshotsMax; ++i) {
        static_cast<void>(cache.get(snapshotOf(tenant, "P" + std::to_string(i))));
    }
    EXPECT_NE(cache.get(snapshotOf(tenant, "A")).value(), first);
}
