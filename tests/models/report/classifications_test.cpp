// SPDX-License-Identifier: Apache-2.0
#include "models/report/classifications.h"

#include "models/base/json.h"
#include "tests/models/report/facts_on_test.h"
#include "tests/models/report/pack_on_test.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace exhibit::report {
namespace {

TEST(Classifications, haveAListWithItsVersionAndAName)
{
    EXPECT_EQ(classificationId("OWASP-LLM09"), "owasp-llm-2025:LLM09");
    EXPECT_EQ(classificationId("owasp-llm-2025:LLM09"), "owasp-llm-2025:LLM09");
    EXPECT_EQ(classificationId("AML.T0051"), "mitre-atlas-5.6.0:AML.T0051");
    EXPECT_EQ(classificationId("https://example.com/rule"), "https://example.com/rule");
    EXPECT_EQ(classificationInWords("owasp-llm-2025:LLM09"),
              "LLM09 Misinformation (OWASP Top 10 for LLM Applications 2025)");
    EXPECT_EQ(classificationInWords("AML.T0051"),
              "AML.T0051 LLM Prompt Injection (MITRE ATLAS 5.6.0)");
    EXPECT_EQ(classificationInWords("own-list:7"), "own-list:7");
}

TEST(Classifications, ofShippedPoliciesAreAllListed)
{
    const char* const source = std::getenv("EXHIBIT_SOURCE_DIR");
    const std::string folder
        = (source == nullptr ? "." : std::string(source)) + "/resources/policies";
    std::size_t found = 0;
    for (const auto& file : std::filesystem::directory_iterator(folder)) {
        std::ostringstream text;
        text << std::ifstream(file.path()).rdbuf();
        const Json data = parseJson(text.str()).value();
        JsonArray policies;
        if (data.is_array()) {
            policies = data.get_array();
        } else {
            policies.push_back(data);
        }
        for (const auto& policy : policies) {
            const Json* const references = findMember(policy, "references");
            for (const auto& one : references == nullptr ? JsonArray() : references->as_array()) {
                const std::string id(one.as_string());
                EXPECT_EQ(classificationId(id), id) << file.path();
                EXPECT_NE(classificationInWords(id), id) << file.path();
                ++found;
            }
        }
    }
    EXPECT_GT(found, 10U);
}

TEST(Classifications, ofAnIncidentsPolicyAreInTheBundleWithTheirLists)
{
    auto facts = factsOnTest();
    domain::PolicySnapshot snapshot;
    domain::Policy policy;
    policy.policyId = facts.incident.policyId;
    policy.references = {"OWASP-LLM09", "own-list:7"};
    snapshot.policies = {policy};
    facts.snapshot = snapshot;
    const auto bundle = bundleOnTest(facts, true);
    const std::vector<std::string> expected{"owasp-llm-2025:LLM09", "own-list:7"};
    EXPECT_EQ(bundle.violatedPolicy->references, expected);
}

} // namespace
} // namespace exhibit::report
