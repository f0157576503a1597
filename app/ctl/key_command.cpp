// SPDX-License-Identifier: Apache-2.0
#include "app/ctl/commands.h"
#include "app/ctl/failure_report.h"
#include "app/ctl/table.h"
#include "app/ctl/text_layout.h"
#include "backend-client/replies_json.h"

#include <fmt/format.h>

#include <iostream>

namespace exhibit::ctl {
namespace {

struct CreateOptions {
    std::optional<std::string> tenant;
    std::string project = "default";
    std::string role = "service";
    std::vector<std::string> scopes;
    std::string label;
};

Result<client::NewKey> makeRequest(const CreateOptions& options)
{
    client::NewKey key;
    key.tenant = options.tenant;
    key.project = options.project;
    key.label = options.label;
    EXHIBIT_TRY(key.role, parseEnum<domain::Role>(options.role));
    if (!options.scopes.empty()) {
        key.scopes.emplace();
    }
    for (const auto& name : options.scopes) {
        EXHIBIT_TRY(const auto scope, parseEnum<domain::Scope>(name));
        key.scopes->push_back(scope);
    }
    return key;
}

int createKey(Session& session, const CreateOptions& options)
{
    const auto request = makeRequest(options);
    if (!request) {
        return report(request.error(), session.json());
    }
    const auto reply = session.wait(session.client().createKey(*request));
    if (!reply) {
        return report(reply.error(), session.json());
    }
    if (session.json()) {
        Json json = toJson(reply->info);
        json.get_object().emplace("key", reply->key.expose());
        session.printJsonLine(json);
        return kDone;
    }
    // The key alone on standard output: KEY=$(exhibitctl key create ...).
    session.out().stream << printable(reply->key.expose()) << '\n';
    std::cerr << reply->info.keyId.text() << ": the key is shown this once and kept nowhere\n";
    return kDone;
}

int listKeys(Session& session)
{
    const auto reply = session.wait(session.client().keys());
    if (!reply) {
        return report(reply.error(), session.json());
    }
    if (session.json()) {
        session.printJsonLine(toJson(*reply));
        return kDone;
    }
    Table table({"KEY", "PROJECT", "ROLE", "STATE", "CREATED", "LABEL", "SCOPES"});
    for (const auto& key : reply->keys) {
        std::string scopes;
        for (const auto scope : key.scopes) {
            scopes += (scopes.empty() ? "" : ",") + std::string(wireName(scope));
        }
        table.add({{key.keyId.text()},
                   {key.project.empty() ? "-" : key.project},
                   {std::string(wireName(key.role))},
                   {key.revoked ? "revoked" : "active", key.revoked ? Paint::Red : Paint::Plain},
                   {shortTime(key.createdAt)},
                   {key.label.empty() ? "-" : key.label},
                   {scopes.empty() ? "-" : scopes}});
    }
    table.print(session.out());
    return kDone;
}

int revokeKey(Session& session, const std::string& id)
{
    const auto reply = session.wait(session.client().revokeKey(id));
    if (!reply) {
        return report(reply.error(), session.json());
    }
    if (session.json()) {
        session.printJsonLine(JsonObject{{"key_id", id}, {"revoked", true}});
    } else {
        session.out().stream << "revoked " << printable(id) << '\n';
    }
    return kDone;
}

} // namespace

void addKeyCommand(CLI::App& app, Invocation& invocation)
{
    auto* command = app.add_subcommand("key", "Create, list and revoke API keys");
    command->require_subcommand(1);

    auto options = std::make_shared<CreateOptions>();
    auto* create = command->add_subcommand("create", "Make a key and print it, once");
    create->add_option("--tenant", options->tenant, "Slug or id; none: the tenant of your own key");
    create->add_option("--project", options->project, "Slug of the project")->capture_default_str();
    create->add_option("--role", options->role)
        ->check(CLI::IsMember(wireNames<domain::Role>()))
        ->capture_default_str();
    create->add_option("--scopes", options->scopes, "None: those of the role")
        ->check(CLI::IsMember(wireNames<domain::Scope>()))
        ->delimiter(',')
        ->allow_extra_args(false);
    create->add_option("--label", options->label, "What it is for");
    create->callback([options, &invocation] {
        invocation.run = [options](Session& session) { return createKey(session, *options); };
    });

    auto* list = command->add_subcommand("list", "List the keys, without their text");
    list->callback([&invocation] { invocation.run = listKeys; });

    auto id = std::make_shared<std::string>();
    auto* revoke = command->add_subcommand("revoke", "Revoke a key for good");
    revoke->add_option("key", *id, "The key's id")->required()->type_name("ID");
    revoke->callback([id, &invocation] {
        invocation.run = [id](Session& session) { return revokeKey(session, *id); };
    });
}

} // namespace exhibit::ctl
