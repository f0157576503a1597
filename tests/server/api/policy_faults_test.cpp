// SPDX-License-Identifier: Apache-2.0
// One good document of each rule type, and everything that can be wrong with one: each is refused
// with the pointer of the fault.
#include "models/base/rule_limits.h"
#include "tests/server/api/api_on_test.h"

#include <array>

namespace exhibit::api {
namespace {

/// The members that all rule types share.
JsonObject head(std::string_view id, std::string_view stage, std::string_view mode)
{
    return {{"policy_id", id},
            {"version", 1},
            {"title", "A policy"},
            {"category", "safety"},
            {"severity", "high"},
            {"stage", JsonArray{stage}},
            {"mode", mode},
            {"applies_to",
             JsonObject{{"projects", JsonArray{"*"}},
                        {"models", JsonArray{"gpt-*"}},
                        {"users", JsonArray{"a", "b"}}}},
            {"on_error", "block"},
            {"expected_behaviour", "Leave it out."},
            {"references", JsonArray{"OWASP-LLM02"}},
            {"enabled", true}};
}

Json document(std::string_view rule, std::string_view stage, std::string_view mode = "block")
{
    auto policy = head("GOOD", stage, mode);
    policy["rule"] = parseJson(rule).value();
    return policy;
}

Json patternsRule()
{
    return document(R"({"type":"patterns","placeholder":"[X]","patterns":["abc",
        {"pattern":"[0-9]{13,19}","max_width":19,"validator":"luhn","placeholder":"[CARD]",
         "subtype":"CARD"}]})",
                    "output",
                    "redact");
}

Json missingContext()
{
    return document(R"({"type":"missing_context","fact":"contract.auto_renew","claims":["renews"],
        "hedges":["not sure"]})",
                    "output");
}

Json contradictsContext()
{
    return document(R"({"type":"contradicts_context","fact":"contract.term","claims":[
        {"pattern":"one year","max_width":20,"asserts":12},
        {"pattern":"term of ","value":"[0-9]{1,3}"}],"hedges":["not sure"]})",
                    "output");
}

Json toolRule()
{
    return document(R"({"type":"tool","allow":["read_*"],"deny":["read_secret"],
        "arguments":[{"tools":["read_*"],"path":"/files/*/name","patterns":["passwd"]}],
        "schemas":[{"tools":["read_*"],"schema":{"type":"object","maxProperties":4}}]})",
                    "tool_call");
}

Json schemaRule()
{
    return document(R"({"type":"schema","schema":{"type":"object","minProperties":1}})", "output");
}

Json expressionRule()
{
    return document(R"({"type":"expression","expression":"run.tokens > 100"})", "run");
}

Json thresholdRule()
{
    return document(R"({"type":"threshold","metric":"run.tokens","warn_at":10,"max":100})", "run");
}

std::vector<Json> goodOnes()
{
    return {patternsRule(),
            missingContext(),
            contradictsContext(),
            toolRule(),
            schemaRule(),
            expressionRule(),
            thresholdRule()};
}

/// Every place of a document, objects before what is in them.
void collect(const Json& json, const std::string& pointer, std::vector<std::string>& pointers)
{
    if (!pointer.empty()) {
        pointers.push_back(pointer);
    }
    if (const auto* object = json.if_object()) {
        for (const auto& member : *object) {
            collect(
                member.value(), appendPointer(pointer, std::string_view(member.key())), pointers);
        }
    } else if (const auto* array = json.if_array()) {
        for (std::size_t index = 0; index < array->size(); ++index) {
            collect((*array)[index], appendPointer(pointer, std::to_string(index)), pointers);
        }
    }
}

/// Changes or adds what stands there.
void put(Json& json, const std::string& pointer, const Json& value)
{
    const auto slash = pointer.rfind('/');
    auto& parent = json.at_pointer(pointer.substr(0, slash));
    const auto name = pointer.substr(slash + 1);
    if (parent.is_object()) {
        parent.get_object()[name] = value;
    } else {
        parent.get_array().at(std::stoul(name)) = value;
    }
}

/// What can stand nowhere where `json` stands.
Json ofAnotherType(const Json& json)
{
    return json.is_object()                   ? Json(1)
        : json.is_string() || json.is_array() ? Json(JsonObject{{"other", 1}})
                                              : Json(JsonArray{});
}

struct Fault {
    const char* pointer; ///< Of what is changed.
    Json value;
    const char* named = nullptr; ///< Where the fault is found; null: there.
};

class PolicyFaults : public testing::Test {
protected:
    void expectAll(const Json& good, const std::vector<Fault>& faults)
    {
        for (const auto& fault : faults) {
            auto wrong = good;
            put(wrong, fault.pointer, fault.value);
            const auto answer = m_api.ask("POST", "/api/v1/policies", printJson(wrong));
            EXPECT_EQ(answer.status, 400) << fault.pointer << printJson(answer.body);
            EXPECT_EQ(answer.param(), fault.named == nullptr ? fault.pointer : fault.named)
                << printJson(fault.value).substr(0, 200) << printJson(answer.body);
        }
    }

    ApiOnTest m_api;
};

Json repeated(std::size_t bytes)
{
    return Json(std::string(bytes, 'A'));
}

Json list(std::size_t count, const Json& entry)
{
    return JsonArray(count, entry);
}

TEST_F(PolicyFaults, theGoodOnesAreNotRefused)
{
    for (const auto& good : goodOnes()) {
        const auto answer = m_api.ask("POST", "/api/v1/policies", printJson(good));
        EXPECT_EQ(answer.status, 201) << printJson(good) << printJson(answer.body);
    }
}

TEST_F(PolicyFaults, aMemberOfAnotherTypeIsNamed)
{
    for (const auto& good : goodOnes()) {
        std::vector<std::string> pointers;
        collect(good, {}, pointers);
        for (const auto& pointer : pointers) {
            auto wrong = good;
            put(wrong, pointer, ofAnotherType(good.at_pointer(pointer)));
            const auto answer = m_api.ask("POST", "/api/v1/policies", printJson(wrong));
            EXPECT_EQ(answer.status, 400) << pointer << printJson(wrong);
            EXPECT_TRUE(answer.param().starts_with(pointer))
                << pointer << " in " << printJson(wrong) << printJson(answer.body);
        }
    }
}

TEST_F(PolicyFaults, aMemberThatNobodyKnowsIsNamed)
{
    for (const auto& good : goodOnes()) {
        for (const char* place : {"", "/rule", "/applies_to"}) {
            auto wrong = good;
            const auto pointer = std::string(place) + "/unheard_of";
            put(wrong, pointer, 1);
            const auto answer = m_api.ask("POST", "/api/v1/policies", printJson(wrong));
            EXPECT_EQ(answer.status, 400);
            EXPECT_EQ(answer.param(), pointer) << printJson(answer.body);
        }
    }
}

TEST_F(PolicyFaults, aMemberThatIsMissingIsNamed)
{
    for (const auto& good : goodOnes()) {
        for (const char* name : {"policy_id", "title", "severity", "stage", "mode", "rule"}) {
            auto wrong = good;
            wrong.get_object().erase(name);
            const auto answer = m_api.ask("POST", "/api/v1/policies", printJson(wrong));
            EXPECT_EQ(answer.status, 400) << name;
            EXPECT_EQ(answer.param(), std::string("/") + name) << printJson(answer.body);
        }
    }
}

TEST_F(PolicyFaults, aMemberThatStandsTwiceIsNamed)
{
    auto text = printJson(schemaRule());
    text.insert(text.find("\"mode\""), "\"mode\":\"monitor\",");
    const auto answer = m_api.ask("POST", "/api/v1/policies", text);
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(answer.param(), "/mode") << printJson(answer.body);
}

TEST_F(PolicyFaults, whatAllRulesShare)
{
    const auto text = limits::kPolicyTextBytesMax + 1;
    const auto entry = limits::kPolicyListTextBytesMax + 1;
    const auto entries = limits::kPolicyListMax + 1;
    expectAll(schemaRule(),
              {{"/policy_id", ""},
               {"/policy_id", "lower"},
               {"/policy_id", repeated(limits::kPolicyIdBytesMax + 1)},
               {"/version", 0},
               {"/title", ""},
               {"/title", repeated(text)},
               {"/category", repeated(text)},
               {"/expected_behaviour", repeated(text)},
               {"/severity", "dreadful"},
               {"/stage", JsonArray{}},
               {"/stage", JsonArray{"output", "output"}},
               {"/stage/0", "before"},
               {"/stage", JsonArray{"input"}},
               {"/mode", "hope"},
               {"/mode", "redact"},
               {"/on_error", "panic"},
               {"/enabled", 1},
               {"/applies_to/projects", list(entries, "a")},
               {"/applies_to/models/0", ""},
               {"/applies_to/users/1", repeated(entry)},
               {"/references", list(entries, "a")},
               {"/references/0", ""},
               {"/rule/type", "wish"},
               {"/rule/type", 1}});
}

TEST_F(PolicyFaults, ofPatterns)
{
    expectAll(patternsRule(),
              {{"/rule/patterns", JsonArray{}},
               {"/rule/patterns", list(limits::kPatternsPerPolicyMax + 1, "a")},
               {"/rule/patterns/0", ""},
               {"/rule/patterns/0", "(a"},
               {"/rule/patterns/0", "a*"},
               {"/rule/patterns/0", "a{1,1001}"},
               {"/rule/patterns/0", repeated(limits::kPatternBytesMax + 1)},
               {"/rule/patterns/0", "[a-z]{1,1000}[A-Z]1"},
               {"/rule/patterns/1/pattern", "(a)\\1", "/rule/patterns/1"},
               {"/rule/patterns/1/max_width", 0},
               {"/rule/patterns/1/max_width", limits::kPatternWidthMax + 1},
               {"/rule/patterns/1/validator", "horoscope"},
               {"/rule/patterns/1/placeholder", repeated(limits::kPolicyListTextBytesMax + 1)},
               {"/rule/patterns/1/subtype", repeated(limits::kPolicyListTextBytesMax + 1)},
               {"/rule/placeholder", repeated(limits::kPolicyListTextBytesMax + 1)},
               {"/stage/0", "run", "/stage"},
               {"/stage/0", "tool_call", "/mode"}});
}

TEST_F(PolicyFaults, ofClaimsAboutFacts)
{
    const auto many = limits::kPatternsPerPolicyMax + 1;
    expectAll(missingContext(),
              {{"/rule/fact", ""},
               {"/rule/fact", ".a"},
               {"/rule/fact", "a..b"},
               {"/rule/fact", repeated(limits::kFactPathBytesMax + 1)},
               {"/rule/claims", JsonArray{}},
               {"/rule/claims", list(many, "a")},
               {"/rule/claims/0", "(?=a)b"},
               {"/rule/hedges", list(many, "a")},
               {"/rule/hedges/0", "a|"},
               {"/mode", "redact"},
               {"/stage/0", "input", "/stage"}});
    expectAll(contradictsContext(),
              {{"/rule/fact", "a."},
               {"/rule/claims", JsonArray{}},
               {"/rule/claims/0/pattern", "[z-a]", "/rule/claims/0"},
               {"/rule/claims/0/max_width", 0},
               {"/rule/claims/0/asserts", JsonArray{}},
               {"/rule/claims/0/value", "[0-9]", "/rule/claims/0"},
               {"/rule/claims/1/value", "("},
               {"/rule/claims/1/value", repeated(limits::kPatternBytesMax + 1)},
               {"/rule/hedges/0", "\\p{L}"}});
}

TEST_F(PolicyFaults, ofTools)
{
    const auto entries = limits::kPolicyListMax + 1;
    expectAll(
        toolRule(),
        {{"/rule/allow", list(entries, "a")},
         {"/rule/allow/0", ""},
         {"/rule/deny", list(entries, "a")},
         {"/rule/deny/0", repeated(limits::kPolicyListTextBytesMax + 1)},
         {"/rule", parseJson(R"({"type":"tool"})").value()},
         {"/rule/arguments", list(entries, toolRule().at_pointer("/rule/arguments/0")), "/rule"},
         {"/rule/arguments/0/tools/0", ""},
         {"/rule/arguments/0/path", "files"},
         {"/rule/arguments/0/patterns", JsonArray{}},
         {"/rule/arguments/0/patterns/0", "a(?"},
         {"/rule/schemas/0/tools/0", ""},
         {"/rule/schemas/0/schema/type", "thing"},
         {"/rule/schemas/0/schema/maxProperties", -1},
         {"/stage/0", "output", "/stage"},
         {"/mode", "redact"}});
}

TEST_F(PolicyFaults, ofSchemasExpressionsAndThresholds)
{
    expectAll(schemaRule(),
              {{"/rule/schema/type", "thing"},
               {"/rule/schema/required", JsonArray{1}},
               {"/rule/schema/pattern", "(a"}});
    expectAll(expressionRule(),
              {{"/rule/expression", ""},
               {"/rule/expression", "run.tokens >"},
               {"/rule/expression", repeated(limits::kExpressionBytesMax + 1)},
               {"/mode", "redact"}});
    expectAll(thresholdRule(),
              {{"/rule/metric", "run.luck"},
               {"/rule/max", -1},
               {"/rule/warn_at", 101},
               {"/rule/warn_at", -1},
               {"/stage/0", "output", "/stage"},
               {"/mode", "redact"}});
}

} // namespace
} // namespace exhibit::api
