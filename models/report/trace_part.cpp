// SPDX-License-Identifier: Apache-2.0
// The part of a report that lists every step of the run.
#include "models/report/incident_report.h"
#include "models/report/safe_text.h"
#include "models/report/step_line.h"
#include "models/report/words.h"

#include <fmt/format.h>

#include <algorithm>

namespace exhibit::report {
namespace {

constexpr std::size_t kCellBytesMax = 900; ///< A row has to fit on a page.

/// Of a column with whole numbers: one that is broken over two lines reads as another.
double widthFor(std::int64_t largest, double usual, std::size_t usualDigits)
{
    constexpr double kDigit = 5.6; // Of the fonts of tables, and a little.
    const std::size_t digits = std::max(std::to_string(largest).size(), usualDigits);
    return usual + kDigit * static_cast<double>(digits - usualDigits);
}

std::string laneOf(domain::StepType type)
{
    std::string lane(wireName(type));
    for (char& c : lane) {
        c = c == '_' ? ' ' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c);
    }
    return lane;
}

} // namespace

Row ReportParts::traceRow(const BundleStep& step, UtcTime start) const
{
    Row row;
    const auto at = toMicroseconds(step.time) - toMicroseconds(start);
    Text event{{bounded(oneLine(step.event), kCellBytesMax), {.bold = step.isInflection}}};
    const bool cause = m_incident.rootCause && m_incident.rootCause->causingStep == step.stepIndex;
    if (cause) {
        event.push_back({" ", {}});
        event.push_back({"ROOT CAUSE", {.frame = Frame::Inverse}});
    }
    if (step.isInflection) {
        event.push_back({" ", {}});
        event.push_back({"INFLECTION", {.bold = true, .frame = Frame::Solid}});
    }
    std::string seq = "–";
    if (step.decisionId && m_facts.entryOfDecision.contains(step.decisionId->text())) {
        seq = std::to_string(m_facts.entryOfDecision.at(step.decisionId->text()));
    } else if (step.stepType == domain::StepType::RootCause && m_facts.incidentEntry) {
        seq = std::to_string(*m_facts.incidentEntry);
    } else if (step.callId && m_facts.entryOfCall.contains(step.callId->text())) {
        seq = std::to_string(m_facts.entryOfCall.at(step.callId->text()));
    }
    const Look emphasis{.bold = step.isInflection};
    row.shaded = step.isInflection;
    row.cells = {{plain(std::to_string(step.stepIndex))},
                 {plain(fmt::format("{:+.1f}", static_cast<double>(at) / 1000))},
                 {plain(laneOf(step.stepType))},
                 {std::move(event)},
                 {{{step.result ? std::string(wireName(*step.result)) : "", emphasis}},
                  step.result ? markOf(*step.result) : Mark::None},
                 {plain(step.stepType == domain::StepType::RootCause
                            ? std::string("See section 2.")
                            : bounded(oneLine(step.detail), kCellBytesMax))},
                 {plain(seq)}};
    return row;
}

void ReportParts::trace(Document& document, const std::string& number) const
{
    document.blocks.emplace_back(Heading{number + " Decision trace"});
    const UtcTime start = m_bundle.steps.empty() ? m_bundle.createdAt : m_bundle.steps.front().time;
    const auto last = m_bundle.steps.empty() ? 0 : m_bundle.steps.back().stepIndex;
    const auto end = m_bundle.steps.empty() ? start : m_bundle.steps.back().time;
    const auto lastMs = (toMicroseconds(end) - toMicroseconds(start)) / 1000;
    Table table{{{"Step", widthFor(last, 24, 4)},
                 {"Time, ms", widthFor(lastMs, 50, 5), true},
                 {"Lane", 56},
                 {"Event", 1.15},
                 {"Result", 54},
                 {"Reason", 1.6},
                 {"seq", widthFor(static_cast<std::int64_t>(m_facts.treeSize), 22, 4)}},
                {},
                {}};
    for (const auto& step : m_bundle.steps) {
        table.rows.push_back(traceRow(step, start));
    }
    document.blocks.emplace_back(std::move(table));
    const auto first = m_bundle.steps.empty() ? 0 : m_bundle.steps.front().stepIndex;
    std::string note = fmt::format("Times are milliseconds from {} by the server’s clock. “seq” is "
                                   "the entry of the signed log "
                                   "that commits to the step; a dash: no entry of the pack does.",
                                   first == 0 ? "the run’s first step"
                                              : fmt::format("step {}, the first one here", first));
    if (leftOut(m_bundle, Include::FullTrace)) {
        note += " Steps of the run’s other calls were left out of this export by choice.";
    }
    if (leftOut(m_bundle, Include::PolicyLog)) {
        note += " Decisions beside the one that opened the incident were left out by choice.";
    }
    if (m_bundle.truncated) {
        note += fmt::format(" The run has {} steps, more than an export reads: only steps around "
                            "the incident can be here.",
                            grouped(m_bundle.stepsRecorded));
    }
    document.blocks.emplace_back(Paragraph{{{std::move(note), {.quiet = true}}}});
}

} // namespace exhibit::report
