// SPDX-License-Identifier: Apache-2.0
#include "app/ctl/commands.h"
#include "app/ctl/failure_report.h"
#include "app/ctl/table.h"
#include "app/ctl/text_layout.h"
#include "backend-client/replies_json.h"

namespace exhibit::ctl {
namespace {

template <NamedEnum E>
std::string nameOf(const std::optional<E>& value)
{
    return value ? std::string(wireName(*value)) : std::string();
}

int showRun(Session& session, const std::string& id)
{
    const auto reply = session.wait(session.client().run(id));
    if (!reply) {
        return report(reply.error(), session.json());
    }
    if (session.json()) {
        session.printJsonLine(toJson(*reply));
        return kDone;
    }
    const auto& run = reply->run;
    printFields(session.out(),
                {{"run", {run.runId.text()}},
                 {"named", {run.clientRunId.value_or("")}},
                 {"user", {run.userId.value_or("")}},
                 {"session", {run.sessionId.value_or("")}},
                 {"status", {std::string(wireName(run.status))}},
                 {"ended by", {nameOf(run.terminationReason)}},
                 {"killed by", {nameOf(run.killReason)}},
                 {"violated", {run.violationPolicyId.value_or("")}},
                 {"stopped at", {run.stoppedAtStep ? std::to_string(*run.stoppedAtStep) : ""}},
                 {"snapshot", {run.policySnapshotId}},
                 {"steps", {std::to_string(run.stepCount)}},
                 {"calls", {std::to_string(run.llmCalls)}},
                 {"tokens", {std::to_string(run.tokensUsed)}},
                 {"cost", {amountText(run.costMicrocents, run.currency)}},
                 {"started", {formatTime(run.startedAt)}},
                 {"ended", {run.endedAt ? formatTime(*run.endedAt) : ""}}});
    return kDone;
}

int endRun(Session& session, const std::string& id)
{
    const auto reply = session.wait(session.client().endRun(id));
    if (!reply) {
        return report(reply.error(), session.json());
    }
    if (session.json()) {
        session.printJsonLine(toJson(*reply));
    } else {
        session.out().stream << "ended\n";
    }
    return kDone;
}

} // namespace

void addRunCommand(CLI::App& app, Invocation& invocation)
{
    auto id = std::make_shared<std::string>();
    auto* command = app.add_subcommand("run", "Show or end a run");
    command->require_subcommand(1);
    const auto add = [&](const char* name, const char* does, auto run) {
        auto* sub = command->add_subcommand(name, does);
        sub->add_option("run", *id, "The run's id")->required()->type_name("RUN");
        sub->callback([id, run, &invocation] {
            invocation.run = [id, run](Session& session) { return run(session, *id); };
        });
    };
    add("show", "Show a run", showRun);
    add("end", "End a run that is bound to a name", endRun);
}

} // namespace exhibit::ctl
