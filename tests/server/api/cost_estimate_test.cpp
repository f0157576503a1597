// SPDX-License-Identifier: Apache-2.0
#include "tests/server/api/api_on_test.h"
#include "tests/support/llm_traffic.h"

namespace exhibit::api {
namespace {

ApiOnTest::Answer estimated(ApiOnTest& api, const std::string& endpoint, const Json& request)
{
    return api.ask("POST",
                   "/admin/cost-estimate",
                   printJson(JsonObject{{"endpoint", endpoint}, {"request", request}}));
}

Json object(std::string_view text)
{
    return parseJson(text).value();
}

TEST(CostEstimate, readsTheRequestAsItsApiWouldBeRead)
{
    ApiOnTest api;
    const std::pair<std::string, Json> requests[] = {
        {"/v1/chat/completions",
         object(
             R"({"model":"m","max_tokens":50,"messages":[{"role":"user","content":"0123456789"}]})")},
        {"/v1/responses", object(R"({"model":"m","max_output_tokens":50,"input":"0123456789"})")},
        {"/v1/messages",
         object(
             R"({"model":"m","max_tokens":50,"messages":[{"role":"user","content":"0123456789"}]})")},
        {"/v1/completions", object(R"({"model":"m","max_tokens":50,"prompt":"0123456789"})")}};
    for (const auto& [endpoint, request] : requests) {
        const auto answer = estimated(api, endpoint, request);
        ASSERT_EQ(answer.status, 200) << endpoint << printJson(answer.body);
        EXPECT_GE(answer.at("/estimate/prompt_tokens/expected").as_int64(), 3) << endpoint;
        EXPECT_EQ(answer.at("/estimate/output_tokens/high"), 50) << endpoint;
    }
}

/// The tenant's tier has these limits.
void limitRuns(ApiOnTest& api, const domain::QuotaPolicy& policy)
{
    api.changeCatalogue([&](storage::Catalogue& catalogue) {
        domain::TenantQuotas quotas;
        quotas.tenantId = api.tenant.id;
        quotas.policies = {policy};
        quotas.assignments = {{domain::QuotaScope::User, "*", policy.tier}};
        catalogue.quotas[api.tenant.id] = std::move(quotas);
    });
}

Json asking(std::size_t promptBytes, const std::string& more = {})
{
    return object(R"({"model":"m","messages":[{"role":"user","content":")"
                  + std::string(promptBytes, 'x') + "\"}]" + more + "}");
}

TEST(CostEstimate, aPromptThatNoRunMayHaveIsNotAllowed)
{
    ApiOnTest api;
    domain::QuotaPolicy policy;
    policy.tier = domain::Tier::Free;
    policy.runTokens = 100;
    limitRuns(api, policy);
    const auto large = estimated(api, "/v1/chat/completions", asking(400));
    ASSERT_EQ(large.status, 200) << printJson(large.body);
    EXPECT_EQ(large.at("/estimate/verdict/allowed"), false) << "no token is left for an answer";
    EXPECT_EQ(large.at("/estimate/verdict/error_code"), "RUN_TOKENS_EXCEEDED");
    EXPECT_EQ(large.at("/estimate/verdict/quotas/0/limits"), "run_tokens");
    EXPECT_EQ(large.at("/estimate/verdict/quotas/0/needs"), 101);
    EXPECT_EQ(large.at("/estimate/verdict/quotas/0/fits"), false);

    const auto maybe = estimated(api, "/v1/chat/completions", asking(200));
    EXPECT_EQ(maybe.at("/estimate/verdict/allowed"), true);
    EXPECT_EQ(maybe.at("/estimate/verdict/quotas/0/suffices"), false) << "its answer may be cut";
    const auto brief = estimated(api, "/v1/chat/completions", asking(200, R"(,"max_tokens":20)"));
    EXPECT_EQ(brief.at("/estimate/verdict/quotas/0/suffices"), true);
}

TEST(CostEstimate, saysWhetherAnythingBoundsTheAnswer)
{
    ApiOnTest api;
    const auto open = estimated(api, "/v1/chat/completions", asking(40));
    EXPECT_EQ(open.at("/estimate/output_is_bounded"), false);
    const auto stated = estimated(api, "/v1/chat/completions", asking(40, R"(,"max_tokens":9000)"));
    EXPECT_EQ(stated.at("/estimate/output_is_bounded"), true);
    EXPECT_EQ(stated.at("/estimate/output_tokens/high"), 9000);
    domain::QuotaPolicy policy;
    policy.tier = domain::Tier::Free;
    policy.runTokens = 50'000;
    limitRuns(api, policy);
    const auto cut = estimated(api, "/v1/chat/completions", asking(40));
    EXPECT_EQ(cut.at("/estimate/output_is_bounded"), true);
    EXPECT_EQ(cut.at("/estimate/output_tokens/high"), 50'000 - 6) << "what the run has left";
}

TEST(CostEstimate, ofEmbeddingsHasNoOutput)
{
    ApiOnTest api;
    const auto answer
        = estimated(api, "/v1/embeddings", object(R"({"model":"m","input":["0123456789"]})"));
    ASSERT_EQ(answer.status, 200) << printJson(answer.body);
    EXPECT_GE(answer.at("/estimate/prompt_tokens/expected").as_int64(), 3);
    for (const auto* end : {"low", "expected", "high"}) {
        EXPECT_EQ(answer.at(std::string("/estimate/output_tokens/") + end), 0) << end;
    }
    EXPECT_EQ(answer.at("/estimate/output_tokens_max"), 0);
}

TEST(CostEstimate, saysWhatOnlyTheProviderCanCount)
{
    ApiOnTest api;
    const auto added = [&api](const char* request) {
        const auto answer = estimated(api, "/v1/responses", object(request));
        const Json* members = findMember(answer.at("/estimate"), "not_counted");
        return members == nullptr ? std::string() : printJson(*members);
    };
    EXPECT_EQ(added(R"({"model":"m","input":"a","tools":[{"type":"function","name":"f"}]})"), "");
    EXPECT_EQ(added(R"({"model":"m","input":"a","tools":[{"type":"web_search"}]})"),
              R"(["tools"])");
    EXPECT_EQ(added(R"({"model":"m","input":"a","previous_response_id":"resp_1"})"),
              R"(["previous_response_id"])");
    EXPECT_EQ(added(R"({"model":"m","input":[{"type":"reasoning","encrypted_content":"gAAA"}]})"),
              R"(["encrypted_content"])");
}

TEST(CostEstimate, countsToolsForLessThanTheirJson)
{
    ApiOnTest api;
    const std::string said(400, 'x');
    const auto plain
        = estimated(api, "/v1/responses", object(R"({"model":"m","input":")" + said + R"("})"));
    const auto tools = estimated(
        api,
        "/v1/responses",
        object(R"({"model":"m","input":")" + said
               + R"(","tools":[{"type":"function","name":"f","description":")" + said + R"("}]})"));
    const auto tokens = [](const ApiOnTest::Answer& answer, const std::string& end) {
        return answer.at("/estimate/prompt_tokens/" + end).as_int64();
    };
    EXPECT_EQ(tokens(plain, "expected"), 100);
    EXPECT_EQ(tokens(plain, "low"), 60);
    EXPECT_GT(tokens(tools, "low"), tokens(plain, "low") + 25);
    EXPECT_LT(tokens(tools, "expected"), tokens(plain, "expected") + 100);
    EXPECT_GT(tokens(tools, "high"), tokens(plain, "high") + 160);
}

TEST(CostEstimate, knowsOnlyApisThatAskAModel)
{
    ApiOnTest api;
    for (const auto* endpoint : {"/v1/models", "chat", ""}) {
        const auto refused = estimated(api, endpoint, object(R"({"model":"m"})"));
        EXPECT_EQ(refused.status, 400) << endpoint;
        EXPECT_EQ(refused.param(), "/endpoint") << endpoint;
    }
}

/// How many requests of a recorded file used as many input tokens as their estimate allows.
struct Share {
    int inside = 0;
    int all = 0;
};

/// Pictures and sounds are no texts.
bool isText(const std::string& request)
{
    for (const auto* part :
         {"\"image_url\"", "\"input_image\"", "\"input_audio\"", "\"input_file\"", "\"file\""}) {
        if (request.find(part) != std::string::npos) {
            return false;
        }
    }
    return true;
}

Share measured(ApiOnTest& api, const std::string& file, std::size_t rowsMax)
{
    Share share;
    for (const auto& row : test::llmTraffic(file)) {
        const Json* response = findMember(row, "response");
        const Json* usage = response == nullptr ? nullptr : findMember(*response, "usage");
        if (usage == nullptr || !usage->is_object() || share.all == static_cast<int>(rowsMax)
            || !isText(printJson(row.at("request")))) {
            continue;
        }
        const Json* input = findMember(*usage, "prompt_tokens");
        input = input == nullptr ? findMember(*usage, "input_tokens") : input;
        const auto path = "/v1/" + [&] {
            std::string name(stringMember(row, "endpoint"));
            std::replace(name.begin(), name.end(), '.', '/');
            return name;
        }();
        const auto answer = estimated(api, path, row.at("request"));
        if (answer.status != 200 || input == nullptr || !input->is_int64()
            || findMember(answer.at("/estimate"), "not_counted") != nullptr) {
            continue;
        }
        ++share.all;
        share.inside += input->as_int64() >= answer.at("/estimate/prompt_tokens/low").as_int64()
            && input->as_int64() <= answer.at("/estimate/prompt_tokens/high").as_int64();
    }
    return share;
}

TEST(CostEstimate, holdsForMostOfWhatProvidersReported)
{
    ApiOnTest api;
    for (const auto* file : {"chat_completions_json.jsonl.gz",
                             "responses_json.jsonl.gz",
                             "other_endpoints.jsonl.gz"}) {
        const auto share = measured(api, file, 400);
        std::cout << file << ": " << share.inside << " of " << share.all << "\n";
        EXPECT_GE(100 * share.inside, 85 * share.all) << file;
    }
}

} // namespace
} // namespace exhibit::api
