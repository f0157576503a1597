// SPDX-License-Identifier: Apache-2.0
#include "models/report/executive_debrief.h"

#include "models/report/incident_report.h"
#include "models/report/recommended_actions.h"
#include "models/report/safe_text.h"
#include "models/report/step_line.h"
#include "models/report/typesetter.h"
#include "models/report/words.h"

#include <fmt/format.h>

#include <algorithm>

namespace exhibit::report {
namespace {

constexpr std::size_t kPages = 2;
/// What of the texts and lists that people entered may stand on the pages: as much as two hold.
struct Room {
    std::size_t textBytes = 0;
    std::size_t items = 0;
};
constexpr Room kRooms[] = {{800, 7}, {480, 6}, {300, 4}, {180, 3}, {100, 2}};

std::string textOf(const Text& text)
{
    std::string all;
    for (const auto& span : text) {
        all += span.text;
    }
    return all;
}

std::optional<std::int64_t> timeToDetect(const EvidenceBundle& bundle)
{
    const auto first
        = std::find_if(bundle.steps.begin(), bundle.steps.end(), [&](const auto& step) {
              return step.callId == bundle.incident.callId;
          });
    if (!bundle.violation || first == bundle.steps.end()) {
        return std::nullopt;
    }
    return toMicroseconds(bundle.violation->at) - toMicroseconds(first->time);
}

std::string remediationStatus(const EvidenceBundle& bundle)
{
    const auto& items = bundle.remediations;
    if (items.empty()) {
        return "none recorded";
    }
    const auto done = std::count_if(items.begin(), items.end(), [](const auto& item) {
        return item.state == domain::RemediationState::Done;
    });
    return fmt::format("{} of {} done", done, items.size());
}

FactGrid keyFacts(const ExecutiveDebriefBundle& debrief, const EvidenceBundle& bundle)
{
    const auto unknown = [] { return plain("not recorded"); };
    FactGrid grid;
    grid.left = {{"Incident", mono(debrief.incidentId)},
                 {"Occurred",
                  debrief.violationTime ? Text{{formatTime(*debrief.violationTime), {.mono = true}},
                                               {", claimed", {}}}
                                        : unknown()},
                 {"Model", plain(shownModel(bundle.incident.model))},
                 {"Policy", plain(debrief.policyViolated)},
                 {"Cost", plain(costInWords(debrief.costMicrocents, debrief.currency))}};
    grid.right
        = {{"Risk",
            plain(debrief.riskLevel ? sentenceCase(wireName(*debrief.riskLevel)) : "Not assessed")},
           {"Severity",
            plain(sentenceCase(wireName(bundle.incident.severity))),
            markOf(bundle.incident.severity)},
           {"Status", plain(sentenceCase(wireName(bundle.incident.status)))},
           {"Detected",
            debrief.timeToDetectUs ? plain(durationOf(*debrief.timeToDetectUs) + " after request")
                                   : unknown()},
           {"Remedy", plain(sentenceCase(debrief.remediationStatus))}};
    return grid;
}

void addActions(Document& document, const EvidenceBundle& bundle, std::size_t bytesMax)
{
    document.blocks.emplace_back(Heading{"Recommended actions"});
    Table table{{{"#", 14}, {"Action", 1.6}, {"Because", 1}}, {}, {}};
    for (const auto& [action, because] : recommendedActions(bundle)) {
        table.rows.push_back({{{plain(std::to_string(table.rows.size() + 1))},
                               {plain(bounded(oneLine(action), bytesMax / 3))},
                               {plain(bounded(oneLine(because), bytesMax / 3))}}});
    }
    document.blocks.emplace_back(std::move(table));
    document.blocks.emplace_back(Paragraph{
        {{"These follow by rule from the recorded root cause and from what has been entered; "
          "they are no advice of a person.",
          {.quiet = true}}}});
}

} // namespace

ExecutiveDebriefBundle makeExecutiveDebrief(const EvidenceBundle& bundle)
{
    PackFacts facts;
    facts.bundle = bundle;
    const ReportParts parts(facts);
    ExecutiveDebriefBundle debrief;
    debrief.bundleId = bundle.bundleId;
    debrief.createdAt = bundle.createdAt;
    debrief.incidentId = bundle.incident.incidentId.text();
    debrief.plainLanguageSummary
        = textOf(parts.summary()) + " " + textOf(parts.delivered(ReportParts::Detail::Plain));
    if (bundle.impact) {
        debrief.businessImpact = bundle.impact->value.businessImpact;
        debrief.riskLevel = bundle.impact->value.riskLevel;
    }
    debrief.policyViolated = bundle.incident.policyId;
    if (bundle.violation) {
        debrief.violationTime = bundle.violation->at;
    }
    for (const auto& [action, because] : recommendedActions(bundle)) {
        debrief.recommendedActions.push_back(action);
    }
    debrief.remediationStatus = remediationStatus(bundle);
    debrief.timeToDetectUs = timeToDetect(bundle);
    debrief.costMicrocents = bundle.costMicrocents;
    debrief.currency = bundle.currency;
    debrief.leftOut = bundle.leftOut;
    debrief.costIncurredCents = bundle.totalCostCents;
    return debrief;
}

namespace {

Result<Document> build(const PackFacts& facts, const Room& room)
{
    const ReportParts parts(facts);
    const auto& bundle = facts.bundle;
    const auto debrief = makeExecutiveDebrief(bundle);
    Document document = parts.page("Executive debrief");
    auto& blocks = document.blocks;
    blocks.emplace_back(Title{bounded(oneLine(bundle.incident.title), room.textBytes / 3),
                              "Executive debrief, " + longDate(bundle.createdAt)});
    blocks.emplace_back(keyFacts(debrief, bundle));
    blocks.emplace_back(Heading{"What happened"});
    blocks.emplace_back(Paragraph{parts.summary()});
    blocks.emplace_back(Paragraph{parts.delivered(ReportParts::Detail::Plain)});
    blocks.emplace_back(parts.shouldAndDid(room.textBytes / 3));
    parts.impact(document, "What it means", room.textBytes);
    blocks.emplace_back(PageBreak{});
    parts.remediation(document, "What is being done", {room.items, room.textBytes / 3});
    addActions(document, bundle, room.textBytes);
    blocks.emplace_back(Heading{"How this is known"});
    EXHIBIT_TRY(auto answers, parts.answersWithCode());
    blocks.emplace_back(std::move(answers));
    blocks.emplace_back(Paragraph{plain(
        "The record was made while the call happened, by the server the call went through. The "
        "evidence pack that is attached to this file holds it, and prevails over these pages.")});
    if (const auto words = leftOutInWords(debrief.leftOut); !words.empty()) {
        blocks.emplace_back(Paragraph{{{words, {.quiet = true}}}});
    }
    return document;
}

} // namespace

Result<Document> executiveDebrief(const PackFacts& facts)
{
    Result<Document> document;
    for (const auto& room : kRooms) {
        document = build(facts, room);
        if (!document) {
            return document;
        }
        EXHIBIT_TRY(const auto typeset, report::typeset(*document));
        if (typeset.pages <= kPages) {
            return document;
        }
    }
    return document;
}

} // namespace exhibit::report
