// SPDX-License-Identifier: Apache-2.0
#include "models/report/incident_report.h"

#include "models/report/classifications.h"

#include "models/report/safe_text.h"
#include "models/report/step_line.h"
#include "models/report/words.h"

#include <fmt/format.h>

#include <algorithm>

namespace exhibit::report {
namespace {

constexpr std::size_t kQuoteBytesMax = 1200;
constexpr std::size_t kAnalysisBytesMax = 4000;
constexpr std::size_t kImpactBytesMax = 4000;
constexpr std::string_view kUnknown = "not recorded";

Text stateOf(const GivenFact& fact)
{
    if (fact.state == "null") {
        return {{"null", {.mono = true, .frame = Frame::Solid}}};
    }
    if (fact.state == "absent") {
        return {{"absent", {.mono = true, .frame = Frame::Dashed}}};
    }
    return mono(bounded(oneLine(fact.value.value_or(std::string(kUnknown))), 200));
}

Text saidOf(const GivenFact& fact)
{
    return fact.state == "null"  ? bold("sent without a value")
        : fact.state == "absent" ? bold("not sent at all")
                                 : plain("present");
}

/// The newest one alone where there is little room.
void addVerifications(Document& document, const EvidenceBundle& bundle, ReportParts::ListRoom room)
{
    const bool all = room.itemsMax == ReportParts::ListRoom().itemsMax;
    const std::size_t count = std::min<std::size_t>(bundle.fixVerifications.size(), all ? 100 : 1);
    for (std::size_t i = 0; i < count; ++i) {
        const auto& verification = bundle.fixVerifications[i];
        document.blocks.emplace_back(
            Paragraph{{{fmt::format("Fix {} on {}: {}. ",
                                    verification.number,
                                    longDate(verification.at),
                                    sentenceCase(wireName(verification.verdict))),
                        {.bold = true}},
                       {bounded(oneLine(verification.reason), room.bytesMax) + " ", {}},
                       {fmt::format("{}, entry {}", verification.snapshotId, verification.seq),
                        {.mono = true}}}});
    }
}

/// Under what others file it, by the policy that it broke.
std::string classified(const EvidenceBundle& bundle)
{
    constexpr std::size_t kShownMax = 10;
    std::string words;
    std::size_t shown = 0;
    for (const auto& id :
         bundle.violatedPolicy ? bundle.violatedPolicy->references : std::vector<std::string>()) {
        if (shown++ == kShownMax) {
            return words + ", and others";
        }
        words += (words.empty() ? "" : ", ") + bounded(oneLine(classificationInWords(id)), 120);
    }
    return words;
}

} // namespace

ReportParts::ReportParts(const PackFacts& facts)
    : m_facts(facts)
    , m_bundle(facts.bundle)
    , m_incident(facts.bundle.incident)
{
}

Document ReportParts::page(const std::string& kind) const
{
    Document document;
    document.title = kind + ": " + oneLine(m_incident.title);
    document.subject = m_incident.incidentId.text();
    document.kind = kind;
    document.marking = "Confidential: legal and compliance";
    document.footer = {{"Pack SHA-256  ", {}}, {toHex(asView(m_facts.sha256)), {.mono = true}}};
    document.footerNote = m_facts.checks.hasFailure()
        ? "The attached pack does not verify: see the evidence certificate."
        : "The pack was checked when these pages were made; it is attached and prevails over them.";
    document.footerId = m_incident.incidentId.text();
    document.createdAt = m_bundle.createdAt;
    return document;
}

void ReportParts::identification(Document& document) const
{
    const auto& run = m_bundle.run;
    FactGrid grid;
    grid.left = {{"Incident", mono(m_incident.incidentId.text())},
                 {"Run", mono(run.runId.text())},
                 {"Trace", mono(m_bundle.traceId)},
                 {"Occurred",
                  {{formatTime(m_bundle.violation ? m_bundle.violation->at : m_incident.createdAt),
                    {.mono = true}},
                   {", claimed", {}}}},
                 {"Tenant", plain(bounded(oneLine(m_bundle.tenant.name), 300))},
                 {"Model", plain(shownModel(m_incident.model))},
                 {"Use",
                  plain(fmt::format("{}, {} in the run",
                                    counted(m_bundle.tokens, "token"),
                                    costInWords(m_bundle.costMicrocents, m_bundle.currency)))}};
    const auto result
        = m_bundle.violation ? m_bundle.violation->result : domain::DecisionResult::Error;
    const auto& policy = m_bundle.violatedPolicy;
    grid.right
        = {{"Severity",
            plain(sentenceCase(wireName(m_incident.severity))),
            markOf(m_incident.severity)},
           {"Status", plain(sentenceCase(wireName(m_incident.status)))},
           {"Policy",
            plain(m_incident.policyId + (policy ? fmt::format(" v{}", policy->version) : ""))},
           {"Result",
            plain(m_bundle.violation
                      ? fmt::format("{}, run {}", wireName(result), wireName(run.status))
                      : fmt::format("run {}", wireName(run.status))),
            m_bundle.violation ? markOf(result) : Mark::None},
           {"Snapshot",
            m_bundle.snapshot ? mono(m_bundle.snapshot->snapshotId) : plain(std::string(kUnknown))},
           {"Latency", plain(durationOf(m_incident.latencyUs))},
           {"Steps",
            plain(grouped(m_bundle.stepsRecorded) + " in " + durationOf(m_bundle.durationUs))}};
    document.blocks.emplace_back(std::move(grid));
}

Text ReportParts::summary() const
{
    Text text;
    const auto& policy = m_bundle.violatedPolicy;
    text.push_back({fmt::format("On {} the model {} {}",
                                longDate(m_incident.createdAt),
                                shownModel(m_incident.model),
                                whatTheModelDid(m_bundle)),
                    {}});
    text.push_back({m_incident.policyId, {.mono = true}});
    text.push_back({policy && !policy->title.empty()
                        ? fmt::format(" (“{}”). ", oneLine(policy->title))
                        : std::string(". "),
                    {}});
    text.push_back({causeInPlainWords(m_bundle), {}});
    text.push_back({outcomeInPlainWords(m_bundle), {}});
    return text;
}

Text ReportParts::undelivered() const
{
    const bool asked
        = std::any_of(m_bundle.steps.begin(), m_bundle.steps.end(), [this](const auto& step) {
              return step.stepType == domain::StepType::LlmCall && step.callId == m_incident.callId;
          });
    if (asked || !m_bundle.violation
        || m_bundle.violation->result != domain::DecisionResult::Block) {
        return plain("What the client was sent is not recorded: the call has no answer.");
    }
    return {
        {"Nothing was sent to a provider and nothing of one reached the client: ", {.bold = true}},
        {"the call was refused, and the client was told so.", {}}};
}

Text ReportParts::delivered(Detail detail) const
{
    if (!m_bundle.answer) {
        return undelivered();
    }
    Text text;
    const auto& answer = *m_bundle.answer;
    const std::string released
        = counted(answer.releasedTextBytes, "byte") + " of text were released";
    const bool cut = answer.withheldTextBytes > 0 || (!answer.released && answer.withheldBytes > 0);
    text.push_back(
        {cut ? fmt::format("{} to the client; {} that had come from the provider were withheld.",
                           released,
                           counted(answer.withheldTextBytes, "byte"))
             : released + " to the client; nothing was cut off.",
         {.bold = true}});
    if (answer.redacted) {
        text.push_back({" Placeholders went out in the place of what a policy redacts; the words "
                        "of the provider are kept as evidence.",
                        {}});
    }
    if (detail == Detail::Full) {
        const bool replaced = answer.redacted && !cut;
        text.push_back(
            {fmt::format(" With the framing of the provider’s stream that is {} {} {}{}.",
                         counted(answer.releasedBytes, "byte"),
                         replaced ? "in the place of" : "released and",
                         counted(answer.withheldBytes, "byte"),
                         replaced ? "" : " withheld"),
             {}});
    }
    if (answer.recovered) {
        text.push_back({" The call was closed by recovery after a crash, so that the number "
                        "released is an upper bound.",
                        {}});
    }
    if (!m_bundle.impact) {
        text.push_back({" Whom else this affects, and what harm it did, is not known to this "
                        "record: people assess that.",
                        {}});
    }
    return text;
}

Pair ReportParts::shouldAndDid(std::size_t bytesMax) const
{
    const auto& cause = m_incident.rootCause;
    Pair pair{"Should have", plain(std::string(kUnknown)), "Actually did", {}};
    if (cause && !cause->shouldHave.empty()) {
        pair.left = plain(bounded(oneLine(cause->shouldHave), bytesMax));
    } else if (m_bundle.violatedPolicy && !m_bundle.violatedPolicy->expectedBehaviour.empty()) {
        pair.left = plain(bounded(oneLine(m_bundle.violatedPolicy->expectedBehaviour), bytesMax));
    }
    if (cause) {
        pair.right.push_back({bounded(oneLine(cause->actuallyDid), bytesMax) + " ", {}});
    }
    if (m_bundle.answer && m_bundle.answer->released) {
        const auto& answer = *m_bundle.answer;
        pair.right.push_back({"“" + bounded(oneLine(*answer.released), bytesMax), {}});
        pair.right.push_back(
            {bounded(oneLine(answer.withheld.value_or("")), bytesMax), {.underlined = true}});
        pair.right.push_back({"”", {}});
        if (!answer.withheld.value_or("").empty()) {
            pair.right.push_back({std::string(" (underlined: withheld)"), {.quiet = true}});
        }
    }
    if (pair.right.empty()) {
        pair.right = plain(std::string(kUnknown));
    }
    return pair;
}

void ReportParts::rootCause(Document& document, const std::string& number) const
{
    document.blocks.emplace_back(Heading{number + " Root cause"});
    const auto& cause = m_incident.rootCause;
    if (!cause) {
        document.blocks.emplace_back(
            Paragraph{plain(leftOut(m_bundle, Include::RootCause)
                                ? "The root cause was left out of this export by choice."
                                : "No root cause is recorded in this export.")});
    } else {
        document.blocks.emplace_back(
            Paragraph{{{"ROOT CAUSE", {.frame = Frame::Inverse}},
                       {fmt::format("  {} at step {}. ", gapName(cause->kind), cause->causingStep),
                        {.bold = true}},
                       {bounded(oneLine(cause->analysis), kAnalysisBytesMax), {}}}});
    }
    if (const auto classes = classified(m_bundle); !classes.empty()) {
        document.blocks.emplace_back(
            Paragraph{{{"Classified as ", {.bold = true}}, {classes + ".", {}}}});
    }
    document.blocks.emplace_back(shouldAndDid(kQuoteBytesMax));
    if (m_bundle.facts.empty()) {
        return;
    }
    Table table{{{"Fact given to the model", 1.6}, {"Value", 1}, {"State", 1.6}}, {}, {}};
    for (const auto& fact : m_bundle.facts) {
        table.rows.push_back(
            {{{mono(bounded(oneLine(fact.path), 200))}, {stateOf(fact)}, {saidOf(fact)}}});
    }
    document.blocks.emplace_back(std::move(table));
}

void ReportParts::remediation(Document& document, const std::string& heading, ListRoom room) const
{
    document.blocks.emplace_back(Heading{heading});
    const std::string state = fmt::format(
        "The incident is {}, assigned to {}.",
        m_incident.status == domain::IncidentStatus::FalsePositive
            ? std::string("closed as a false positive")
            : std::string(wireName(m_incident.status)),
        m_incident.assignee ? bounded(oneLine(*m_incident.assignee), 120) : std::string("nobody"));
    const auto& items = m_bundle.remediations;
    if (items.empty()) {
        document.blocks.emplace_back(Paragraph{plain("No remediation is recorded. " + state)});
        return;
    }
    Table table{{{"#", 14}, {"Action", 1}, {"Owner", 90}, {"Due", 58}, {"State", 66}}, {}, {}};
    for (std::size_t i = 0; i < std::min(room.itemsMax, items.size()); ++i) {
        const std::size_t names = std::min<std::size_t>(60, room.bytesMax / 2);
        table.rows.push_back(
            {{{plain(std::to_string(items[i].number))},
              {plain(bounded(oneLine(items[i].action), room.bytesMax))},
              {plain(bounded(oneLine(items[i].owner.value_or("nobody")), names))},
              {plain(items[i].due ? formatTime(*items[i].due).substr(0, 10) : "open")},
              {plain(sentenceCase(wireName(items[i].state)))}}});
    }
    document.blocks.emplace_back(std::move(table));
    const std::string more = items.size() > room.itemsMax
        ? fmt::format("{} more are in the bundle. ", items.size() - room.itemsMax)
        : std::string();
    document.blocks.emplace_back(
        Paragraph{{{more + state + " Each change of an item is a version of its own in the log.",
                    {.quiet = true}}}});
    addVerifications(document, m_bundle, room);
}

Result<Document> incidentReport(const PackFacts& facts)
{
    const ReportParts parts(facts);
    const auto& bundle = facts.bundle;
    Document document = parts.page("Incident report");
    document.blocks.emplace_back(
        Title{oneLine(bundle.incident.title),
              fmt::format("{}, exported by {}{}",
                          longDate(bundle.createdAt),
                          namedKey(bundle.keyLabels, bundle.exportedBy),
                          bundle.exportReason.empty() ? ", no reason given"
                                                      : ": " + oneLine(bundle.exportReason))});
    parts.identification(document);
    document.blocks.emplace_back(Heading{"1 Executive summary"});
    document.blocks.emplace_back(Paragraph{parts.summary()});
    document.blocks.emplace_back(Paragraph{parts.delivered(ReportParts::Detail::Full)});
    parts.rootCause(document, "2");
    parts.impact(document, "3 Impact", kImpactBytesMax);
    parts.remediation(document, "4 Remediation", {});
    EXHIBIT_CHECK(parts.certificate(document, "5"));
    parts.trace(document, "6");
    if (parts.hasRawIo()) {
        parts.rawIo(document, "7");
    }
    parts.basis(document, parts.hasRawIo() ? "8" : "7");
    return document;
}

} // namespace exhibit::report
