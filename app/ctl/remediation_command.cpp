// SPDX-License-Identifier: Apache-2.0
#include "app/ctl/commands.h"
#include "app/ctl/failure_report.h"
#include "app/ctl/policy_file.h"
#include "app/ctl/table.h"
#include "models/domain/remediation.h"

namespace exhibit::ctl {
namespace {

struct ItemOptions {
    std::string incident;
    std::int64_t number = 0; ///< 0: a new one.
    std::string action;
    std::string owner;
    std::string due;
    std::string state = "open";
    std::string approver;
    std::string snapshot;
    std::string file;
};

int printAll(Session& session, const Json& all)
{
    if (session.json()) {
        session.printJsonLine(all);
        return kDone;
    }
    Table items({"N", "VERSION", "STATE", "OWNER", "DUE", "APPROVER", "ACTION"});
    const Json* listed = findMember(all, "remediations");
    for (const auto& item :
         listed != nullptr && listed->is_array() ? listed->get_array() : JsonArray{}) {
        items.add({{printJson(item.at("n"))},
                   {memberText(item, "version")},
                   {std::string(stringMember(item, "state"))},
                   {std::string(stringMember(item, "owner"))},
                   {std::string(stringMember(item, "due").substr(0, 10))},
                   {std::string(stringMember(item, "approver"))},
                   {std::string(stringMember(item, "action"))}});
    }
    items.print(session.out());
    const Json* looks = findMember(all, "verifications");
    for (const auto& look :
         looks != nullptr && looks->is_array() ? looks->get_array() : JsonArray{}) {
        session.out().stream << "  " << printJson(look.at("n")) << "  "
                             << stringMember(look, "verdict") << " under "
                             << stringMember(look, "snapshot_id") << ": "
                             << stringMember(look, "reason") << "\n";
    }
    return kDone;
}

int list(Session& session, const ItemOptions& options)
{
    const auto all = session.wait(session.client().remediations(options.incident));
    return all ? printAll(session, *all) : report(all.error(), session.json());
}

/// Several at once, all or none.
int importItems(Session& session, const ItemOptions& options)
{
    auto json = openJsonFile(options.file);
    if (!json) {
        return report(json.error(), session.json());
    }
    const bool isBare = json->is_array();
    const Json changes = isBare ? Json(JsonObject{{"items", *json}}) : *json;
    auto all = session.wait(session.client().changeRemediations(options.incident, changes));
    return all
        ? printAll(session, *all)
        : reportFile(std::move(all).error(), options.file, session.json(), isBare ? "/items" : "");
}

int save(Session& session, const ItemOptions& options)
{
    JsonObject body{{"action", options.action}, {"state", options.state}};
    for (const auto& [name, value] : {std::pair("owner", &options.owner),
                                      std::pair("due", &options.due),
                                      std::pair("approver", &options.approver)}) {
        if (!value->empty()) {
            body[name] = *value;
        }
    }
    const auto number
        = options.number == 0 ? std::optional<std::int64_t>() : std::optional(options.number);
    const auto saved
        = session.wait(session.client().saveRemediation(options.incident, number, Json(body)));
    if (!saved) {
        return report(saved.error(), session.json());
    }
    if (session.json()) {
        session.printJsonLine(toJson(*saved));
    } else {
        session.out().stream << saved->number << "  " << wireName(saved->state) << "  "
                             << saved->action << "\n";
    }
    return kDone;
}

int verify(Session& session, const ItemOptions& options)
{
    const auto found = session.wait(
        session.client().verifyRemediation(options.incident, options.number, options.snapshot));
    if (!found) {
        return report(found.error(), session.json());
    }
    const bool good = found->verdict == domain::FixVerdict::Prevented;
    if (session.json()) {
        session.printJsonLine(toJson(*found));
    } else {
        session.out().stream << session.out().paint(good ? Paint::Green : Paint::BoldRed,
                                                    wireName(found->verdict))
                             << ": " << found->reason << "\n";
        printFields(session.out(),
                    {{"under", {found->snapshotId}},
                     {"recorded under", {found->recordedSnapshotId}},
                     {"match level",
                      {found->matchLevel ? std::string(wireName(*found->matchLevel))
                                         : found->notReplayableReason.value_or("")}},
                     {"log", {found->logOrigin + "#" + std::to_string(found->seq)}}});
    }
    return good ? kDone : kNo;
}

void addItemOptions(CLI::App& command, ItemOptions& options)
{
    command.add_option("action", options.action, "What is to be done")->required();
    command.add_option("--owner", options.owner, "Who does it");
    command.add_option("--due", options.due, "Until when (RFC 3339)")->type_name("TIME");
    command.add_option("--state", options.state)
        ->check(CLI::IsMember(wireNames<domain::RemediationState>()))
        ->capture_default_str();
    command.add_option("--approver", options.approver, "Who approved it; needed for done");
}

} // namespace

void addRemediationCommand(CLI::App& app, Invocation& invocation)
{
    auto* group = app.add_subcommand("remediation", "What is done about an incident");
    group->require_subcommand(1);
    const auto add = [&](const char* name, const char* help, auto run, auto more) {
        auto options = std::make_shared<ItemOptions>();
        auto* command = group->add_subcommand(name, help);
        command->add_option("incident", options->incident, "The incident's id")
            ->required()
            ->type_name("INC");
        more(*command, *options);
        command->callback([options, run, &invocation] {
            invocation.run = [options, run](Session& session) { return run(session, *options); };
        });
    };
    const auto number = [](CLI::App& command, ItemOptions& options) {
        command.add_option("number", options.number, "Its number")
            ->required()
            ->check(CLI::PositiveNumber)
            ->type_name("N");
    };
    add("list", "All of them, and whether they helped", list, [](CLI::App&, ItemOptions&) {});
    add("add", "Something to be done", save, addItemOptions);
    add("set", "Write one anew", save, [number](CLI::App& command, ItemOptions& options) {
        number(command, options);
        addItemOptions(command, options);
    });
    add("import",
        "Write several anew or add them, all or none, from JSON",
        importItems,
        [](CLI::App& command, ItemOptions& options) {
            command.add_option("file", options.file, "JSON; - reads standard input")
                ->required()
                ->type_name("FILE");
            command.footer(R"(FILE: {"items": [{"action", ["n", "owner", "due", "state", )"
                           R"("approver"]}]}, or the list alone; those with "n" are changed)");
        });
    add("verify",
        "Replay the call under changed policies: would the violation recur?",
        verify,
        [number](CLI::App& command, ItemOptions& options) {
            number(command, options);
            command
                .add_option("--snapshot", options.snapshot, "Policies to judge by; default: now's")
                ->type_name("SNAP");
        });
}

} // namespace exhibit::ctl
