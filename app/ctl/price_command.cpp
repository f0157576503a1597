// SPDX-License-Identifier: Apache-2.0
#include "app/ctl/commands.h"
#include "app/ctl/failure_report.h"
#include "app/ctl/policy_file.h"
#include "app/ctl/table.h"
#include "app/ctl/text_layout.h"

namespace exhibit::ctl {
namespace {

int publishPrices(Session& session, const std::string& path)
{
    const auto file = openPolicyFile(path); // Any object.
    if (!file) {
        return report(file.error(), session.json());
    }
    auto reply = session.wait(session.client().publishPrices(file->document));
    if (!reply) {
        return reportFile(std::move(reply).error(), path, session.json());
    }
    if (session.json()) {
        session.printJsonLine(*reply);
    } else {
        session.out().stream << "in force for calls from now on: "
                             << printable(stringMember(reply->at("prices"), "version")) << '\n';
    }
    return kDone;
}

int listPrices(Session& session)
{
    const auto reply = session.wait(session.client().prices());
    if (!reply) {
        return report(reply.error(), session.json());
    }
    if (session.json()) {
        session.printJsonLine(*reply);
        return kDone;
    }
    Table table({"VERSION", "CURRENCY", "MODELS", "PUBLISHED", "BY", ""});
    bool first = true;
    for (const auto& row : reply->at("versions").as_array()) {
        table.add({{memberText(row, "version")},
                   {memberText(row, "currency")},
                   {memberText(row, "models")},
                   {memberText(row, "published_at")},
                   {memberText(row, "published_by")},
                   {first ? "in force" : ""}});
        first = false;
    }
    table.print(session.out());
    return kDone;
}

} // namespace

void addPriceCommand(CLI::App& app, Invocation& invocation)
{
    auto* command = app.add_subcommand("price", "Publish and show what tokens cost");
    command->require_subcommand(1);
    auto path = std::make_shared<std::string>();
    auto* publish = command->add_subcommand("publish", "Put a price table in force for the tenant");
    publish->add_option("file", *path, "The table as JSON; - reads standard input")
        ->required()
        ->type_name("FILE");
    publish->callback([path, &invocation] {
        invocation.run = [path](Session& session) { return publishPrices(session, *path); };
    });
    auto* list = command->add_subcommand("list", "List the tables there are");
    list->callback([&invocation] { invocation.run = listPrices; });
}

} // namespace exhibit::ctl
