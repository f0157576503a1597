// SPDX-License-Identifier: Apache-2.0
#include "models/report/left_out.h"

#include "models/report/bundle_json.h"
#include "models/report/executive_debrief.h"
#include "models/report/production.h"
#include "tests/models/report/facts_on_test.h"

#include <gtest/gtest.h>

namespace exhibit::report {
namespace {

EvidenceBundle everything()
{
    auto facts = factsOnTest();
    facts.incident.excerpt = "will auto-renew";
    facts.incident.sessionId = "session-7";
    facts.incident.tags = {"vip"};
    facts.run.terminationReason = domain::TerminationReason::PolicyBlock;
    facts.run.violationPolicyId = "CONTENT_ACCURACY";
    return makeEvidenceBundle(
               facts,
               {.bundleId = "b1",
                .createdAt = fromMicroseconds(1'795'000'100'000'000),
                .exportedBy = "key_1",
                .include
                = {Include::FullTrace, Include::RawIo, Include::PolicyLog, Include::RootCause},
                .redact = false})
        .value();
}

/// What goes out, the debrief that is made of it included.
std::string textOf(const EvidenceBundle& bundle)
{
    return printJson(toJson(bundle)) + printJson(toJson(makeExecutiveDebrief(bundle)));
}

TEST(LeftOut, whatAFieldSaysStandsNowhereInTheBundle)
{
    const std::string hash = toHex(asView(sha256("request"))); // Over the facts and the user too.
    const struct {
        const char* path;
        std::vector<std::string> said;
    } cases[] = {
        {"/user_id", {R"("user_id":"ada@example.com")", hash}},
        {"/facts", {"Business", "contract.plan", "The application sent", hash}},
        {"/request", {"Will it renew?", hash}},
        {"/request/sent", {"Will it renew?"}},
        {"/response/released", {"Your contract,", "will auto-renew", hash}},
        {"/response/withheld", {"Your contract,", "will auto-renew"}},
        {"/decision", {"Definite claim about", "The application sent"}},
        {"/inflection", {R"("byte_offset":97)", "event 43"}},
        {"/incident",
         {"Answer asserted",
          R"("excerpt":"will)",
          "session-7",
          "vip",
          "The application sent",
          hash}},
        {"/stop", {"policy_block", "violation_policy_id\":\"CONTENT"}},
    };
    const std::string all = textOf(everything());
    for (const auto& [path, said] : cases) {
        auto bundle = everything();
        const std::string paths[] = {path};
        ASSERT_TRUE(leaveOut(bundle, paths)) << path;
        const std::string left = textOf(bundle);
        for (const auto& text : said) {
            EXPECT_NE(all.find(text), std::string::npos) << "the test looks for nothing: " << text;
            EXPECT_EQ(left.find(text), std::string::npos) << path << ": " << text;
        }
        const auto read = fromJson<EvidenceBundle>(toJson(bundle), UnknownMembers::Reject);
        EXPECT_TRUE(read) << path << ": " << read.error().message;
    }
}

TEST(LeftOut, aWithheldAnswerCannotBeGuessedFromTheRequestsAfterIt)
{
    auto bundle = everything();
    ASSERT_TRUE(bundle.steps[0].contentHash);
    withholdSteps(bundle, {});
    EXPECT_TRUE(bundle.steps[0].contentHash) << "nothing is withheld";
    withholdSteps(bundle, {{.stepIndex = 3, .basis = "b", .description = "d"}});
    EXPECT_FALSE(bundle.steps[0].contentHash);
}

TEST(LeftOut, whatTheBundleCannotDoWithoutIsRefused)
{
    for (const auto* path : {"/run_id", "/usage", "/nonsense", "facts", ""}) {
        auto bundle = everything();
        const std::string paths[] = {"/facts", path};
        const auto done = leaveOut(bundle, paths);
        ASSERT_FALSE(done) << path;
        EXPECT_EQ(done.error().code, ErrorCode::InvalidInput);
        EXPECT_EQ(done.error().subject, "/redactions");
    }
    auto bundle = everything();
    const std::string before = textOf(bundle);
    const std::string paths[] = {"/spool", "/endpoint"};
    ASSERT_TRUE(leaveOut(bundle, paths));
    EXPECT_EQ(textOf(bundle), before) << "they are not in it";
}

} // namespace
} // namespace exhibit::report
