// SPDX-License-Identifier: Apache-2.0
#include "app/ctl/commands.h"
#include "app/ctl/failure_report.h"
#include "app/ctl/timeline_text.h"
#include "backend-client/replies_json.h"

namespace exhibit::ctl {
namespace {

int showTimeline(Session& session, const std::string& id)
{
    // Both are asked for at once; the timeline alone says nothing of severity and root cause.
    auto incidentAsked = session.client().incident(id);
    auto timelineAsked = session.client().timeline(id);
    const auto incident = session.wait(incidentAsked);
    if (!incident) {
        return report(incident.error(), session.json());
    }
    const auto timeline = session.wait(timelineAsked);
    if (!timeline) {
        return report(timeline.error(), session.json());
    }
    if (session.json()) {
        Json json = toJson(*timeline);
        json.get_object().emplace("incident", toJson(incident->incident));
        session.printJsonLine(json);
    } else {
        printTimeline(session.out(), incident->incident, *timeline);
    }
    return kDone;
}

} // namespace

void addTimelineCommand(CLI::App& app, Invocation& invocation)
{
    auto id = std::make_shared<std::string>();
    auto* command = app.add_subcommand("timeline", "Show what happened in an incident's run");
    command->add_option("incident", *id, "The incident's id")->required()->type_name("INC");
    command->callback([id, &invocation] {
        invocation.run = [id](Session& session) { return showTimeline(session, *id); };
    });
}

} // namespace exhibit::ctl
