// SPDX-License-Identifier: Apache-2.0
#include "models/report/passages.h"

#include <gtest/gtest.h>

namespace exhibit::report {
namespace {

ExportRedaction redaction(bool on)
{
    return ExportRedaction::make(on).value();
}

std::vector<RedactedPassage> passagesOf(const std::vector<std::string>& texts)
{
    std::vector<RedactedPassage> passages;
    for (const auto& text : texts) {
        passages.push_back({text, "work product", "notes"});
    }
    return passages;
}

std::string redacted(const std::string& passage, const std::string& text)
{
    return Passages(passagesOf({passage}), redaction(false)).text(text);
}

/// Where the policies that ship with the program were in force.
std::string redactedLive(const std::string& passage, const std::string& text)
{
    Passages passages(passagesOf({passage}), redaction(false));
    passages.addLiveRedaction(redaction::shippedPack().value().pack);
    return passages.text(text);
}

constexpr const char* kMark = "[REDACTED 1: work product]";
/// A mark with what is left around it.
Json around(const std::string& before, const std::string& behind = {})
{
    return Json(before + kMark + behind);
}

constexpr const char* kSecond = "[REDACTED 2: work product]";

TEST(Passages, areReplacedWhereverTheyStand)
{
    EXPECT_EQ(redacted("secret plan", "a secret plan, the secret plan"),
              std::string("a ") + kMark + ", the " + kMark);
    EXPECT_EQ(redacted("secret plan", "nothing of it"), "nothing of it");
    EXPECT_EQ(redacted("aaaaaaaaaaaa", "aaaaaaaaaaaa"), kMark);
}

TEST(Passages, areFoundHoweverTheyAreEscapedAndDeep)
{
    const std::string mark = kMark;
    EXPECT_EQ(redacted("say \"no\"\n", R"({"q":"say \"no\"\n"})"), R"({"q":")" + mark + "\"}")
        << "inside the JSON of a tool's arguments";
    EXPECT_EQ(redacted("café a/b 😀", R"({"q":"the caf\u00e9 a\/b \uD83D\uDE00!"})"),
              R"({"q":"the )" + mark + "!\"}");
    EXPECT_EQ(redacted("say \"no\"", R"({"a":"{\"q\":\"say \\\"no\\\"\",\"r\":1}"})"),
              R"({"a":"{\"q\":\")" + mark + R"(\",\"r\":1}"})")
        << "inside the JSON of a string of JSON";
    EXPECT_EQ(redacted("the café plan of May", R"({"q":"see the caf\u00e9 pl)"),
              R"({"q":"see )" + mark)
        << "arguments that a stop cut are no JSON";
    EXPECT_EQ(redacted("a\\b\\u", "a\\b\\u and \\"), mark + " and \\") << "as written, too";
}

TEST(Passages, thatOverlapGoTogether)
{
    const Passages passages(passagesOf({"abc def", "def ghi"}), redaction(false));
    EXPECT_EQ(passages.text("x abc def ghi y"), std::string("x ") + kMark + kSecond + " y");
    EXPECT_EQ(passages.text("abc defdef ghi"), std::string(kMark) + kSecond);
    const Passages inner(passagesOf({"abc def ghi", "c def"}), redaction(false));
    EXPECT_EQ(inner.text("abc def ghi"), std::string(kMark) + kSecond);
}

TEST(Passages, ofWhichAPartStandsWhereATextWasCutAreReplacedToo)
{
    EXPECT_EQ(redacted("the long secret plan", "He said the long secr…"),
              std::string("He said ") + kMark + "…");
    EXPECT_EQ(redacted("the long secret plan", "…secret plan was his"),
              std::string("…") + kMark + " was his");
    EXPECT_EQ(redacted("the long secret plan", "… the long secret plan…"),
              std::string("… ") + kMark + "…");
    EXPECT_EQ(redacted("the long secret plan", "…long secret…"), std::string("…") + kMark + "…");
    EXPECT_EQ(redacted("the long secret plan", "the end"), "the end") << "too little to tell";
    const Passages two(passagesOf({"secret plan for the whole of the year to come, all of it",
                                   "his secret plan for June"}),
                       redaction(false));
    EXPECT_EQ(two.text("and his secret plan fo"), std::string("and ") + kMark + kSecond)
        << "the shorter one is begun with more bytes";
}

TEST(Passages, takeWithThemWhatWouldBeRedactedAtTheirEdge)
{
    const Passages passages(passagesOf({"write to ada@exam"}), redaction(true));
    EXPECT_EQ(passages.text("So write to ada@example.com now"),
              std::string("So ") + kMark + " now");
}

TEST(Passages, areFoundWherePersonalDataInThemWasReplacedBefore)
{
    const std::string mark = kMark;
    EXPECT_EQ(redactedLive("ask ada@example.com first", "Do ask [EMAIL] first!"),
              "Do " + mark + "!");
    EXPECT_EQ(redactedLive("ada@example.com", "write to [EMAIL]"), "write to [EMAIL]")
        << "that one is somebody else's";
    EXPECT_EQ(redactedLive("ask ada@exam", "Do ask ada@exam"), "Do " + mark);
    EXPECT_EQ(
        redactedLive("example.com is where the plan lies", "At [EMAIL] is where the plan lies."),
        "At " + mark + ".")
        << "what was replaced began before it";
    EXPECT_EQ(redactedLive("the plan lies with ada@exa", "He knows the plan lies with [EMAIL]!"),
              "He knows " + mark + "!");
    EXPECT_EQ(redactedLive("It is a@b.com, then c@d.org, as planned",
                           "x It is [EMAIL], then [EMAIL], as planned y"),
              "x " + mark + " y");
    EXPECT_EQ(redactedLive("ask ada@example.com first", "He wrote to [EMAIL] last"),
              "He wrote to [EMAIL] last");
}

TEST(Passages, areSoughtInATextOfPlaceholdersWithinAMinute)
{
    std::string adjacent;
    std::string apart;
    for (int i = 0; i < 13'000; ++i) {
        adjacent += "[EMAIL]";
        apart += "[EMAIL] ";
    }
    std::string words;
    for (int i = 0; i < 600; ++i) {
        words += std::to_string(i) + " ";
    }
    const Passages passages(passagesOf(std::vector<std::string>(100, words)), redaction(false));
    EXPECT_EQ(passages.text(adjacent), adjacent);
    EXPECT_EQ(passages.text(apart), apart);
}

TEST(Passages, areFoundUnderAPlaceholderOfAPolicysOwn)
{
    domain::Policy policy;
    policy.rule = domain::PatternsRule{{{.pattern = "[0-9]{3}-[0-9]{2}-[0-9]{4}"}}, "<hidden>"};
    const auto pack = redaction::namedPack({policy}).value();
    Passages passages(passagesOf({"SSN 123-45-6789, he admits"}), redaction(false));
    EXPECT_EQ(passages.text("My client, SSN <hidden>, he admits it"),
              "My client, SSN <hidden>, he admits it");
    passages.addLiveRedaction(pack.pack);
    EXPECT_EQ(passages.text("My client, SSN <hidden>, he admits it"),
              std::string("My client, ") + kMark + " it");
}

TEST(Passages, goOnFromWhatWasReleasedIntoWhatWasNot)
{
    const Passages passages(passagesOf({"it is ours"}), redaction(false));
    const Json texts = JsonObject{
        {"data",
         JsonObject{{"texts",
                     JsonArray{JsonObject{{"released", "We say it is"}, {"withheld", " ours now"}},
                               JsonObject{{"released", "We say it"},
                                          {"original", "We say it is"},
                                          {"withheld", " ours now"}}}}}}};
    const auto shown = passages.json(texts).at("data").at("texts");
    EXPECT_EQ(shown.at(0).at("released").as_string(), std::string("We say ") + kMark);
    EXPECT_EQ(shown.at(0).at("withheld").as_string(), std::string(kMark) + " now");
    EXPECT_EQ(shown.at(1).at("original").as_string(), std::string("We say ") + kMark);
    EXPECT_EQ(shown.at(1).at("withheld").as_string(), std::string(kMark) + " now");
}

TEST(Passages, areFoundWhateverWhiteSpaceIsBetweenTheirWords)
{
    EXPECT_EQ(redacted("the secret plan\nof May", "see the  secret\u00A0plan\r\n\tof May!"),
              std::string("see ") + kMark + "!");
    EXPECT_EQ(redacted("the secret  plan", R"({"q":"the secret\n\u00a0plan"})"),
              std::string(R"({"q":")") + kMark + "\"}");
    EXPECT_EQ(redacted("the secret plan", "the secretplan"), "the secretplan");
}

TEST(Passages, areFoundWhereATextWasCutWithinAnEscape)
{
    const std::string begun = R"({"q":"see )" + std::string(kMark);
    for (const char* cut : {"\\", "\\u", "\\u00e", "\\ud83d", "\\ud83d\\u", "\\\\", "\\\\\\"}) {
        EXPECT_EQ(
            redacted("the secret plan of May", std::string(R"({"q":"see the secret pl)") + cut),
            begun)
            << cut;
    }
}

TEST(Passages, thatWereCopiedWithAPlaceholderAreFoundWithoutIt)
{
    const std::string mark = kMark;
    EXPECT_EQ(redactedLive("ask [EMAIL] first", "Do ask ada@example.com first!"),
              "Do " + mark + "!");
    EXPECT_EQ(redactedLive("then ask [EMAIL]", R"({"q":"then  ask \u0061da@example.com"})"),
              R"({"q":")" + mark + "\"}");
}

TEST(Passages, areTakenInPartFromTextsAlone)
{
    const Passages passages(passagesOf({"Acme Corp is in violation, says your assistant"}),
                            redaction(false));
    const Json record
        = JsonObject{{"status", "violation"},
                     {"name", "Acme Corp"},
                     {"data",
                      JsonObject{{"outcome", "violation"},
                                 {"messages",
                                  JsonArray{JsonObject{{"role", "your assistant"},
                                                       {"content", "He said: Acme Corp is"}}}}}}};
    const Json shown = passages.json(record);
    EXPECT_EQ(shown.at("status"), "violation");
    EXPECT_EQ(shown.at("name"), "Acme Corp");
    EXPECT_EQ(shown.at("data").at("outcome"), "violation");
    const Json& message = shown.at("data").at("messages").at(0);
    EXPECT_EQ(message.at("role"), "your assistant");
    EXPECT_EQ(message.at("content"), around("He said: "));
    EXPECT_EQ(passages.name("Acme Corp is"), "Acme Corp is");
}

/// A message of three parts, which its client shows as one text.
JsonArray partsOnTest(const std::string& between)
{
    return {JsonObject{{"type", "text"}, {"text", "Counsel says: "}},
            JsonObject{{"type", "text"}, {"text", between}},
            JsonObject{{"type", "text"}, {"text", " before the trial."}}};
}

TEST(Passages, goOnFromOnePartOfAMessageIntoTheNext)
{
    const Passages passages(passagesOf({"says: pay 4 m before the", "one two three four five"}),
                            redaction(false));
    const Json content = JsonObject{{"content", partsOnTest("pay 4 m")}};
    const Json data
        = JsonObject{{"data",
                      JsonObject{{"messages", JsonArray{content}},
                                 {"system", printJson(partsOnTest("pay 4 m"))},
                                 {"input", JsonArray{"one", "two\n", "three", "four five"}}}}};
    const Json shown = passages.json(data).at("data");
    const auto& parts = shown.at("messages").at(0).at("content");
    EXPECT_EQ(parts.at(0).at("text"), around("Counsel "));
    EXPECT_EQ(parts.at(1).at("text"), around(""));
    EXPECT_EQ(parts.at(2).at("text"), around("", " trial."));
    JsonArray printed = partsOnTest(kMark);
    printed[0].as_object()["text"] = around("Counsel ");
    printed[2].as_object()["text"] = around("", " trial.");
    EXPECT_EQ(stringMember(shown, "system"), printJson(printed)) << "as ingest keeps a long one";
    EXPECT_EQ(shown.at("input"), Json(JsonArray{kSecond, kSecond, kSecond, kSecond}));
}

TEST(Passages, areFoundInAPartThatIsAllTheirs)
{
    // Between the parts it was copied with words that stand in none of them.
    const Passages passages(passagesOf({"Counsel says: (1) settle for four (2) before the trial"}),
                            redaction(false));
    const JsonArray parts = partsOnTest("settle for four");
    std::string printed = printJson(parts);
    printed.resize(printed.find(" four"));
    const Json data = JsonObject{{"data", JsonObject{{"messages", parts}, {"input", printed}}}};
    const Json shown = passages.json(data).at("data");
    EXPECT_EQ(shown.at("messages").at(1).at("text"), around(""));
    EXPECT_EQ(stringMember(shown, "input").find("settle"), std::string::npos)
        << stringMember(shown, "input");
}

TEST(Passages, goOnFromOneChannelOfAnAnswerIntoTheNext)
{
    const Passages passages(passagesOf({"it is ours and stays ours"}), redaction(false));
    const auto channel = [](const char* released, const char* withheld) {
        return JsonObject{{"released", released}, {"withheld", withheld}};
    };
    const Json shown
        = passages.json(JsonObject{{"data",
                                    JsonObject{{"texts",
                                                JsonArray{channel("We say it is", ""),
                                                          channel(" ours ", "and"),
                                                          channel("", " stays ours now")}}}}});
    const auto& texts = shown.at("data").at("texts");
    EXPECT_EQ(texts.at(0).at("released"), around("We say "));
    EXPECT_EQ(texts.at(1).at("released"), around(""));
    EXPECT_EQ(texts.at(1).at("withheld"), around(""));
    EXPECT_EQ(texts.at(2).at("withheld"), around("", " now"));
}

TEST(Passages, inWhatWasWithheldAreFoundFromBothTextsBeforeIt)
{
    const Passages passages(passagesOf({"<name> is it"}), redaction(false));
    const Json shown = passages.json(
        JsonObject{{"data",
                    JsonObject{{"texts",
                                JsonArray{JsonObject{{"released", "says <name>"},
                                                     {"original", "says Ada"},
                                                     {"withheld", " is it, now"}}}}}}});
    EXPECT_EQ(shown.at("data").at("texts").at(0).at("withheld"), around("", ", now"));
}

TEST(Passages, areFoundInNumbersThatSomebodySent)
{
    const Passages passages(passagesOf({"4000000", "true"}), redaction(false));
    const Json facts = JsonObject{{"offer", 4000000}, {"share", 4000000.0}, {"other", 400000}};
    const Json shown = passages.json(
        JsonObject{{"data", JsonObject{{"facts", facts}, {"released_bytes", 4000000}}},
                   {"metadata", JsonArray{4000000, true, false, nullptr}}});
    EXPECT_EQ(shown.at("data").at("facts"),
              Json(JsonObject{{"offer", kMark}, {"share", kMark}, {"other", 400000}}));
    EXPECT_EQ(shown.at("data").at("released_bytes"), 4000000) << "we counted that";
    EXPECT_EQ(shown.at("metadata"), Json(JsonArray{kMark, kSecond, false, nullptr}));
}

TEST(Passages, haveNumbersAndAreCounted)
{
    const Passages passages({{"first one", "privilege", "a"}, {"second one", "privilege", "b"}},
                            redaction(false));
    const Json recorded
        = JsonObject{{"text", "the first one and the second one"},
                     {"data", JsonObject{{"of the first one", JsonArray{"first one", 7, nullptr}}}},
                     {"metadata", JsonObject{{"first one", 1}, {"[REDACTED 1: privilege]", 2}}}};
    EXPECT_EQ(passages.standingIn(recorded), (std::set<std::size_t>{0, 1}));
    const Json shown = passages.json(recorded);
    EXPECT_TRUE(passages.standingIn(shown).empty());
    const auto marks = passages.marksIn(shown);
    EXPECT_EQ(marks.at(0), 5);
    EXPECT_EQ(marks.at(1), 1);
    EXPECT_EQ(shown.at("data").at("of the [REDACTED 1: privilege]").at(1), 7);
    EXPECT_EQ(shown.at("metadata").as_object().size(), 2U) << "none goes for another";
}

} // namespace
} // namespace exhibit::report
