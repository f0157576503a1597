// SPDX-License-Identifier: Apache-2.0
#include "app/ctl/commands.h"
#include "app/ctl/failure_report.h"
#include "app/ctl/policy_file.h"
#include "app/ctl/table.h"
#include "app/ctl/text_layout.h"
#include "models/domain/money.h"
#include "models/domain/quota.h"

#include <fstream>
#include <iostream>
#include <iterator>

namespace exhibit::ctl {
namespace {

/// The answer as one line with --json, else as `print` says.
template <class Print>
int answer(Session& session, const client::Reply<Json>& reply, Print print)
{
    if (!reply) {
        return report(reply.error(), session.json());
    }
    if (session.json()) {
        session.printJsonLine(*reply);
    } else {
        print(*reply);
    }
    return kDone;
}

int done(Session& session, const client::Reply<void>& reply)
{
    return reply ? kDone : report(reply.error(), session.json());
}

/// A member in microcents as an amount of the currency that `names` it; "-" when it is absent.
std::string amountOf(const Json& row, std::string_view name, const Json& names)
{
    const Json* microcents = findMember(row, name);
    const std::string currency(stringMember(names, "currency"));
    return microcents == nullptr || !microcents->is_int64()
        ? memberText(row, name)
        : amountText(microcents->get_int64(),
                     currency.empty() ? std::nullopt : std::optional(currency));
}

/// The array `member` of a reply as a table; costs are in the reply's currency.
void printRows(const Output& out,
               const Json& reply,
               std::string_view member,
               const std::vector<std::pair<std::string, std::string>>& columns)
{
    std::vector<std::string> headers;
    for (const auto& [header, name] : columns) {
        headers.push_back(header);
    }
    Table table(headers);
    const Json* rows = findMember(reply, member);
    for (const auto& row : rows != nullptr && rows->is_array() ? rows->get_array() : JsonArray{}) {
        std::vector<Cell> cells;
        for (const auto& [header, name] : columns) {
            cells.push_back({name.starts_with("cost_microcents") ? amountOf(row, name, reply)
                                                                 : memberText(row, name)});
        }
        table.add(std::move(cells));
    }
    table.print(out);
}

int listQuotas(Session& session)
{
    return answer(session, session.wait(session.client().quotas()), [&](const Json& reply) {
        printRows(session.out(),
                  reply,
                  "policies",
                  {{"TIER", "tier"},
                   {"RUNS/DAY", "runs_per_day"},
                   {"TOKENS/DAY", "tokens_per_day"},
                   {"COST/DAY", "cost_microcents_per_day"},
                   {"AT ONCE", "concurrent_runs"},
                   {"RUN SECONDS", "run_seconds"},
                   {"RUN TOKENS", "run_tokens"},
                   {"RUN CALLS", "run_calls"}});
        session.out().stream << '\n';
        printRows(session.out(),
                  reply,
                  "assignments",
                  {{"SCOPE", "scope"}, {"SUBJECT", "subject"}, {"TIER", "tier"}});
    });
}

int showUsage(Session& session, const std::string& user)
{
    return answer(session, session.wait(session.client().usage(user)), [&](const Json& reply) {
        printRows(session.out(),
                  reply,
                  "days",
                  {{"DAY", "day"},
                   {"USER", "user_id"},
                   {"RUNS", "runs"},
                   {"CALLS", "calls"},
                   {"PROMPT", "prompt_tokens"},
                   {"COMPLETION", "completion_tokens"},
                   {"COST", "cost_microcents"}});
    });
}

int listWhitelist(Session& session)
{
    return answer(session, session.wait(session.client().whitelist()), [&](const Json& reply) {
        printRows(session.out(),
                  reply,
                  "whitelist",
                  {{"USER", "user_id"},
                   {"EXPIRES", "expires"},
                   {"ADDED", "added_at"},
                   {"REASON", "reason"}});
    });
}

struct Asked {
    std::string scope;
    std::string subject;
    std::string tier;
    std::string reason;
    std::string expires;
    std::string file;
    std::string project;
    std::string endpoint = "/v1/chat/completions";
    std::map<std::string, std::int64_t> limits;
};

/// "2.50" of the tenant's currency, as the microcents that the API takes.
CLI::Validator amountOption()
{
    return {[](std::string& text) {
                // With its point: without, it was a number of microcents once.
                const auto microcents = domain::parseAmount(text);
                if (!microcents || text.find('.') == std::string::npos) {
                    return std::string("expected an amount like 2.50, up to 8 decimals");
                }
                text = std::to_string(*microcents);
                return std::string();
            },
            ""};
}

int setQuota(Session& session, const Asked& asked)
{
    JsonObject limits;
    for (const auto& [name, value] : asked.limits) {
        if (value >= 0) {
            limits[name] = value;
        }
    }
    return answer(
        session, session.wait(session.client().setQuota(asked.tier, limits)), [](const Json&) {});
}

int assign(Session& session, const Asked& asked)
{
    const JsonObject body{{"scope", asked.scope}, {"subject", asked.subject}, {"tier", asked.tier}};
    return answer(session, session.wait(session.client().assignQuota(body)), [](const Json&) {});
}

int addToWhitelist(Session& session, const Asked& asked)
{
    JsonObject body{{"user_id", asked.subject}, {"reason", asked.reason}};
    if (!asked.expires.empty()) {
        body["expires"] = asked.expires;
    }
    return answer(session, session.wait(session.client().addToWhitelist(body)), [](const Json&) {});
}

/// What the provider adds to the prompt; empty: nothing that is known.
std::string notCounted(const Json& estimate)
{
    const Json* members = findMember(estimate, "not_counted");
    std::string text;
    for (const auto& member :
         members != nullptr && members->is_array() ? members->get_array() : JsonArray{}) {
        text += (text.empty() ? "what the provider adds for " : ", ")
            + (member.is_string() ? std::string(member.get_string()) : printJson(member));
    }
    return text;
}

void printEstimate(const Output& out, const Json& reply)
{
    const Json& estimate = reply.at("estimate");
    const auto range = [&estimate](std::string_view name) {
        const Json* value = findMember(estimate, name);
        const auto figure = [&](std::string_view end) {
            return name == "cost_microcents" ? amountOf(*value, end, estimate)
                                             : memberText(*value, end);
        };
        return value == nullptr
            ? std::string("not known")
            : figure("expected") + ", from " + figure("low") + " to " + figure("high");
    };
    const Json& verdict = estimate.at("verdict");
    const Json* bounded = findMember(estimate, "output_is_bounded");
    const bool isBounded = bounded == nullptr || *bounded == true;
    const bool allowed = verdict.at("allowed").get_bool();
    printFields(out,
                {{"model", {memberText(estimate, "model")}},
                 {"prompt tokens", {range("prompt_tokens")}},
                 {"output tokens", {range("output_tokens")}},
                 {"at most", {isBounded ? "" : "nothing bounds the answer: it may be longer"}},
                 {"not counted", {notCounted(estimate)}},
                 {"cost", {range("cost_microcents")}},
                 {"prices", {memberText(estimate, "price_version")}},
                 {"quotas", {allowed ? "have room for it" : memberText(verdict, "error_code")}}});
}

int estimateCost(Session& session, const Asked& asked)
{
    const auto file = openPolicyFile(asked.file); // Any object.
    if (!file) {
        return report(file.error(), session.json());
    }
    JsonObject body{{"request", file->document}, {"endpoint", asked.endpoint}};
    if (!asked.subject.empty()) {
        body["user_id"] = asked.subject;
    }
    if (!asked.project.empty()) {
        body["project"] = asked.project;
    }
    return answer(session,
                  session.wait(session.client().estimateCost(body)),
                  [&](const Json& reply) { printEstimate(session.out(), reply); });
}

void addChanges(CLI::App& command, Invocation& invocation, const std::shared_ptr<Asked>& asked)
{
    const auto tiers = CLI::IsMember(wireNames<domain::Tier>());
    const auto scopes = CLI::IsMember(wireNames<domain::QuotaScope>());
    auto* set
        = command.add_subcommand("set", "Set what a tier allows; what is left out is unlimited");
    set->add_option("tier", asked->tier, "FREE, ALPHA, TEAM or ENTERPRISE")
        ->required()
        ->check(tiers);
    for (const auto& [flag, name] : std::vector<std::pair<std::string, std::string>>{
             {"--runs-per-day", "runs_per_day"},
             {"--tokens-per-day", "tokens_per_day"},
             {"--cost-per-day", "cost_microcents_per_day"},
             {"--concurrent-runs", "concurrent_runs"},
             {"--run-seconds", "run_seconds"},
             {"--run-tokens", "run_tokens"},
             {"--run-calls", "run_calls"},
             {"--run-cost", "run_cost_microcents"}}) {
        asked->limits[name] = -1;
        auto* option = set->add_option(flag, asked->limits[name])->type_name("N");
        if (name.find("cost_microcents") != std::string::npos) {
            option->type_name("AMOUNT")->transform(amountOption());
        }
    }
    set->callback([asked, &invocation] {
        invocation.run = [asked](Session& session) { return setQuota(session, *asked); };
    });
    auto* give = command.add_subcommand("assign", "Give a user, a project or the tenant a tier");
    give->add_option("scope", asked->scope, "user, project or tenant")->required()->check(scopes);
    give->add_option("tier", asked->tier)->required()->check(tiers);
    give->add_option("subject", asked->subject, "A user id, a project, or * for each");
    give->callback([asked, &invocation] {
        invocation.run = [asked](Session& session) { return assign(session, *asked); };
    });
    auto* take = command.add_subcommand("unassign", "Take a tier away");
    take->add_option("scope", asked->scope, "user, project or tenant")->required()->check(scopes);
    take->add_option("subject", asked->subject, "As it was assigned");
    take->callback([asked, &invocation] {
        invocation.run = [asked](Session& session) {
            return done(session,
                        session.wait(session.client().unassignQuota(asked->scope, asked->subject)));
        };
    });
}

void addWhitelist(CLI::App& app, Invocation& invocation, const std::shared_ptr<Asked>& asked)
{
    auto* whitelist = app.add_subcommand("whitelist", "Say who may use the tier ALPHA");
    whitelist->require_subcommand(1);
    whitelist->add_subcommand("list", "Show everybody on it")->callback([&invocation] {
        invocation.run = listWhitelist;
    });
    auto* add = whitelist->add_subcommand("add", "Add somebody");
    add->add_option("user", asked->subject, "A user id or an e-mail address")->required();
    add->add_option("--reason", asked->reason, "Why");
    add->add_option("--expires", asked->expires, "Until when, RFC 3339");
    add->callback([asked, &invocation] {
        invocation.run = [asked](Session& session) { return addToWhitelist(session, *asked); };
    });
    auto* remove = whitelist->add_subcommand("remove", "Take somebody off it");
    remove->add_option("user", asked->subject)->required();
    remove->callback([asked, &invocation] {
        invocation.run = [asked](Session& session) {
            return done(session,
                        session.wait(session.client().removeFromWhitelist(asked->subject)));
        };
    });
}

} // namespace

void addQuotaCommands(CLI::App& app, Invocation& invocation)
{
    const auto asked = std::make_shared<Asked>();
    auto* quota = app.add_subcommand("quota", "Say who may use how much, and what was used");
    quota->require_subcommand(1);
    quota->add_subcommand("list", "Show the tiers and who has which")->callback([&invocation] {
        invocation.run = listQuotas;
    });
    auto* usage = quota->add_subcommand("usage", "Show what was used, by day and user");
    usage->add_option("--user", asked->subject, "Of one user")->type_name("U");
    usage->callback([asked, &invocation] {
        invocation.run = [asked](Session& session) { return showUsage(session, asked->subject); };
    });
    addChanges(*quota, invocation, asked);
    addWhitelist(app, invocation, asked);
    auto* estimate
        = app.add_subcommand("estimate", "Say what a request may cost before it is sent");
    estimate->add_option("file", asked->file, "The request as JSON; - reads standard input")
        ->required()
        ->type_name("FILE");
    estimate->add_option("--user", asked->subject, "Who would send it")->type_name("U");
    estimate->add_option("--project", asked->project)->type_name("P");
    estimate->add_option("--endpoint", asked->endpoint, "Where it would be sent, as /v1/messages")
        ->type_name("PATH");
    estimate->callback([asked, &invocation] {
        invocation.run = [asked](Session& session) { return estimateCost(session, *asked); };
    });
}

} // namespace exhibit::ctl
