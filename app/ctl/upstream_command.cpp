// SPDX-License-Identifier: Apache-2.0
#include "app/ctl/commands.h"
#include "app/ctl/failure_report.h"
#include "app/ctl/table.h"
#include "app/ctl/text_layout.h"
#include "backend-client/replies_json.h"

#include <fmt/format.h>

namespace exhibit::ctl {
namespace {

struct AddOptions {
    client::NewUpstream upstream;
    std::string apiKeyEnv;
    std::string wire = "openai";
    std::string contract;
};

int addUpstream(Session& session, const AddOptions& options)
{
    client::NewUpstream upstream = options.upstream;
    if (!options.apiKeyEnv.empty()) {
        upstream.apiKeyEnv = options.apiKeyEnv;
    }
    const auto wire = parseEnum<domain::Wire>(options.wire);
    if (!wire) {
        return report(wire.error(), session.json());
    }
    upstream.wire = *wire;
    if (!options.contract.empty()) {
        auto contract = parseJson(options.contract).and_then([](const Json& json) {
            return fromJson<domain::ServiceContract>(json, UnknownMembers::Reject);
        });
        if (!contract) {
            return report(contract.error(), session.json());
        }
        upstream.contract = *std::move(contract);
    }
    const auto reply = session.wait(session.client().addUpstream(upstream));
    if (!reply) {
        return report(reply.error(), session.json());
    }
    if (session.json()) {
        session.printJsonLine(toJson(*reply));
    } else {
        session.out().stream << reply->upstreamId.text() << '\n';
    }
    return kDone;
}

std::string credentialOf(const client::NewUpstream& upstream)
{
    if (upstream.passThrough) {
        return "the client's";
    }
    return upstream.apiKeyEnv ? "$" + *upstream.apiKeyEnv : "none";
}

int listUpstreams(Session& session)
{
    const auto reply = session.wait(session.client().upstreams());
    if (!reply) {
        return report(reply.error(), session.json());
    }
    if (session.json()) {
        session.printJsonLine(toJson(*reply));
        return kDone;
    }
    Table table({"PROJECT", "NAME", "UPSTREAM", "WIRE", "MODELS", "CREDENTIAL", "ADDRESS"});
    for (const auto& upstream : reply->upstreams) {
        const auto& settings = upstream.settings;
        const bool all = settings.models.empty();
        table.add({{settings.project},
                   {settings.name},
                   {upstream.upstreamId.text()},
                   {std::string(wireName(settings.wire))},
                   {all ? "*" : fmt::format("{}", fmt::join(settings.models, ","))},
                   {credentialOf(settings)},
                   {settings.baseUrl}});
    }
    table.print(session.out());
    return kDone;
}

/// The id of the upstream a person named: by its id, or by a name that only one has.
Result<std::string> findUpstream(const client::UpstreamList& list, const std::string& named)
{
    std::vector<std::string> found;
    for (const auto& upstream : list.upstreams) {
        if (upstream.settings.name == named) {
            found.push_back(upstream.upstreamId.text());
        }
    }
    if (found.empty()) {
        return fail(ErrorCode::NotFound, "There is no such upstream.", named);
    }
    if (found.size() > 1) {
        return fail(ErrorCode::Conflict,
                    fmt::format("Several upstreams have this name; give one of the ids {}.",
                                fmt::join(found, ", ")),
                    named);
    }
    return found.front();
}

int removeUpstream(Session& session, const std::string& named)
{
    std::string id = named;
    if (!UpstreamId::parse(named)) {
        const auto list = session.wait(session.client().upstreams());
        if (!list) {
            return report(list.error(), session.json());
        }
        auto found = findUpstream(*list, named);
        if (!found) {
            return report(found.error(), session.json());
        }
        id = *std::move(found);
    }
    const auto reply = session.wait(session.client().removeUpstream(id));
    if (!reply) {
        return report(reply.error(), session.json());
    }
    if (session.json()) {
        session.printJsonLine(JsonObject{{"upstream_id", id}, {"removed", true}});
    } else {
        session.out().stream << "removed " << printable(id) << '\n';
    }
    return kDone;
}

void addAdding(CLI::App& command, Invocation& invocation)
{
    auto options = std::make_shared<AddOptions>();
    auto& upstream = options->upstream;
    auto* add = command.add_subcommand("add", "Add a model provider");
    add->add_option("name", upstream.name, "Its name")->required()->type_name("NAME");
    add->add_option("--base-url", upstream.baseUrl, "http(s)://host[:port][/path], without /v1/...")
        ->required()
        ->type_name("URL");
    add->add_option("--project", upstream.project, "Slug of the project")->capture_default_str();
    add->add_option(
           "--model", upstream.models, "Glob of models it serves; several times; none: all")
        ->type_name("GLOB")
        ->allow_extra_args(false);
    auto* variable = add->add_option(
        "--api-key-env",
        options->apiKeyEnv,
        "Variable of exhibitd's environment with the provider's key (see upstream.keys)");
    variable->type_name("VAR");
    add->add_flag("--pass-through",
                  upstream.passThrough,
                  "The client's own credential goes to the provider")
        ->excludes(variable);
    add->add_option("--contract",
                    options->contract,
                    "What it promises, as JSON: region, data_classes, latency_ms, availability,"
                    " retries, fallback");
    add->add_option("--wire", options->wire, "What the provider speaks")
        ->check(CLI::IsMember(wireNames<domain::Wire>()))
        ->capture_default_str();
    add->callback([options, &invocation] {
        invocation.run = [options](Session& session) { return addUpstream(session, *options); };
    });
}

} // namespace

void addUpstreamCommand(CLI::App& app, Invocation& invocation)
{
    auto* command = app.add_subcommand("upstream", "Add, list and remove model providers");
    command->require_subcommand(1);
    addAdding(*command, invocation);

    auto* list = command->add_subcommand("list", "List the model providers in their order");
    list->callback([&invocation] { invocation.run = listUpstreams; });

    auto named = std::make_shared<std::string>();
    auto* remove = command->add_subcommand("remove", "Remove a model provider");
    remove->add_option("upstream", *named, "Its id or name")->required()->type_name("ID|NAME");
    remove->callback([named, &invocation] {
        invocation.run = [named](Session& session) { return removeUpstream(session, *named); };
    });
}

} // namespace exhibit::ctl
