// SPDX-License-Identifier: Apache-2.0
#include "models/report/passages.h"

#include "tests/models/report/facts_on_test.h"
#include "tests/models/report/pack_on_test.h"

#include <gtest/gtest.h>

namespace exhibit::report {
namespace {

ExportRedaction redaction(bool on)
{
    return ExportRedaction::make(on).value();
}

std::string redacted(const std::string& passage, const std::string& text, bool personal = false)
{
    return Passages({{passage, "work product", "notes"}}, redaction(personal)).text(text);
}

constexpr const char* kMark = "[REDACTED 1: work product]";

TEST(Passages, areReplacedWhereverTheyStand)
{
    EXPECT_EQ(redacted("secret plan", "a secret plan, the secret plan"),
              std::string("a ") + kMark + ", the " + kMark);
    EXPECT_EQ(redacted("secret plan", "nothing of it"), "nothing of it");
    EXPECT_EQ(redacted("aaaaaaaaaaaa", "aaaaaaaaaaaa"), kMark);
    EXPECT_EQ(redacted("say \"no\"\n", R"({"q":"say \"no\"\n"})"),
              std::string(R"({"q":")") + kMark + "\"}")
        << "inside the JSON of a tool's arguments";
}

TEST(Passages, ofWhichAPartStandsWhereATextWasCutAreReplacedToo)
{
    EXPECT_EQ(redacted("the long secret plan", "He said the long secr…"),
              std::string("He said ") + kMark + "…");
    EXPECT_EQ(redacted("the long secret plan", "…secret plan was his"),
              std::string("…") + kMark + " was his");
    EXPECT_EQ(redacted("the long secret plan", "… the long secret plan…"),
              std::string("… ") + kMark + "…");
    EXPECT_EQ(redacted("the long secret plan", "the end"), "the end") << "too little to tell";
}

TEST(Passages, areFoundWherePersonalDataInThemWasReplacedBefore)
{
    EXPECT_EQ(redacted("ask ada@example.com first", "Do ask [EMAIL] first!", true),
              std::string("Do ") + kMark + "!");
    EXPECT_EQ(redacted("ada@example.com", "write to [EMAIL]", true), "write to [EMAIL]")
        << "that one is somebody else's";
}

TEST(Passages, haveNumbersAndAreCounted)
{
    const Passages passages({{"first one", "privilege", "a"}, {"second one", "privilege", "b"}},
                            redaction(false));
    const Json shown = passages.json(
        JsonObject{{"text", "the first one and the second one"},
                   {"data", JsonObject{{"of the first one", JsonArray{"first one", 7, nullptr}}}}});
    const auto marks = passages.marksIn(shown);
    EXPECT_EQ(marks.at(0), 3);
    EXPECT_EQ(marks.at(1), 1);
    EXPECT_EQ(shown.at("data").at("of the [REDACTED 1: privilege]").at(1), 7);
}

TEST(Passages, leaveABundleWithWhatTellsThem)
{
    auto facts = factsOnTest();
    facts.steps[0].event.data = JsonObject{{"messages", JsonArray{"the secret plan"}}};
    facts.incident.title = "About the secret plan";
    const auto original = bundleOnTest(facts, false);
    auto bundle = bundleOnTest(facts, true);
    ASSERT_TRUE(redactPassages(bundle, original, {{"secret plan", "work product", "notes"}}));
    EXPECT_EQ(printJson(toJson(bundle)).find("secret plan"), std::string::npos);
    EXPECT_EQ(bundle.incident.title, std::string("About the ") + kMark);
    EXPECT_FALSE(bundle.steps[0].contentHash);

    const auto refused = [&](const std::string& text) {
        auto again = bundleOnTest(facts, true);
        const auto done = redactPassages(again, original, {{text, "b", "d"}});
        EXPECT_FALSE(done) << text;
        return done ? Error() : done.error();
    };
    EXPECT_EQ(refused("said by nobody").code, ErrorCode::NotFound);
    EXPECT_EQ(refused("said by nobody").subject, "/production/passages/0/text");
    EXPECT_EQ(refused(std::string(toHex(asView(sha256("x"))).substr(0, 4)) + "-not").code,
              ErrorCode::NotFound);
    EXPECT_EQ(refused("failed_policy").code, ErrorCode::InvalidInput);
}

} // namespace
} // namespace exhibit::report
