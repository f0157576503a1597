// SPDX-License-Identifier: Apache-2.0
#include "app/ctl/backtest_rounds.h"
#include "app/ctl/failure_report.h"
#include "app/ctl/policy_actions.h"
#include "app/ctl/policy_file.h"
#include "app/ctl/table.h"
#include "app/ctl/text_layout.h"
#include "backend-client/replies_json.h"

#include <fmt/format.h>

namespace exhibit::ctl {
namespace {

/// {"policies": [...]} of what a file holds.
JsonObject requestOf(const PolicyFile& file, const BacktestOptions& options)
{
    JsonObject request;
    const Json* list = findMember(file.document, "policies");
    request["policies"] = list != nullptr ? *list : Json(JsonArray{file.document});
    if (!options.from.empty()) {
        request["from"] = options.from;
    }
    if (!options.to.empty()) {
        request["to"] = options.to;
    }
    return request;
}

void printHits(const Output& out,
               const std::string& title,
               const std::vector<domain::BacktestHit>& hits)
{
    if (hits.empty()) {
        return;
    }
    out.stream << '\n' << title << '\n';
    for (const auto& hit : hits) {
        out.stream << "  " << formatTime(hit.at) << "  " << hit.callId.text() << "  "
                   << wireName(hit.result) << "  " << printable(hit.policyId) << "  "
                   << printable(hit.reason) << '\n';
    }
}

void printReport(const Output& out, const domain::BacktestReport& report)
{
    Table table({"POLICY", "PASSED", "WARNED", "REDACTED", "BLOCKED", "ERRORS"});
    for (const auto& policy : report.policies) {
        table.add({{policy.policyId},
                   {std::to_string(policy.passed)},
                   {std::to_string(policy.warned)},
                   {std::to_string(policy.redacted)},
                   {std::to_string(policy.blocked)},
                   {std::to_string(policy.errors)}});
    }
    table.print(out);
    out.stream << '\n';
    const auto perCall = report.calls == 0
        ? 0.0
        : static_cast<double>(report.evaluationUs) / static_cast<double>(report.calls);
    printFields(
        out,
        {{"calls", {fmt::format("{} judged, {} skipped", report.calls, report.skipped)}},
         {"runs", {fmt::format("{} would have been stopped", report.runsStopped)}},
         {"not made", {fmt::format("{} later calls of theirs", report.callsPrevented)}},
         {"incidents", {fmt::format("{} would have been prevented", report.incidentsPrevented)}},
         {"doubtful",
          {fmt::format("{} blocked or redacted without an incident", report.falsePositives)}},
         {"compared",
          {report.compared == 0
               ? "nothing: no call ran under these policies as they stand"
               : fmt::format("{} decisions, {} different", report.compared, report.differences)}},
         {"time",
          {fmt::format("{:.1f} us a call, slowest {} us, {:.2f} s in all",
                       perCall,
                       report.slowestUs,
                       static_cast<double>(report.elapsedUs) / 1e6)}},
         {"judged to",
          {report.complete || !report.judgedTo
               ? ""
               : formatTime(*report.judgedTo) + ", there is more"}}});
    printHits(out, "would have blocked", report.blocked);
    printHits(out, "doubtful", report.falsePositiveSample);
    for (const auto& incident : report.prevented) {
        out.stream << "prevented  " << incident.incidentId.text() << "  "
                   << wireName(incident.severity) << "  " << printable(incident.policyId) << "  by "
                   << printable(incident.by) << '\n';
    }
    for (const auto& difference : report.differenceSample) {
        out.stream << "different  " << difference.callId.text() << "  "
                   << printable(difference.policyId)
                   << "\n  then: " << printable(difference.recorded)
                   << "\n  now:  " << printable(difference.now) << '\n';
    }
}

} // namespace

int backtestPolicies(Session& session, const BacktestOptions& options)
{
    const auto file = openPolicyFile(options.path);
    if (!file) {
        return report(file.error(), session.json());
    }
    BacktestRounds rounds(session, requestOf(*file, options), options.limit, options.step);
    const auto judged = rounds.run();
    if (!judged) {
        return report(judged.error(), session.json());
    }
    if (session.json()) {
        session.printJsonLine(JsonObject{{"report", toJson(*judged)}});
    } else {
        printReport(session.out(), *judged);
    }
    return judged->differences == 0 && !Interruption::wanted() ? kDone : kNo;
}

} // namespace exhibit::ctl
