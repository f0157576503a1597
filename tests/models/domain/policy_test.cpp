// SPDX-License-Identifier: Apache-2.0
#include "models/domain/policy.h"

#include <gtest/gtest.h>

namespace domain = exhibit::domain;
using exhibit::Json;
using exhibit::JsonArray;
using exhibit::JsonObject;

namespace {

constexpr std::string_view kContentAccuracy = R"({
  "policy_id": "CONTENT_ACCURACY", "version": 4, "title": "No assertion without data",
  "category": "accuracy", "severity": "high", "stage": ["output"], "mode": "block",
  "applies_to": {"projects": ["*"], "models": ["gpt-4o*"], "users": ["*"]},
  "rule": {"type": "missing_context", "fact": "contract.auto_renew",
           "claims": ["renews"], "hedges": ["not sure"]},
  "on_error": "block", "expected_behaviour": "Say that the value is not known.",
  "references": ["OWASP-LLM09"], "enabled": true
})";

Json patternsPolicy()
{
    return exhibit::parseJson(R"({"policy_id":"P","title":"t","severity":"low","stage":"output",
        "mode":"monitor","rule":{"type":"patterns","patterns":["a"]}})")
        .value();
}

Json thresholdPolicy()
{
    return exhibit::parseJson(R"({"policy_id":"B","title":"t","severity":"low","stage":"run",
        "mode":"block","rule":{"type":"threshold","metric":"run.tokens","max":10}})")
        .value();
}

/// The pointer of the fault, or "none".
std::string faultOf(const Json& json)
{
    const auto policy = domain::policyFromJson(json);
    return policy ? "none" : policy.error().subject;
}

std::string faultWith(Json json, std::string_view name, Json value)
{
    json.get_object()[name] = std::move(value);
    return faultOf(json);
}

std::string faultWithRule(Json json, std::string_view name, Json value)
{
    json.at("rule").get_object()[name] = std::move(value);
    return faultOf(json);
}

JsonArray repeated(std::size_t count, const Json& value)
{
    return JsonArray(count, value);
}

} // namespace

TEST(Policy, readsAWholeDocument)
{
    const auto policy
        = domain::policyFromJson(exhibit::parseJson(kContentAccuracy).value()).value();
    EXPECT_EQ(policy.policyId, "CONTENT_ACCURACY");
    EXPECT_EQ(policy.version, 4);
    EXPECT_EQ(policy.severity, domain::Severity::High);
    EXPECT_EQ(policy.stages, std::vector{domain::Stage::Output});
    EXPECT_EQ(policy.appliesTo.models, std::vector<std::string>{"gpt-4o*"});
    const auto& rule = std::get<domain::MissingContextRule>(policy.rule);
    EXPECT_EQ(rule.fact, "contract.auto_renew");
    EXPECT_EQ(rule.claims.at(0).pattern, "renews");
    EXPECT_EQ(rule.hedges.at(0).pattern, "not sure");
    EXPECT_EQ(policy.onError, domain::OnError::Block);
}

TEST(Policy, stagesAndPatternsHaveAShortAndALongForm)
{
    auto json = patternsPolicy();
    json.get_object()["stage"] = JsonArray{"input", "output"};
    json.at("rule").get_object()["patterns"] = JsonArray{
        "plain", JsonObject{{"pattern", "p"}, {"max_width", 12}, {"validator", "luhn"}}};
    const auto policy = domain::policyFromJson(json).value();
    EXPECT_EQ(policy.stages.size(), 2U);
    const auto& patterns = std::get<domain::PatternsRule>(policy.rule).patterns;
    EXPECT_EQ(patterns.at(0).pattern, "plain");
    EXPECT_EQ(patterns.at(1).maxWidth, 12U);
    EXPECT_EQ(patterns.at(1).validator, "luhn");
    EXPECT_FALSE(patterns.at(1).placeholder);
}

TEST(Policy, writesWhatItReads)
{
    for (const auto& json :
         {exhibit::parseJson(kContentAccuracy).value(), patternsPolicy(), thresholdPolicy()}) {
        const auto policy = domain::policyFromJson(json).value();
        const auto written = domain::policyToJson(policy);
        EXPECT_EQ(domain::policyToJson(domain::policyFromJson(written).value()), written);
    }
}

TEST(Policy, onErrorDefaultsByMode)
{
    auto policy = domain::policyFromJson(patternsPolicy()).value();
    EXPECT_EQ(policy.effectiveOnError(), domain::OnError::Allow);
    policy.mode = domain::Mode::Redact;
    EXPECT_EQ(policy.effectiveOnError(), domain::OnError::Allow);
    policy.mode = domain::Mode::Block;
    EXPECT_EQ(policy.effectiveOnError(), domain::OnError::Block);
    policy.onError = domain::OnError::Allow;
    EXPECT_EQ(policy.effectiveOnError(), domain::OnError::Allow);
}

TEST(Policy, faultsNameTheirPointer)
{
    EXPECT_EQ(faultOf(patternsPolicy()), "none");
    EXPECT_EQ(faultOf(JsonArray{}), "");
    EXPECT_EQ(faultWith(patternsPolicy(), "unknown", 1), "/unknown");
    EXPECT_EQ(faultWith(patternsPolicy(), "policy_id", "lower"), "/policy_id");
    EXPECT_EQ(faultWith(patternsPolicy(), "policy_id", ""), "/policy_id");
    EXPECT_EQ(faultWith(patternsPolicy(), "version", 0), "/version");
    EXPECT_EQ(faultWith(patternsPolicy(), "version", std::int64_t{1} << 53), "/version");
    EXPECT_EQ(faultWith(patternsPolicy(), "title", ""), "/title");
    EXPECT_EQ(faultWith(patternsPolicy(), "severity", "awful"), "/severity");
    EXPECT_EQ(faultWith(patternsPolicy(), "stage", "never"), "/stage");
    EXPECT_EQ(faultWith(patternsPolicy(), "stage", JsonArray{}), "/stage");
    EXPECT_EQ(faultWith(patternsPolicy(), "stage", JsonArray{"output", "later"}), "/stage/1");
    EXPECT_EQ(faultWith(patternsPolicy(), "stage", JsonArray{"output", "output"}), "/stage");
    EXPECT_EQ(faultWith(patternsPolicy(), "mode", "shout"), "/mode");
    EXPECT_EQ(faultWith(patternsPolicy(), "applies_to", JsonObject{{"model", "x"}}),
              "/applies_to/model");
    EXPECT_EQ(faultWith(patternsPolicy(), "failure_code", "oops"), "/failure_code");
    EXPECT_EQ(faultWith(patternsPolicy(), "rule", JsonObject{}), "/rule/type");
    EXPECT_EQ(faultWithRule(patternsPolicy(), "type", "judge"), "/rule/type");
    EXPECT_EQ(faultWithRule(patternsPolicy(), "fact", "x"), "/rule/fact");
    EXPECT_EQ(faultWithRule(patternsPolicy(), "patterns", JsonArray{}), "/rule/patterns");
    EXPECT_EQ(faultWithRule(patternsPolicy(), "patterns", JsonArray{"a", 7}), "/rule/patterns/1");
    EXPECT_EQ(faultWithRule(patternsPolicy(), "patterns", JsonArray{""}), "/rule/patterns/0");
    EXPECT_EQ(faultWithRule(patternsPolicy(), "patterns", JsonArray{JsonObject{{"regex", "a"}}}),
              "/rule/patterns/0/pattern");
}

TEST(Policy, pointersBeginWhereTheDocumentStands)
{
    auto json = patternsPolicy();
    json.get_object()["title"] = "";
    EXPECT_EQ(domain::policyFromJson(json, "/3").error().subject, "/3/title");
}

TEST(Policy, rulesRunOnlyAtTheirStages)
{
    EXPECT_EQ(faultWith(patternsPolicy(), "stage", "run"), "/stage");
    EXPECT_EQ(faultWith(patternsPolicy(), "stage", "tool_call"), "none");
    auto redacting = patternsPolicy();
    redacting.get_object()["mode"] = "redact";
    EXPECT_EQ(faultWith(redacting, "stage", "tool_call"), "/mode");
    EXPECT_EQ(faultWith(thresholdPolicy(), "stage", "output"), "/stage");
    auto accuracy = exhibit::parseJson(kContentAccuracy).value();
    EXPECT_EQ(faultWith(accuracy, "stage", "input"), "/stage");
}

TEST(Policy, onlyPatternsCanRedact)
{
    EXPECT_EQ(faultWith(patternsPolicy(), "mode", "redact"), "none");
    EXPECT_EQ(faultWith(thresholdPolicy(), "mode", "redact"), "/mode");
    EXPECT_EQ(faultWith(exhibit::parseJson(kContentAccuracy).value(), "mode", "redact"), "/mode");
}

TEST(Policy, thresholdsAreInOrder)
{
    EXPECT_EQ(faultOf(thresholdPolicy()), "none");
    EXPECT_EQ(faultWithRule(thresholdPolicy(), "max", -1), "/rule/max");
    EXPECT_EQ(faultWithRule(thresholdPolicy(), "max", std::int64_t{1} << 53), "/rule/max");
    EXPECT_EQ(faultWithRule(thresholdPolicy(), "warn_at", 10), "none");
    EXPECT_EQ(faultWithRule(thresholdPolicy(), "warn_at", 11), "/rule/warn_at");
    EXPECT_EQ(faultWithRule(thresholdPolicy(), "warn_at", -1), "/rule/warn_at");
    EXPECT_EQ(faultWithRule(thresholdPolicy(), "metric", "run.sighs"), "/rule/metric");
}

TEST(Policy, factsAreDottedPaths)
{
    const auto withFact = [](const std::string& fact) {
        return faultWithRule(exhibit::parseJson(kContentAccuracy).value(), "fact", Json(fact));
    };
    EXPECT_EQ(withFact("renew"), "none");
    EXPECT_EQ(withFact(""), "/rule/fact");
    EXPECT_EQ(withFact(".a"), "/rule/fact");
    EXPECT_EQ(withFact("a."), "/rule/fact");
    EXPECT_EQ(withFact("a..b"), "/rule/fact");
    EXPECT_EQ(withFact(std::string(exhibit::limits::kFactPathBytesMax, 'f')), "none");
    EXPECT_EQ(withFact(std::string(exhibit::limits::kFactPathBytesMax + 1, 'f')), "/rule/fact");
}

TEST(Policy, everyLimitIsOneOver)
{
    namespace limits = exhibit::limits;
    const auto text = [](std::size_t bytes) { return Json(std::string(bytes, 'A')); };
    const auto policy = patternsPolicy();
    EXPECT_EQ(faultWith(policy, "policy_id", text(limits::kPolicyIdBytesMax)), "none");
    EXPECT_EQ(faultWith(policy, "policy_id", text(limits::kPolicyIdBytesMax + 1)), "/policy_id");
    EXPECT_EQ(faultWith(policy, "title", text(limits::kPolicyTextBytesMax)), "none");
    for (const auto* name : {"title", "category", "expected_behaviour"}) {
        EXPECT_EQ(faultWith(policy, name, text(limits::kPolicyTextBytesMax + 1)),
                  std::string("/") + name);
    }
    EXPECT_EQ(faultWith(policy, "references", repeated(limits::kPolicyListMax, "r")), "none");
    EXPECT_EQ(faultWith(policy, "references", repeated(limits::kPolicyListMax + 1, "r")),
              "/references");
    const auto entry = text(limits::kPolicyListTextBytesMax + 1);
    EXPECT_EQ(faultWith(policy, "references", JsonArray{"r", entry}), "/references/1");
    EXPECT_EQ(faultWith(policy, "applies_to", JsonObject{{"users", JsonArray{entry}}}),
              "/applies_to/users/0");
    EXPECT_EQ(faultWithRule(policy, "patterns", repeated(limits::kPatternsPerPolicyMax, "a")),
              "none");
    EXPECT_EQ(faultWithRule(policy, "patterns", repeated(limits::kPatternsPerPolicyMax + 1, "a")),
              "/rule/patterns");
    EXPECT_EQ(faultWithRule(policy, "patterns", JsonArray{text(limits::kPatternBytesMax + 1)}),
              "/rule/patterns/0");
    EXPECT_EQ(faultWithRule(policy, "placeholder", entry), "/rule/placeholder");
    const JsonObject tooWide{{"pattern", "a"}, {"max_width", limits::kPatternWidthMax + 1}};
    EXPECT_EQ(faultWithRule(policy, "patterns", JsonArray{tooWide}), "/rule/patterns/0/max_width");
}

TEST(Policy, aFileHoldsOneOrMany)
{
    EXPECT_EQ(domain::policiesFromJson(patternsPolicy()).value().size(), 1U);
    EXPECT_EQ(
        domain::policiesFromJson(JsonArray{patternsPolicy(), thresholdPolicy()}).value().size(),
        2U);
    const auto twice = domain::policiesFromJson(JsonArray{patternsPolicy(), patternsPolicy()});
    EXPECT_EQ(twice.error().subject, "/1/policy_id");
    EXPECT_FALSE(domain::policiesFromJson(
        repeated(exhibit::limits::kPoliciesPerSnapshotMax + 1, patternsPolicy())));
}

TEST(Glob, starsTakeAnyRun)
{
    EXPECT_TRUE(domain::globMatches("*", ""));
    EXPECT_TRUE(domain::globMatches("gpt-4o*", "gpt-4o"));
    EXPECT_TRUE(domain::globMatches("gpt-4o*", "gpt-4o-mini"));
    EXPECT_FALSE(domain::globMatches("gpt-4o*", "gpt-4"));
    EXPECT_TRUE(domain::globMatches("*a*b*", "xxaxxbxx"));
    EXPECT_TRUE(domain::globMatches("a*bc", "abcbc"));
    EXPECT_FALSE(domain::globMatches("a*bc", "abcb"));
    EXPECT_FALSE(domain::globMatches("", "a"));
    EXPECT_TRUE(domain::globMatches("", ""));
}

TEST(Glob, questionMarksTakeOneCharacter)
{
    EXPECT_TRUE(domain::globMatches("a?c", "abc"));
    EXPECT_TRUE(domain::globMatches("a?c",
                                    "a\xc3\xa4"
                                    "c"));
    EXPECT_FALSE(domain::globMatches("a?c", "ac"));
    EXPECT_FALSE(domain::globMatches("*??", "\xc3\xa4"));
    EXPECT_TRUE(domain::globMatches("*?", "\xc3\xa4"));
}

TEST(Glob, hostileGlobsEndInTime)
{
    std::string glob;
    for (int i = 0; i < 100; ++i) {
        glob += "*a";
    }
    EXPECT_FALSE(domain::globMatches(glob + "b", std::string(20'000, 'a')));
}

TEST(Glob, anEmptyListMatchesAll)
{
    EXPECT_TRUE(domain::matchesAnyGlob({}, "x"));
    EXPECT_TRUE(domain::matchesAnyGlob({"a", "x"}, "x"));
    EXPECT_FALSE(domain::matchesAnyGlob({"a", "b"}, "x"));
}
