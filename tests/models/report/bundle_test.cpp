// SPDX-License-Identifier: Apache-2.0
#include "models/report/bundle_json.h"

#include "models/report/recommended_actions.h"
#include "models/report/words.h"
#include "tests/models/report/facts_on_test.h"

#include <gtest/gtest.h>

namespace exhibit::report {
namespace {

BundleRequest request(Includes include = {Include::FullTrace, Include::RootCause})
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

TEST(Bundle, showsNoPersonInWhatWasWrittenOfThem)
{
    auto facts = factsOnTest();
    const std::string person = "ada@example.com";
    facts.incident.tags = {"of " + person};
    facts.incident.assignee = person;
    facts.incident.rootCause->shouldHave = "Ask " + person;
    facts.incident.rootCause->actuallyDid = "Told " + person;
    facts.steps[2].event.reason = "It names " + person;
    facts.impact = Entered<Impact>{1,
                                   "key_1",
                                   facts.incident.createdAt,
                                   {person + " was told",
                                    person + " alone",
                                    PersonalInformation{true, person + "'s", person, 1},
                                    RiskLevel::Low,
                                    person}};
    domain::Remediation remediation;
    remediation.action = "Write to " + person;
    remediation.owner = person;
    remediation.approver = person;
    facts.remediations = {remediation};
    auto all = request(everyInclude());
    const auto redacted = printJson(toJson(makeEvidenceBundle(facts, all).value()));
    EXPECT_EQ(redacted.find(person), redacted.npos) << redacted;
    EXPECT_NE(redacted.find("Write to ["), redacted.npos) << redacted;
    all.redact = false;
    const auto open = printJson(toJson(makeEvidenceBundle(facts, all).value()));
    for (const auto* said : {"of ", "Ask ", "Told ", "It names ", "Write to "}) {
        EXPECT_NE(open.find(said + person), open.npos) << said;
    }
}

/// The same run with a hash at each step that has one when it is recorded.
RecordedFacts withHashes(const std::string& answer)
{
    auto facts = factsOnTest();
    facts.steps[1].contentHash = sha256("facts");
    facts.steps[3].contentHash = sha256("answer");
    facts.steps[3].event.data.at("texts").at(0).as_object()["released"] = answer;
    return facts;
}

std::set<std::int64_t> hashedIn(const RecordedFacts& facts, const BundleRequest& asked)
{
    std::set<std::int64_t> steps;
    const auto bundle = makeEvidenceBundle(facts, asked).value();
    for (const auto& step : bundle.steps) {
        if (step.contentHash) {
            steps.insert(step.stepIndex);
            EXPECT_EQ(step.contentHash, facts.steps[step.stepIndex].contentHash);
        }
    }
    const Json json = toJson(bundle);
    for (const auto& step : json.at("steps").as_array()) {
        const Json* hash = findMember(step, "content_hash");
        EXPECT_TRUE(hash == nullptr || hash->is_string()) << "absent, and not null";
    }
    return steps;
}

TEST(Bundle, showsNoHashByWhichSomethingHiddenCouldBeGuessed)
{
    using Steps = std::set<std::int64_t>;
    const auto facts = withHashes("Call +49 30 901820, ");
    auto all = request({Include::FullTrace, Include::RawIo});
    EXPECT_EQ(hashedIn(facts, all), Steps{1}) << "who asked, and the number, are hidden";
    EXPECT_EQ(hashedIn(withHashes("Your contract "), all), (Steps{1, 3}));
    EXPECT_EQ(hashedIn(facts, request({Include::FullTrace})), Steps{1}) << "facts are shown";
    auto secret = facts;
    secret.steps[1].event.data.at("facts").as_object()["mail"] = "ada@example.com";
    EXPECT_EQ(hashedIn(secret, all), Steps{});

    all.redact = false;
    EXPECT_EQ(hashedIn(secret, all), (Steps{0, 1, 3}));
    auto words = request({Include::FullTrace});
    words.redact = false;
    EXPECT_EQ(hashedIn(secret, words), Steps{1}) << "what was said is left out by choice";
}

/// With another call in the run, and a decision beside the one that opened the incident.
RecordedFacts longerRun()
{
    auto facts = factsOnTest(1);
    RecordedStep cause;
    cause.event.stepIndex = 5;
    cause.event.time = facts.steps.back().event.time;
    cause.event.type = domain::StepType::RootCause;
    cause.event.callId = facts.incident.callId;
    cause.event.analysis = facts.incident.rootCause->analysis;
    cause.event.data = toJson(*facts.incident.rootCause);
    facts.steps.push_back(cause);
    RecordedStep other = facts.steps.front();
    other.event.stepIndex = 6;
    other.event.callId = CallId::generate();
    other.event.data = JsonObject{{"messages", JsonArray{"asked in another call"}}};
    facts.steps.push_back(other);
    return facts;
}

std::set<std::int64_t> stepsOf(const EvidenceBundle& bundle)
{
    std::set<std::int64_t> steps;
    for (const auto& step : bundle.steps) {
        steps.insert(step.stepIndex);
    }
    return steps;
}

TEST(Bundle, holdsWhatEachIncludeCoversAndSaysWhatWasLeftOut)
{
    const auto facts = longerRun();
    const auto without = [&facts](Include left) {
        auto include = everyInclude();
        include.erase(left);
        return makeEvidenceBundle(facts, request(include)).value();
    };
    const auto all = makeEvidenceBundle(facts, request(everyInclude())).value();
    EXPECT_EQ(stepsOf(all), (std::set<std::int64_t>{0, 1, 2, 3, 4, 5, 6}));
    EXPECT_TRUE(all.leftOut.empty());
    EXPECT_EQ(all.stepsRecorded, 7);

    const auto ownCall = without(Include::FullTrace);
    EXPECT_EQ(stepsOf(ownCall), (std::set<std::int64_t>{0, 1, 2, 3, 4, 5}));
    EXPECT_EQ(ownCall.stepsRecorded, 7);
    EXPECT_EQ(ownCall.durationUs, all.durationUs) << "of the run, whatever is shown of it";
    EXPECT_EQ(printJson(toJson(ownCall)).find("another call"), std::string::npos);

    const auto noLog = without(Include::PolicyLog);
    EXPECT_EQ(stepsOf(noLog), (std::set<std::int64_t>{0, 1, 2, 3, 5, 6}));
    EXPECT_EQ(noLog.steps[2].policy, "CONTENT_ACCURACY") << "what opened the incident stays";
    EXPECT_FALSE(noLog.steps[2].data);

    const auto noCause = without(Include::RootCause);
    EXPECT_EQ(stepsOf(noCause), (std::set<std::int64_t>{0, 1, 2, 3, 4, 6}));
    EXPECT_EQ(printJson(toJson(noCause)).find("The application sent"), std::string::npos);

    for (const auto& [action, because] : recommendedActions(noCause)) {
        EXPECT_EQ(action.find("Find the root cause"), action.npos) << "one may be recorded";
    }

    const auto noWords = without(Include::RawIo);
    EXPECT_EQ(stepsOf(noWords), stepsOf(all));
    EXPECT_EQ(printJson(toJson(noWords)).find("Will it renew?"), std::string::npos);
    EXPECT_TRUE(noWords.steps[2].data) << "decisions are not raw";

    for (const auto include : everyInclude()) {
        EXPECT_EQ(without(include).leftOut, std::vector{std::string(wireName(include))});
    }
}

TEST(Bundle, namesTheKeysThatActedAndTheCurrency)
{
    auto facts = factsOnTest();
    facts.keyLabels = {{"key_1", "Night desk"}, {"key_2", "R. Lindqvist"}, {"key_3", "unused"}};
    facts.impact = Entered<Impact>{1, "key_2", facts.incident.createdAt, {"A contract.", "", {}}};
    const auto bundle = makeEvidenceBundle(facts, request()).value();
    ASSERT_EQ(bundle.keyLabels.size(), 2U) << "of those that it names";
    EXPECT_EQ(bundle.keyLabels[1].label, "R. Lindqvist");
    EXPECT_EQ(namedKey(bundle.keyLabels, "key_1"), "key_1 (Night desk)");
    EXPECT_EQ(namedKey(bundle.keyLabels, "key_9"), "key_9");
    EXPECT_EQ(costInWords(2'345'678, bundle.currency), "USD 0.02345678");
    EXPECT_EQ(costInWords(2'345'678, {}), "0.02345678 of a currency that is not recorded");
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
