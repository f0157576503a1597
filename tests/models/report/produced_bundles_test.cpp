// SPDX-License-Identifier: Apache-2.0
#include "models/report/produced_bundles.h"

#include "models/report/bundle_json.h"
#include "tests/models/report/facts_on_test.h"
#include "tests/models/report/pack_on_test.h"

#include <gtest/gtest.h>

#include <iomanip>
#include <sstream>

namespace exhibit::report {
namespace {

constexpr const char* kMark = "[REDACTED 1: work product]";

class ProducedBundlesTest : public ::testing::Test {
protected:
    Result<ProducedBundles> make(const std::vector<std::string>& passages, bool redact = false)
    {
        ProductionRequest production;
        for (const auto& text : passages) {
            production.passages.push_back({text, m_basis, "notes"});
        }
        production.withheld = m_withheld;
        return makeProducedBundles(m_facts, requestOnTest(m_facts, redact), production);
    }
    Error refused(const std::string& text, bool redact = false)
    {
        const auto made = make({text}, redact);
        EXPECT_FALSE(made) << text;
        return made ? Error() : made.error();
    }
    void answer(JsonObject text)
    {
        m_facts.steps[3].event.data.as_object()["texts"] = JsonArray{std::move(text)};
    }
    /// Policies that ship with the program, with a placeholder of their own.
    void redactLive(const std::string& placeholder)
    {
        domain::Policy policy;
        policy.policyId = "PII";
        policy.rule
            = domain::PatternsRule{{{.pattern = "[0-9]{3}-[0-9]{2}-[0-9]{4}"}}, placeholder};
        m_facts.snapshot.emplace();
        m_facts.snapshot->policies = {policy};
    }
    static std::string textOf(const EvidenceBundle& bundle) { return printJson(toJson(bundle)); }

    static std::string word(int number)
    {
        std::ostringstream text;
        text << 'p' << std::setw(3) << std::setfill('0') << number;
        return text.str();
    }

    RecordedFacts m_facts = factsOnTest();
    std::string m_basis = "work product";
    std::vector<WithheldDocument> m_withheld;
};

TEST_F(ProducedBundlesTest, leaveNothingOfALongPassageThatAStopCut)
{
    std::string passage;
    for (int i = 0; i < 300; ++i) {
        passage += word(i) + " "; // 1500 bytes, each word once.
    }
    answer({{"channel", "choices/0/content"},
            {"released", passage.substr(0, 500)},
            {"withheld", passage.substr(500)},
            {"released_bytes", 500},
            {"withheld_bytes", 1000}});
    m_facts.incident.excerpt = "…" + passage.substr(400, 50) + "█" + passage.substr(460, 100);
    for (const bool redact : {false, true}) {
        const auto made = make({passage}, redact);
        ASSERT_TRUE(made) << made.error().message;
        const std::string shown = textOf(made->shown);
        for (int i = 0; i < 300; ++i) {
            ASSERT_EQ(shown.find(word(i)), shown.npos) << i << shown;
        }
        EXPECT_EQ(made->shown.incident.excerpt, kPassagePartsLeftOut);
        EXPECT_EQ(made->shown.answer->released, kPassagePartsLeftOut);
        EXPECT_EQ(made->shown.answer->withheld, kPassagePartsLeftOut);
    }
}

TEST_F(ProducedBundlesTest, leaveNoExcerptInWhichThePassageIsMasked)
{
    answer({{"released", "My client, SSN 123-45-6789, admits the fraud."}, {"withheld", ""}});
    m_facts.incident.excerpt = "My client, SSN █, admits the fraud.";
    const auto made = make({"client, SSN 123-45-6789, admits the fraud"});
    ASSERT_TRUE(made) << made.error().message;
    EXPECT_EQ(textOf(made->shown).find("admits the fraud"), std::string::npos);
    m_facts.incident.excerpt.clear();
    EXPECT_EQ(make({"admits the fraud"})->shown.incident.excerpt, "") << "there was none";
    EXPECT_EQ(make({})->shown.answer->released, "My client, SSN 123-45-6789, admits the fraud.");
}

TEST_F(ProducedBundlesTest, takePassagesOutBeforePersonalDataIsReplaced)
{
    m_facts.steps[0].event.data = JsonObject{
        {"messages", JsonArray{"write to ada@example.com at noon", "and to bob@example.com"}}};
    const auto made = make({"to ada@exam"}, true);
    ASSERT_TRUE(made) << made.error().message;
    const auto& messages = made->shown.steps[0].data->at("messages");
    EXPECT_EQ(messages.at(0).as_string(), std::string("write ") + kMark + " at noon");
    EXPECT_EQ(messages.at(1).as_string(), "and to [EMAIL]");
    EXPECT_EQ(made->original.steps[0].data->at("messages").at(1).as_string(),
              "and to bob@example.com");
}

TEST_F(ProducedBundlesTest, takePassagesOutOfWhatALivePolicyRedacted)
{
    redactLive("<number>");
    answer({{"released", "My client, SSN <number>, admits the fraud."},
            {"original", "My client, SSN 123-45-6789, admits the fraud."},
            {"withheld", ""}});
    const auto made = make({"client, SSN 123-45-6789, admits the fraud"});
    ASSERT_TRUE(made) << made.error().message;
    const std::string shown = textOf(made->shown);
    EXPECT_EQ(shown.find("admits"), shown.npos) << shown;
    EXPECT_EQ(shown.find("client, SSN"), shown.npos) << shown;
    EXPECT_NE(shown.find(std::string("My ") + kMark + "."), shown.npos) << shown;
    EXPECT_TRUE(make({"123-45-6789"})) << "nothing of it stands beside the placeholder";
}

TEST_F(ProducedBundlesTest, areRefusedWhereNobodyCanSayWhatALivePolicyLeft)
{
    redactLive("<number>");
    answer({{"released", "So <number>?? No <gone> fraud!"},
            {"original", "So 123-45-6789?? No word of fraud!"},
            {"withheld", ""}});
    const auto error = refused("word of fraud");
    EXPECT_EQ(error.code, ErrorCode::InvalidInput);
    EXPECT_EQ(error.subject, "/production/passages/0/text");
    EXPECT_NE(error.message.find("passage 1 stands in step 3"), error.message.npos)
        << error.message;
}

TEST_F(ProducedBundlesTest, takeOutWhatAClientSawAndWhatTheProviderSent)
{
    redactLive("<number>");
    answer({{"released", "My client, SSN <number>, admits the fraud."},
            {"original", "My client, SSN 123-45-6789, admits the fraud."},
            {"withheld", ""}});
    m_facts.steps[2].event.data = JsonObject{{"arguments", R"({"q":"SSN 123-45-6789, admits"})"}};
    const auto made = make({"client, SSN <number>, admits the fraud", "SSN <number>, admits"});
    ASSERT_TRUE(made) << made.error().message;
    const std::string shown = textOf(made->shown);
    for (const char* left : {"admits", "123-45", "client, SSN"}) {
        EXPECT_EQ(shown.find(left), shown.npos) << left << shown;
    }
}

TEST_F(ProducedBundlesTest, areRefusedWhereWhatTheProviderSentReadsOtherwise)
{
    answer({{"released", "My client, SSN <gone>, admits the fraud."},
            {"original", "My client, SSN 123-45-6789, admits the fraud."},
            {"withheld", ""}});
    const auto error = refused("client, SSN <gone>, admits the fraud");
    EXPECT_EQ(error.code, ErrorCode::InvalidInput);
    EXPECT_EQ(error.subject, "/production/passages/0/text");
    EXPECT_EQ(error.message.find("leave"), error.message.npos) << error.message;
    m_withheld = {{3, "work product", "an answer"}};
    const auto made = make({"client, SSN <gone>, admits the fraud"});
    ASSERT_TRUE(made) << "a slip sheet stands in its place: " << made.error().message;
    EXPECT_EQ(textOf(made->shown).find("admits"), std::string::npos);
}

TEST_F(ProducedBundlesTest, leaveNamesThatAPassageOnlyBeginsOrEndsWith)
{
    m_facts.tenantName = "Acme Corp";
    m_facts.steps[0].event.data = JsonObject{
        {"messages",
         JsonArray{JsonObject{{"role", "assistant"},
                              {"content", "Acme Corp must not learn of this violation"}},
                   "it is for counsel, not for the assistant"}}};
    const auto made = make(
        {"Acme Corp must not learn of this violation", "for counsel, not for the assistant"});
    ASSERT_TRUE(made) << made.error().message;
    EXPECT_EQ(made->shown.tenant.name, "Acme Corp");
    EXPECT_EQ(made->shown.steps[2].status, domain::StepStatus::Violation);
    EXPECT_EQ(made->shown.steps[0].data->at("messages").at(0).at("role"), "assistant");
}

TEST_F(ProducedBundlesTest, keepTheirMarksWherePersonalDataIsReplaced)
{
    m_basis = "advice of ada@example.com";
    m_facts.steps[0].event.data = JsonObject{
        {"messages", JsonArray{"The password: tiger is for counsel only, not bob@b.com"}}};
    const auto made = make({"tiger is for counsel only"}, true);
    ASSERT_TRUE(made) << made.error().message;
    EXPECT_EQ(made->shown.steps[0].data->at("messages").at(0).as_string(),
              "The password: [REDACTED 1: advice of ada@example.com], not [EMAIL]");
}

TEST_F(ProducedBundlesTest, loseNoMemberWhoseNameReadsLikeAnother)
{
    m_facts.steps[1].event.data.as_object()["facts"]
        = JsonObject{{"ada@example.com", "x"}, {"bob@example.com", "y"}, {"[EMAIL] (2)", "z"}};
    for (const auto& passages : {std::vector<std::string>{}, {"auto-renew"}}) {
        const auto made = make(passages, true);
        ASSERT_TRUE(made) << made.error().message;
        EXPECT_EQ(
            made->shown.steps[1].data->at("facts"),
            Json(JsonObject{{"[EMAIL]", "x"}, {"[EMAIL] (2)", "y"}, {"[EMAIL] (2) (2)", "z"}}));
    }
}

TEST_F(ProducedBundlesTest, areRefusedWhereAGroundSaysThem)
{
    m_facts.steps[0].event.data = JsonObject{{"messages", JsonArray{"the secret plan"}}};
    m_basis = "the secret plan of counsel";
    EXPECT_NE(refused("secret plan").message.find("passage 1 would stand"), std::string::npos);
}

TEST_F(ProducedBundlesTest, saidByUsersAndSessionsGoWithThem)
{
    m_facts.run.metadata = JsonObject{{"note of the secret plan", "the secret plan"}};
    m_facts.steps[0].event.data = JsonObject{{"messages", JsonArray{"the secret plan"}}};
    EXPECT_TRUE(make({"secret plan"}, true)) << "metadata is no part of a redacted export";
    EXPECT_EQ(textOf(make({"secret plan"})->shown).find("secret plan"), std::string::npos);
}

TEST_F(ProducedBundlesTest, leaveOutHashesOfWhatIsGone)
{
    m_facts.steps[0].event.data = JsonObject{{"messages", JsonArray{"the secret plan"}}};
    m_facts.steps[3].contentHash = sha256("answer");
    m_facts.incident.title = "About the secret plan";
    const auto made = make({"secret plan"}, true);
    ASSERT_TRUE(made) << made.error().message;
    EXPECT_EQ(textOf(made->shown).find("secret plan"), std::string::npos);
    EXPECT_EQ(made->shown.incident.title, std::string("About the ") + kMark);
    EXPECT_FALSE(made->shown.steps[0].contentHash);
    EXPECT_TRUE(make({"secret plan"})->shown.steps[3].contentHash) << "nothing of it was there";
    EXPECT_FALSE(make({"auto-renew"})->shown.steps[3].contentHash);
    m_facts.steps[1].event.data.as_object()["facts"] = JsonObject{{"offer", 4000000}};
    m_facts.steps[1].contentHash = sha256("facts");
    EXPECT_TRUE(make({"auto-renew"})->shown.steps[1].contentHash);
    EXPECT_FALSE(make({"4000000"})->shown.steps[1].contentHash);
}

TEST_F(ProducedBundlesTest, areRefusedForAPassageThatStandsNowhereOrInAName)
{
    EXPECT_EQ(refused("said by nobody").code, ErrorCode::NotFound);
    EXPECT_EQ(refused("said by nobody").subject, "/production/passages/0/text");
    m_facts.steps[0].event.data = JsonObject{{"messages", JsonArray{kMark}}};
    EXPECT_EQ(refused("said by nobody").code, ErrorCode::NotFound)
        << "a mark that somebody wrote is none";
    const auto named = make({"auto-renew", "failed_policy"});
    ASSERT_FALSE(named);
    EXPECT_EQ(named.error().code, ErrorCode::InvalidInput);
    EXPECT_EQ(named.error().subject, "/production/passages/1/text");
    EXPECT_NE(named.error().message.find("passage 2 stands"), std::string::npos)
        << named.error().message;
}

} // namespace
} // namespace exhibit::report
