// SPDX-License-Identifier: Apache-2.0
// POST /admin/cost-estimate: what a request may come to before it is sent, and whether its quotas
// have room for it. Counted as the gateway counts when it admits the call.
#include "models/base/traffic_limits.h"
#include "server/api/projects.h"
#include "server/api/reply.h"
#include "server/api/resources.h"
#include "server/gateway/chat_request.h"
#include "server/gateway/provider_answer.h"
#include "server/gateway/quota_demands.h"
#include "server/storage/quota_store.h"

#include <algorithm>
#include <cmath>

namespace exhibit::api {
namespace {

/// Texts have between so many tokens, seen from the price table's figure: prose of European
/// languages lies within, dense code and other scripts reach the ends.
constexpr double kFewestTokens = 0.6;
constexpr double kMostTokens = 1.6;
/// Tools and formats are JSON here, and something shorter where the model reads them.
constexpr double kFewestOfJson = 0.3;
constexpr double kSomeOfJson = 0.6;
/// What providers put around the texts of a short conversation: roles, separators, a beginning.
constexpr std::int64_t kFrameTokensMost = 32;

struct EstimateRequest {
    Json request; ///< As it would be sent to `endpoint`.
    std::string endpoint{gateway::chatSurface().traits().path};
    std::optional<std::string> project;
    std::optional<std::string> userId;
};

template <class V>
void visitFields(V& visit, Of<V, EstimateRequest>& asked)
{
    visit("request", asked.request);
    visit.defaulted("endpoint", asked.endpoint);
    visit("project", asked.project);
    visit("user_id", asked.userId);
}

struct Range {
    std::int64_t low = 0;
    std::int64_t expected = 0;
    std::int64_t high = 0;
};

template <class V>
void visitFields(V& visit, Of<V, Range>& range)
{
    visit("low", range.low);
    visit("expected", range.expected);
    visit("high", range.high);
}

/// The request as the gateway would read it. Keeps what ChatRequest points into.
struct AskedCall {
    http::Request request;
    std::unique_ptr<gateway::ChatRequest> chat;
};

Result<std::unique_ptr<AskedCall>> readCall(const EstimateRequest& asked)
{
    const auto* surface = gateway::findSurface(asked.endpoint);
    if (surface == nullptr) {
        return fail(ErrorCode::InvalidInput,
                    "expected the path of an API that asks a model, as /v1/chat/completions",
                    "/endpoint");
    }
    auto call = std::make_unique<AskedCall>();
    call->request.body = printJson(asked.request);
    auto chat = gateway::ChatRequest::read(call->request, *surface);
    if (!chat) {
        chat.error().subject = "/request/" + chat.error().subject;
        return tl::make_unexpected(std::move(chat).error());
    }
    call->chat = *std::move(chat);
    if (asked.userId) {
        call->chat->userId = asked.userId;
    }
    return call;
}

std::int64_t scaled(std::int64_t tokens, double factor)
{
    return static_cast<std::int64_t>(std::llround(static_cast<double>(tokens) * factor));
}

std::size_t stringBytes(const Json& json)
{
    std::size_t bytes = json.is_string() ? json.get_string().size() : 0;
    if (json.is_array()) {
        for (const auto& element : json.get_array()) {
            bytes += stringBytes(element);
        }
    } else if (json.is_object()) {
        for (const auto& [name, value] : json.get_object()) {
            bytes += stringBytes(value);
        }
    }
    return bytes;
}

/// `tokens` as the gateway counts the request's texts.
Range promptTokens(std::int64_t tokens, const Json& request, const domain::ModelPrice* price)
{
    std::size_t described = 0;
    std::size_t counted = 0; // Of that, among the texts.
    for (const auto* pointer : {"/tools", "/functions", "/response_format", "/text/format"}) {
        boost::system::error_code error;
        if (const Json* found = request.find_pointer(pointer, error)) {
            described += printJson(*found).size();
            counted += stringBytes(*found);
        }
    }
    const auto json = described == 0 ? 0 : domain::estimateTokens(described, price);
    const auto texts
        = tokens - std::min(tokens, counted == 0 ? 0 : domain::estimateTokens(counted, price));
    return {scaled(texts, kFewestTokens) + scaled(json, kFewestOfJson),
            texts + scaled(json, kSomeOfJson),
            scaled(texts + json, kMostTokens) + kFrameTokensMost};
}

/// Tools that the provider runs bring prompts and results of its own; functions are run by whoever
/// asks.
bool runsTools(const Json& request)
{
    const Json* tools = findMember(request, "tools");
    const auto isHosted = [](const Json& tool) {
        const auto type = stringMember(tool, "type");
        return !type.empty() && type != "function" && type != "custom";
    };
    return tools != nullptr && tools->is_array()
        && std::any_of(tools->get_array().begin(), tools->get_array().end(), isHosted);
}

/// Reasoning that the client only keeps for the provider.
bool hasSealedReasoning(const Json& request)
{
    const Json* input = findMember(request, "input");
    const auto isSealed
        = [](const Json& item) { return !stringMember(item, "encrypted_content").empty(); };
    return input != nullptr && input->is_array()
        && std::any_of(input->get_array().begin(), input->get_array().end(), isSealed);
}

/// Members whose tokens nobody sees but the provider: it adds them to the prompt.
JsonArray unseen(const gateway::ChatRequest& chat, const Json& request)
{
    JsonArray members;
    for (const auto& member : chat.providerState) {
        members.emplace_back(member);
    }
    if (runsTools(request)) {
        members.emplace_back("tools");
    }
    if (hasSealedReasoning(request)) {
        members.emplace_back("encrypted_content");
    }
    return members;
}

/// What an answer may come to at most: the provider keeps what the request states, and a tier's
/// limit of tokens ends the run. nullopt: nothing bounds it.
std::optional<std::int64_t> outputBound(const gateway::ChatRequest& chat,
                                        const std::vector<domain::AppliedQuota>& quotas,
                                        const Range& prompt)
{
    auto bound = chat.outputTokensMax();
    for (const auto& quota : quotas) {
        if (const auto& run = quota.policy->runTokens) {
            const auto left = std::max<std::int64_t>(*run - prompt.low, 0);
            bound = std::min(bound.value_or(left), left);
        }
    }
    return bound;
}

/// From what the model's recorded answers came to; without any, from the request alone. `bound` is
/// what it may come to; without one the high end is what is seldom passed, and no more.
Range outputTokens(const std::optional<std::int64_t>& bound, const storage::AnswerLengths& seen)
{
    const auto some
        = std::min(bound.value_or(limits::kReservedOutputTokens), limits::kReservedOutputTokens);
    Range range{1, some / 2, limits::kReservedOutputTokens};
    if (seen.answers > 0) {
        range = {seen.low, seen.mean, std::max(seen.high, range.high)};
    }
    if (bound) {
        range.high = *bound;
        range.low = std::min(range.low, *bound);
        range.expected = std::clamp(range.expected, range.low, *bound);
    }
    return range;
}

Range costRange(const Range& prompt, const Range& output, const domain::ModelPrice& price)
{
    const auto cost = [&price](std::int64_t in, std::int64_t out) {
        domain::Usage usage;
        usage.promptTokens = in;
        usage.completionTokens = out;
        return domain::costOf(usage, price);
    };
    return {cost(prompt.low, output.low),
            cost(prompt.expected, output.expected),
            cost(prompt.high, output.high)};
}

/// A limit of one run, and what the request needs of it: a prompt that does not leave room for one
/// token of an answer is cut as soon as it is answered.
struct RunNeed {
    std::string_view limits;
    std::string_view errorCode;
    std::optional<std::int64_t> limit;
    std::int64_t needs = 0;
    std::int64_t most = 0;
};

/// What a new run would need.
std::vector<RunNeed> runNeeds(const domain::QuotaPolicy& policy,
                              const gateway::QuotaCall& call,
                              std::int64_t outputMost)
{
    const auto cost = [&call](std::int64_t output) {
        domain::Usage usage;
        usage.promptTokens = call.promptTokens;
        usage.completionTokens = output;
        return call.price == nullptr ? 0 : domain::costOf(usage, *call.price);
    };
    const std::int64_t least = call.outputTokensMax == 0 ? 0 : 1; // Vectors are no tokens.
    return {{"run_tokens",
             "RUN_TOKENS_EXCEEDED",
             policy.runTokens,
             call.promptTokens + least,
             call.promptTokens + outputMost},
            {"run_cost", "RUN_COST_EXCEEDED", policy.runCost, cost(least), cost(outputMost)}};
}

/// Whether the limits of one run let the request be answered; the code of the first that does not.
/// `outputMost` is the high end of what is expected.
std::string judgeRun(const gateway::QuotaCall& call, std::int64_t outputMost, JsonArray& quotas)
{
    std::string code;
    for (const auto& quota : call.applied) {
        for (const auto& need : runNeeds(*quota.policy, call, outputMost)) {
            if (!need.limit) {
                continue;
            }
            const bool fits = need.needs <= *need.limit;
            if (!fits && code.empty()) {
                code = need.errorCode;
            }
            quotas.push_back(JsonObject{{"scope", wireName(quota.scope)},
                                        {"limits", need.limits},
                                        {"limit", *need.limit},
                                        {"used", 0},
                                        {"needs", need.needs},
                                        {"fits", fits},
                                        {"suffices", need.most <= *need.limit}});
        }
    }
    return code;
}

/// What the gateway would say now, and what would become of the call then.
Result<Json> verdict(const ApiServices& services,
                     const gateway::QuotaCall& call,
                     std::int64_t outputMost,
                     Deadline deadline)
{
    const auto wanted = gateway::demandsOf(call);
    JsonArray quotas;
    std::string code = judgeRun(call, outputMost, quotas);
    if (wanted.refusal) {
        code = wanted.refusal->reply.code;
    }
    bool allowed = code.empty();
    storage::QuotaStore store(services.database);
    for (const auto& demand : wanted.demands) {
        EXHIBIT_TRY(const auto taken, store.taken(demand.budget.key, deadline));
        const bool fits = demand.budget.limit - taken >= demand.budget.least;
        if (!fits && allowed) {
            allowed = false;
            code = gateway::exhausted(demand, taken, call.now).reply.code;
        }
        quotas.push_back(
            JsonObject{{"scope", wireName(demand.scope)},
                       {"limits", demand.metric ? wireName(*demand.metric) : "concurrent_runs"},
                       {"limit", demand.budget.limit},
                       {"used", taken},
                       {"needs", demand.budget.least},
                       {"fits", fits}});
    }
    JsonObject json{{"allowed", allowed}, {"quotas", std::move(quotas)}};
    if (!allowed) {
        json.emplace("error_code", code);
    }
    return Json(std::move(json));
}

Result<Json> estimate(const ApiServices& services,
                      const security::Principal& principal,
                      const EstimateRequest& asked)
{
    const auto deadline = Deadline::after(kHandlerTimeout);
    EXHIBIT_TRY(const auto call, readCall(asked));
    const auto& chat = *call->chat;
    EXHIBIT_TRY(const auto project,
                findProject(services,
                            principal.tenant,
                            asked.project.value_or(std::string(kDefaultProject))));
    const auto catalogue = services.catalogue.get();
    const auto& prices = catalogue->pricesOf(principal.tenant);
    const auto* price = prices.find(chat.model);
    storage::QuotaStore store(services.database);
    EXHIBIT_TRY(const auto seen, store.answerLengths(principal.tenant, chat.model, deadline));
    const auto tokens = domain::estimateTokens(chat.textBytes(), price);
    const auto prompt = promptTokens(tokens, asked.request, price);
    gateway::QuotaCall wanted;
    const auto quotas = catalogue->quotas.find(principal.tenant);
    if (quotas != catalogue->quotas.end()) {
        wanted.applied = domain::quotasOf(quotas->second, chat.userId.value_or(""), project.slug);
    }
    const auto bound = outputBound(chat, wanted.applied, prompt);
    const auto output = outputTokens(bound, seen);
    JsonObject json{{"model", chat.model},
                    {"endpoint", asked.endpoint},
                    {"prompt_tokens", toJson(prompt)},
                    {"output_tokens", toJson(output)},
                    {"output_is_bounded", bound.has_value()},
                    {"answers_seen", seen.answers}};
    if (const auto most = chat.outputTokensMax()) {
        json.emplace("output_tokens_max", *most);
    }
    if (auto members = unseen(chat, asked.request); !members.empty()) {
        json.emplace("not_counted", std::move(members));
    }
    if (price != nullptr) {
        json.emplace("cost_microcents", toJson(costRange(prompt, output, *price)));
        json.emplace("currency", prices.currency);
        json.emplace("price_version", prices.version);
    }
    if (quotas == catalogue->quotas.end()) {
        json.emplace("verdict", JsonObject{{"allowed", true}, {"quotas", JsonArray{}}});
        return Json(std::move(json));
    }
    wanted.quotas = &quotas->second;
    wanted.userId = chat.userId.value_or("");
    wanted.project = project.slug;
    wanted.newRun = true;
    wanted.now = utcNow();
    wanted.counters.llmCalls = 1;
    wanted.counters.startedAt = wanted.now;
    wanted.promptTokens = tokens;
    wanted.outputTokensMax = chat.outputTokensMax();
    wanted.streaming = chat.streaming;
    wanted.price = price;
    EXHIBIT_TRY(auto said, verdict(services, wanted, output.high, deadline));
    json.emplace("verdict", std::move(said));
    return Json(std::move(json));
}

http::Response estimateCost(const SharedServices& services,
                            const http::Request& request,
                            const security::Principal& principal)
{
    EXHIBIT_ANSWER(request, const auto asked, readBody<EstimateRequest>(request));
    if (!asked.request.is_object()) {
        return refusal(request, {ErrorCode::InvalidInput, "expected a request", "/request"});
    }
    EXHIBIT_ANSWER(request, const auto estimated, estimate(*services, principal, asked));
    if (const auto kept = storage::QuotaStore(services->database)
                              .keepEstimate(principal.tenant,
                                            principal.key.text(),
                                            estimated,
                                            Deadline::after(kHandlerTimeout));
        !kept) {
        return refusal(request, kept.error());
    }
    return http::jsonResponse(200, JsonObject{{"estimate", estimated}});
}

} // namespace

std::vector<ApiRoute> estimateRoutes(const SharedServices& services)
{
    return {
        {"POST", "/admin/cost-estimate", domain::Scope::ProjectRead, with(services, estimateCost)}};
}

} // namespace exhibit::api
