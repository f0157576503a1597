// SPDX-License-Identifier: Apache-2.0
#include "models/report/bundle_json.h"

#include "tests/models/report/facts_on_test.h"

#include <gtest/gtest.h>

namespace exhibit::report {
namespace {

BundleRequest request(std::set<Include> include = {Include::FullTrace, Include::RootCause})
{
    return {.bundleId = "b1",
            .createdAt = fromMicroseconds(1'795'000'100'000'000),
            .exportedBy = "key_1",
            .reason = "regulator asked",
            .include = std::move(include)};
}

TEST(Bundle, saysWhatWasRecordedAndNamesTheStepThatBrokeThePolicy)
{
    const auto bundle = makeEvidenceBundle(factsOnTest(), request()).value();
    ASSERT_TRUE(bundle.violation);
    EXPECT_EQ(bundle.violation->stepIndex, 2);
    EXPECT_EQ(bundle.violation->byteOffset, 97);
    EXPECT_EQ(bundle.violation->result, domain::DecisionResult::Block);
    EXPECT_EQ(bundle.durationUs, 3000);
    EXPECT_EQ(bundle.tokens, 47);
    EXPECT_EQ(bundle.totalCostCents, 2);
    ASSERT_EQ(bundle.steps.size(), 4U);
    EXPECT_EQ(bundle.steps[0].contentHash, sha256("request"));
    EXPECT_EQ(bundle.steps[1].detail, "contract.auto_renew is null; 1 fact present");
    ASSERT_EQ(bundle.facts.size(), 2U);
    EXPECT_EQ(bundle.facts[0].state, "null");
    EXPECT_EQ(bundle.facts[1].value, "\"Business\"");
    EXPECT_FALSE(bundle.snapshot); // Not recorded: not invented.
    EXPECT_FALSE(bundle.violatedPolicy);
}

TEST(Bundle, showsNoPersonAndNoSecretUnlessAskedTo)
{
    const auto facts = factsOnTest();
    auto all = request({Include::FullTrace, Include::RawIo, Include::PolicyLog});
    const std::string redacted = printJson(toJson(makeEvidenceBundle(facts, all).value()));
    EXPECT_EQ(redacted.find("ada@"), redacted.npos);
    EXPECT_NE(redacted.find("Will it renew?"), redacted.npos);
    all.redact = false;
    const std::string open = printJson(toJson(makeEvidenceBundle(facts, all).value()));
    EXPECT_NE(open.find("I am ada@example.com"), open.npos);
    EXPECT_NE(open.find(R"("user_id":"ada@example.com")"), open.npos);
}

TEST(Bundle, holdsContentOnlyWithTheIncludeThatCoversIt)
{
    const auto facts = factsOnTest();
    const auto lean = makeEvidenceBundle(facts, request({})).value();
    EXPECT_FALSE(lean.steps[0].data);
    EXPECT_FALSE(lean.steps[2].data);
    EXPECT_FALSE(lean.incident.rootCause);
    const auto log = makeEvidenceBundle(facts, request({Include::PolicyLog})).value();
    EXPECT_FALSE(log.steps[0].data);
    EXPECT_TRUE(log.steps[2].data);
    const auto raw = makeEvidenceBundle(facts, request({Include::RawIo})).value();
    EXPECT_TRUE(raw.steps[0].data);
}

TEST(Bundle, isReadBackAsItWasWritten)
{
    const auto bundle
        = makeEvidenceBundle(factsOnTest(3), request({Include::RawIo, Include::RootCause})).value();
    const Json json = toJson(bundle);
    const auto read = fromJson<EvidenceBundle>(json, UnknownMembers::Reject);
    ASSERT_TRUE(read) << read.error().message << read.error().subject;
    EXPECT_EQ(toJson(*read), json);
}

} // namespace
} // namespace exhibit::report
