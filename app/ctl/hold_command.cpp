// SPDX-License-Identifier: Apache-2.0
#include "app/ctl/commands.h"
#include "app/ctl/failure_report.h"
#include "app/ctl/table.h"
#include "app/ctl/text_layout.h"

namespace exhibit::ctl {
namespace {

struct HoldOptions {
    std::string id;
    std::string subject;
    std::string incident;
    std::string reason;
    bool everything = false;
    bool all = false;
};

int listHolds(Session& session, const HoldOptions& options)
{
    const auto reply = session.wait(session.client().holds());
    if (!reply) {
        return report(reply.error(), session.json());
    }
    if (session.json()) {
        session.printJsonLine(*reply);
        return kDone;
    }
    Table table({"HOLD", "COVERS", "PLACED", "BY", "RELEASED", "REASON"});
    const Json* const holds = findMember(*reply, "holds");
    for (const auto& hold :
         holds != nullptr && holds->is_array() ? holds->get_array() : JsonArray{}) {
        const std::string released(stringMember(hold, "released_at"));
        if (!released.empty() && !options.all) {
            continue;
        }
        const std::string subject(stringMember(hold, "subject"));
        const std::string incident(stringMember(hold, "incident_id"));
        table.add({{memberText(hold, "hold_id")},
                   {!subject.empty()        ? subject
                        : !incident.empty() ? incident
                                            : "everything"},
                   {memberText(hold, "placed_at")},
                   {memberText(hold, "placed_by")},
                   {released.empty() ? "in force" : released},
                   {memberText(hold, "reason")}});
    }
    table.print(session.out());
    return kDone;
}

int placeHold(Session& session, const HoldOptions& options)
{
    JsonObject hold{{"reason", options.reason}};
    if (!options.everything) { // Only what was asked for leaves the target out.
        const bool ofIncident = !options.incident.empty();
        hold[ofIncident ? "incident_id" : "subject"]
            = ofIncident ? options.incident : options.subject;
    }
    const auto reply = session.wait(session.client().placeHold(hold));
    if (!reply) {
        return report(reply.error(), session.json());
    }
    if (session.json()) {
        session.printJsonLine(*reply);
    } else {
        session.out().stream << printable(stringMember(*reply, "hold_id")) << "  in force\n";
    }
    return kDone;
}

int releaseHold(Session& session, const HoldOptions& options)
{
    const auto reply = session.wait(session.client().releaseHold(options.id));
    if (!reply) {
        return report(reply.error(), session.json());
    }
    if (session.json()) {
        session.printJsonLine(JsonObject{{"released", options.id}});
    } else {
        session.out().stream << printable(options.id) << "  released\n";
    }
    return kDone;
}

} // namespace

void addHoldCommand(CLI::App& app, Invocation& invocation)
{
    auto* group = app.add_subcommand("hold", "Legal holds: what one covers cannot be erased");
    group->require_subcommand(1);
    auto options = std::make_shared<HoldOptions>();
    const auto add = [&](const char* name, const char* help, auto run) {
        auto* command = group->add_subcommand(name, help);
        command->callback([options, run, &invocation] {
            invocation.run = [options, run](Session& session) { return run(session, *options); };
        });
        return command;
    };
    add("list", "Those in force, the newest first", listHolds)
        ->add_flag("--all", options->all, "Released ones too");
    auto* place = add("place", "Place one: an entry of the log", placeHold);
    place->add_option("--reason", options->reason, "Why")->required();
    // One that is forgotten would hold everything.
    auto* covers = place->add_option_group("what it covers");
    covers->add_option("--subject", options->subject, "user:ID, or a call's id")
        ->type_name("SUBJECT");
    covers->add_option("--incident", options->incident, "An incident's id")->type_name("INC");
    covers->add_flag("--everything", options->everything, "Everything of the tenant");
    covers->require_option(1);
    add("release", "Release one: an entry of the log", releaseHold)
        ->add_option("hold", options->id, "The hold's id")
        ->required()
        ->type_name("HOLD");
}

} // namespace exhibit::ctl
