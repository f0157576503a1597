// SPDX-License-Identifier: Apache-2.0
#include "app/ctl/commands.h"
#include "app/ctl/failure_report.h"
#include "app/ctl/table.h"
#include "backend-client/replies_json.h"

namespace exhibit::ctl {
namespace {

std::string stepText(const std::optional<domain::TimelineEvent>& step)
{
    return step ? std::to_string(step->stepIndex) + " " + std::string(wireName(step->type)) + " "
            + step->policy.value_or("")
                : std::string();
}

void printLink(const Output& out, const domain::LedgerLink& link)
{
    out.stream << link.about << " is entry " << link.index << " of " << link.log << " ("
               << link.type << "), SHA-256 " << link.hash << ", ";
    if (link.checkpoint) {
        out.stream << "under the head of " << link.checkpoint->treeSize << " entries signed "
                   << formatTime(link.checkpoint->signedAt) << '\n';
    } else {
        out.stream << "under no signed head yet\n";
    }
}

void printExplanation(const Output& out, const domain::RunExplanation& explanation)
{
    printFields(out,
                {{"run", {explanation.runId.text()}},
                 {"at", {formatTime(explanation.at)}},
                 {"phase", {std::string(wireName(explanation.phase))}},
                 {"why", {explanation.why}},
                 {"snapshot", {explanation.snapshotId}},
                 {"call", {explanation.call ? explanation.call->callId.text() : ""}},
                 {"step", {stepText(explanation.step)}},
                 {"next", {stepText(explanation.next)}}});
    for (const auto& use : explanation.thresholds) {
        out.stream << use.policyId << ": " << use.metric << (use.atLeast ? " at least " : " ")
                   << use.used << " of " << use.max << '\n';
    }
    for (const auto& decision : explanation.decisions) {
        out.stream << formatTime(decision.at) << "  " << wireName(decision.result) << "  "
                   << decision.policyId << "  " << decision.reason << '\n';
    }
    for (const auto& link : explanation.ledger) {
        printLink(out, link);
    }
}

int explainRun(Session& session, const std::string& run, const std::string& at)
{
    const auto reply = session.wait(session.client().explain(run, at));
    if (!reply) {
        return report(reply.error(), session.json());
    }
    if (session.json()) {
        session.printJsonLine(toJson(*reply));
    } else {
        printExplanation(session.out(), reply->explanation);
    }
    return kDone;
}

int traceDecision(Session& session, const std::string& decision)
{
    const auto reply = session.wait(session.client().trace(decision));
    if (!reply) {
        return report(reply.error(), session.json());
    }
    if (session.json()) {
        session.printJsonLine(toJson(*reply));
    } else {
        session.out().stream << printJson(reply->decision) << '\n';
        if (reply->ledger) {
            printLink(session.out(), *reply->ledger);
        }
        printExplanation(session.out(), reply->explanation);
    }
    return kDone;
}

} // namespace

void addExplainCommands(CLI::App& app, Invocation& invocation)
{
    struct Asked {
        std::string id;
        std::string at;
    };
    auto asked = std::make_shared<Asked>();
    auto* explain
        = app.add_subcommand("explain", "Say why a run went on or had ended at an instant");
    explain->add_option("run", asked->id, "The run's id")->required()->type_name("RUN");
    explain->add_option("--at", asked->at, "The instant, RFC 3339; now otherwise")->type_name("T");
    explain->callback([asked, &invocation] {
        invocation.run
            = [asked](Session& session) { return explainRun(session, asked->id, asked->at); };
    });
    auto* trace = app.add_subcommand("trace", "Show a decision and what it rested on");
    trace->add_option("decision", asked->id, "Its id, or that of a pass record and /POLICY")
        ->required()
        ->type_name("DECISION");
    trace->callback([asked, &invocation] {
        invocation.run = [asked](Session& session) { return traceDecision(session, asked->id); };
    });
}

} // namespace exhibit::ctl
