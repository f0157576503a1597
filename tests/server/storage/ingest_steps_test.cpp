// SPDX-License-Identifier: Apache-2.0
#include "server/storage/ingest_steps.h"

#include "server/storage/incident_store_words.h"
#include "server/storage/ingest_insert.h"
#include "server/storage/unproven_ledger.h"

#include <gtest/gtest.h>

namespace exhibit::storage {
namespace {

spool::CallOpened opened(std::string request)
{
    spool::CallOpened opening;
    opening.endpoint = "/v1/chat/completions";
    opening.model = "gpt-4o-mini";
    opening.request = std::move(request);
    opening.openedAt = fromMicroseconds(1'790'000'000'000'000);
    return opening;
}

OpenCall callOf(spool::CallOpened opening)
{
    OpenCall call;
    call.input = std::make_shared<const Json>(describeRequest(opening));
    call.opening = std::make_shared<const spool::CallOpened>(std::move(opening));
    return call;
}

std::string typesOf(const StepsOfCall& part)
{
    std::string types;
    for (const auto& step : part.steps) {
        types += (types.empty() ? "" : " ") + std::string(wireName(step.event.type));
    }
    return types;
}

TEST(IngestSteps, showARequestThatIsNoJsonAsUnreadable)
{
    const auto data = describeRequest(opened("no json"));
    EXPECT_EQ(data.at("unreadable"), true);
    EXPECT_EQ(data.at("bytes"), 7);
}

TEST(IngestSteps, cutTextsBeyondTheLimitAndSayHowLongTheyWere)
{
    const auto request = [](std::size_t bytes) {
        return printJson(JsonObject{
            {"messages",
             JsonArray{JsonObject{{"role", "user"}, {"content", std::string(bytes, 'x')}}}}});
    };
    const auto whole = describeRequest(opened(request(limits::kStepTextBytesMax)));
    EXPECT_TRUE(whole.at_pointer("/messages/0/content").is_string());
    const auto cut = describeRequest(opened(request(limits::kStepTextBytesMax + 1)));
    EXPECT_EQ(cut.at_pointer("/messages/0/content/bytes"), limits::kStepTextBytesMax + 1);
    EXPECT_EQ(cut.at_pointer("/messages/0/content/beginning").as_string().size(),
              limits::kStepTextBytesMax);
}

TEST(IngestSteps, showTheNewestMessagesOfALongHistory)
{
    JsonArray messages;
    for (std::size_t i = 0; i < limits::kStepMessagesMax + 1; ++i) {
        messages.push_back(JsonObject{{"content", i}});
    }
    const auto data = describeRequest(opened(printJson(JsonObject{{"messages", messages}})));
    EXPECT_EQ(data.at("messages").as_array().size(), limits::kStepMessagesMax);
    EXPECT_EQ(data.at_pointer("/messages/0/content"), 1);
    EXPECT_EQ(data.at("messages_before"), 1);
}

TEST(IngestSteps, ofARefusedCallShowNoProvider)
{
    auto call = callOf(opened("{}"));
    spool::CallClosed closing;
    closing.outcome = "refused";
    closing.status = 404;
    EXPECT_EQ(typesOf(buildSteps(call, closing)), "input");
}

TEST(IngestSteps, ofAFailedProviderShowTheError)
{
    auto opening = opened("{}");
    opening.upstream = "sample";
    spool::CallClosed closing;
    closing.outcome = "upstream_error";
    closing.errorCode = "upstream_reset";
    const auto part = buildSteps(callOf(std::move(opening)), closing);
    EXPECT_EQ(typesOf(part), "input llm_call error output");
    EXPECT_EQ(part.steps[2].event.data.at("error_code"), "upstream_reset");
}

TEST(IngestSteps, listFactsAsPresentNullOrAbsent)
{
    auto opening = opened("{}");
    opening.facts = JsonObject{{"contract", JsonObject{{"end", "2027"}, {"auto_renew", nullptr}}},
                               {"empty", JsonObject{}}};
    auto call = callOf(std::move(opening));
    domain::Decision decision;
    decision.fact = "customer.name";
    decision.factState = "absent";
    decision.result = domain::DecisionResult::Warn;
    call.decisions.push_back(decision);
    spool::CallClosed closing;
    closing.outcome = "refused";
    const auto part = buildSteps(call, closing);
    EXPECT_EQ(part.steps[1].event.data.at("states"),
              (JsonObject{{"contract.end", "present"},
                          {"contract.auto_renew", "null"},
                          {"empty", "present"},
                          {"customer.name", "absent"}}));
}

TEST(IngestInsert, splitsRowsByParametersAndBytes)
{
    std::vector<Parameters> rows(40'000, Parameters{1, 2});
    std::vector<Statement> statements;
    appendInserts(statements, {"INSERT INTO t", "(?,?)", ""}, rows);
    ASSERT_EQ(statements.size(), 2U);
    EXPECT_EQ(statements[0].parameters.size(), 65'534U);
    EXPECT_TRUE(statements[1].sql.starts_with("INSERT INTO t VALUES ($1,$2),($3,$4)"));
    statements.clear();
    const std::string large(limits::kIngestStatementBytesMax / 2, 'x');
    appendInserts(statements, {"INSERT INTO t", "(?)", ""}, {{large}, {large}, {"y"}});
    EXPECT_EQ(statements.size(), 2U);
    appendInserts(statements, {"INSERT INTO t", "(?)", ""}, {});
    EXPECT_EQ(statements.size(), 2U);
}

TEST(IngestInsert, replacesTheCharacterThatPostgresqlCannotHold)
{
    const std::string nul("a\0b", 3);
    EXPECT_EQ(storable(nul),
              "a\xEF\xBF\xBD"
              "b");
    EXPECT_EQ(storable(Json(JsonObject{{nul, JsonArray{nul, 1}}})),
              Json(JsonObject{{"a\xEF\xBF\xBD"
                               "b",
                               JsonArray{"a\xEF\xBF\xBD"
                                         "b",
                                         1}}}));
}

TEST(IncidentWords, stayOneLexemeWhateverTheValue)
{
    EXPECT_EQ(lexemeQuery(FilterLexeme::User, "o'neil\\x & y"), R"('u:o''neil\\x & y')");
    EXPECT_EQ(lexeme(FilterLexeme::Session, std::string(5000, 'x')).size(), 3 + 64U);
}

TEST(UnprovenLedger, digestsFieldsByPathWhateverTheirOrder)
{
    EntryDraft entry;
    entry.type = "llm.call";
    entry.fields = {{"/a", "1"}, {"/b", "2"}};
    const auto digest = digestOf(entry);
    std::swap(entry.fields[0], entry.fields[1]);
    EXPECT_EQ(digestOf(entry), digest);
    entry.fields[0].value = "3";
    EXPECT_NE(digestOf(entry), digest);
    // Neither can a field move its bytes into its neighbour.
    EntryDraft joined = entry;
    joined.fields = {{"/a1", ""}, {"/b", "2"}};
    EXPECT_NE(digestOf(joined), digest);
}

} // namespace
} // namespace exhibit::storage
