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

TEST_F(ProducedBundlesTest, areRefusedWhereMarksDoNotStay)
{
    m_facts.steps[0].event.data = JsonObject{{"messages", JsonArray{"the secret plan"}}};
    m_basis = "advice of ada@example.com";
    EXPECT_TRUE(make({"secret plan"}));
    const auto error = refused("secret plan", true);
    EXPECT_EQ(error.code, ErrorCode::InvalidInput);
    EXPECT_EQ(error.subject, "/production/passages/0/text");
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
}

TEST_F(ProducedBundlesTest, areRefusedForAPassageThatStandsNowhereOrInAName)
{
    EXPECT_EQ(refused("said by nobody").code, ErrorCode::NotFound);
    EXPECT_EQ(refused("said by nobody").subject, "/production/passages/0/text");
    m_facts.steps[0].event.data = JsonObject{{"messages", JsonArray{kMark}}};
    EXPECT_EQ(refused("said by nobody").code, ErrorCode::NotFound)
        << "a mark that somebody wrote is none";
    EXPECT_EQ(refused("failed_policy").code, ErrorCode::InvalidInput);
}

} // namespace
} // namespace exhibit::report
