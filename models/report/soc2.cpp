// SPDX-License-Identifier: Apache-2.0
#include "models/report/soc2.h"

#include "models/report/csv.h"
#include "models/report/safe_text.h"
#include "models/report/step_line.h"
#include "models/report/words.h"

#include <fmt/format.h>

namespace exhibit::report {
namespace {

constexpr std::size_t kKeyBytesMax = 160; ///< Of a key with what it is called.

std::string joined(const std::vector<std::string>& texts, std::string_view between = ", ")
{
    std::string all;
    for (const auto& text : texts) {
        all += (all.empty() ? std::string_view() : between);
        all += text;
    }
    return all;
}

std::string orUnknown(const std::string& text, const char* unknown)
{
    return text.empty() ? unknown : oneLine(text);
}

std::string performersOf(const Soc2Bundle& bundle, const Soc2Row& row)
{
    std::vector<std::string> names;
    for (const auto& performer : row.performers) {
        names.push_back(bounded(namedKey(bundle.keyLabels, performer), 60));
    }
    if (row.morePerformers > 0) {
        names.push_back(counted(row.morePerformers, "other") + ", who stand in the listing");
    }
    return joined(names);
}

Document page(const Soc2Bundle& bundle)
{
    Document document;
    document.title = fmt::format(
        "SOC 2 evidence, {} to {}", bundle.compliancePeriodStart, bundle.compliancePeriodEnd);
    document.subject = bundle.bundleId;
    document.kind = "SOC 2 evidence";
    document.marking = "Confidential: for the service auditor";
    document.footer = {{"Log ", {}},
                       {fmt::format("{}, tree size {}, root {}",
                                    bounded(oneLine(bundle.log.origin), 80),
                                    bundle.log.treeSize,
                                    bundle.log.root),
                        {.mono = true}}};
    document.footerNote = "soc2.json, listings and proofs of the log are attached and prevail.";
    document.footerId = bundle.bundleId;
    document.createdAt = bundle.createdAt;
    return document;
}

/// More than one log means that numbers began again in the period: of each it says what it holds.
void addEpochs(Document& document, const Soc2Log& log)
{
    if (log.epochs.size() < 2) {
        return;
    }
    document.blocks.emplace_back(Paragraph{
        plain(fmt::format("The period has {}: after a loss another takes over, and "
                          "counts from 0.",
                          counted(static_cast<std::int64_t>(log.epochs.size()), "log")))});
    Table table{{{"Log", 36},
                 {"Origin", 1},
                 {"Entries", 48, true},
                 {"Numbers", 96},
                 {"Gap", 44},
                 {"Signed head covers", 92}},
                {},
                {}};
    for (const auto& epoch : log.epochs) {
        table.rows.push_back(
            {{{plain(grouped(epoch.epoch))},
              {mono(bounded(oneLine(epoch.origin), 120))},
              {plain(grouped(epoch.entries))},
              {plain(fmt::format("{} to {}", epoch.first, epoch.last))},
              {plain(epoch.contiguous ? "none" : "GAP")},
              {plain(epoch.treeSize == 0 ? "none was signed"
                                         : counted(epoch.treeSize, "entry", "entries"))}}});
    }
    document.blocks.emplace_back(std::move(table));
}

void addSummary(Document& document, const Soc2Bundle& bundle)
{
    std::size_t exceptions = 0;
    for (const auto& row : bundle.rows) {
        exceptions += row.exception.empty() ? 0 : 1;
    }
    FactGrid grid;
    grid.left = {{"Tenant", plain(bounded(oneLine(bundle.tenantName), 300))},
                 {"Period",
                  plain(bundle.compliancePeriodStart + " to " + bundle.compliancePeriodEnd
                        + ", both included, UTC")},
                 {"Log", mono(oneLine(bundle.log.origin))},
                 {"Exported",
                  plain(longDate(bundle.createdAt) + " by "
                        + bounded(namedKey(bundle.keyLabels, bundle.exportedBy), kKeyBytesMax))}};
    grid.right
        = {{"Criteria", plain(grouped(static_cast<std::int64_t>(bundle.rows.size())))},
           {"Exceptions", plain(grouped(static_cast<std::int64_t>(exceptions)))},
           {"Entries", plain(grouped(bundle.log.entries))},
           {"Statement",
            plain(bundle.statementVersion ? fmt::format("version {}", *bundle.statementVersion)
                                          : std::string("none entered"))}};
    document.blocks.emplace_back(std::move(grid));
    document.blocks.emplace_back(Heading{"1 What this is"});
    document.blocks.emplace_back(Paragraph{plain(
        "Evidence drawn from the signed log of the system for the service auditor: for each "
        "criterion the population, how it was selected, samples, and what the record does not "
        "show. It expresses no opinion on controls. Criteria: "
        + oneLine(bundle.criteriaSource) + ".")});
    document.blocks.emplace_back(Paragraph{
        {{"Completeness. ", {.bold = true}},
         {fmt::format("The log holds {} of the period; their sequence numbers {}. The newest "
                      "signed head covers {}.",
                      counted(bundle.log.entries, "entry", "entries"),
                      bundle.log.contiguous ? "are without a gap" : "HAVE A GAP",
                      counted(bundle.log.treeSize, "entry", "entries")),
          {}}}});
    addEpochs(document, bundle.log);
}

void addObjectives(Document& document, const Soc2Bundle& bundle)
{
    document.blocks.emplace_back(Heading{"2 Control objectives"});
    if (bundle.controlObjectives.empty()) {
        document.blocks.emplace_back(
            Paragraph{plain("The management has entered no control objectives for the period.")});
        return;
    }
    Table table{{{"Criterion", 48}, {"Control", 70}, {"Objective", 1}, {"Reviewer", 84}}, {}, {}};
    for (const auto& objective : bundle.controlObjectives) {
        table.rows.push_back(
            {{{bold(oneLine(objective.criterion))},
              {mono(bounded(oneLine(objective.controlId), 80))},
              {plain(bounded(oneLine(objective.objective), 900))},
              {plain(bounded(orUnknown(objective.reviewer.value_or(""), "not named"), 80))}}});
    }
    document.blocks.emplace_back(std::move(table));
}

void addRows(Document& document, const Soc2Bundle& bundle)
{
    document.blocks.emplace_back(Heading{"3 Evidence by criterion"});
    Table table{{{"Criterion", 48},
                 {"Population", 1},
                 {"Count", 36, true},
                 {"Samples", 142},
                 {"Exceptions, limits", 0.75}},
                {},
                {}};
    for (const auto& row : bundle.rows) {
        Text population{{oneLine(row.shortText) + ". ", {.bold = true}},
                        {oneLine(row.populationQuery) + ".", {}}};
        if (!row.performers.empty()) {
            population.push_back({" By " + performersOf(bundle, row) + ".", {}});
        }
        Text samples = mono(bounded(oneLine(joined(row.sampleIds, "; ")), 300));
        if (row.sampleIds.empty()) {
            samples = plain("none");
        }
        Text remarks = plain(orUnknown(bounded(row.exception, 300), "none"));
        if (!row.limitation.empty()) {
            remarks.push_back({(row.exception.empty() ? ". " : " ") + bounded(row.limitation, 300),
                               {.quiet = true}});
        }
        table.rows.push_back({{{bold(row.criterion)},
                               {std::move(population)},
                               {plain(grouped(row.populationCount))},
                               {std::move(samples)},
                               {std::move(remarks)}}});
    }
    document.blocks.emplace_back(std::move(table));
    document.blocks.emplace_back(Heading{"4 Listings"});
    Table listings{{{"Criterion", 48}, {"File", 118}, {"SHA-256", 1}}, {}, {}};
    for (const auto& row : bundle.rows) {
        if (row.evidenceSha256) {
            listings.rows.push_back({{{bold(row.criterion)},
                                      {mono(bounded(oneLine(row.evidenceFile), 120))},
                                      {mono(toHex(asView(*row.evidenceSha256)))}}});
        }
    }
    document.blocks.emplace_back(std::move(listings));
}

void addAttestation(Document& document, const Soc2Bundle& bundle)
{
    document.blocks.emplace_back(PageBreak{});
    document.blocks.emplace_back(Title{"Management’s attestation",
                                       "For the period " + bundle.compliancePeriodStart + " to "
                                           + bundle.compliancePeriodEnd});
    if (bundle.attestationStatement) {
        document.blocks.emplace_back(Paragraph{plain(safeText(*bundle.attestationStatement))});
        document.blocks.emplace_back(Paragraph{
            {{fmt::format("Entered by {}, version {}. The words are the management’s.",
                          bundle.statementBy ? bounded(
                              namedKey(bundle.keyLabels, *bundle.statementBy), kKeyBytesMax)
                                             : std::string("an unknown key"),
                          bundle.statementVersion.value_or(0)),
              {.quiet = true}}}});
    } else {
        document.blocks.emplace_back(Paragraph{
            {{"No attestation has been entered. ", {.bold = true}},
             {"This page stays open until the management states one; the system makes none of its "
              "own.",
              {}}}});
    }
    document.blocks.emplace_back(SignatureLines{{"Name", "Title", "Signature", "Place and date"}});
    document.blocks.emplace_back(Heading{"Auditor’s notes"});
    document.blocks.emplace_back(Paragraph{
        plain(bundle.auditorNotes.empty() ? "None entered." : safeText(bundle.auditorNotes))});
}

} // namespace

Document soc2Report(const Soc2Bundle& bundle)
{
    Document document = page(bundle);
    document.blocks.emplace_back(
        Title{"SOC 2 evidence",
              fmt::format("{} to {}{}",
                          bundle.compliancePeriodStart,
                          bundle.compliancePeriodEnd,
                          bundle.exportReason.empty() ? "" : ": " + oneLine(bundle.exportReason))});
    addSummary(document, bundle);
    if (bundle.redacted) {
        document.blocks.emplace_back(Paragraph{
            plain("Personal data and secrets in what was recorded are replaced by placeholders.")});
    }
    addObjectives(document, bundle);
    addRows(document, bundle);
    addAttestation(document, bundle);
    return document;
}

std::vector<std::pair<std::string_view, std::string>> soc2Columns(const Soc2Row& row)
{
    const auto number = [](const std::optional<std::int64_t>& value) {
        return value ? std::to_string(*value) : std::string();
    };
    return {{"criterion", row.criterion},
            {"control_id", row.controlId},
            {"population_query", row.populationQuery},
            {"population_count", std::to_string(row.populationCount)},
            {"sample_ids", joined(row.sampleIds, ";")},
            {"evidence_file", row.evidenceFile},
            {"evidence_sha256", row.evidenceSha256 ? toHex(asView(*row.evidenceSha256)) : ""},
            {"entry_seq", number(row.entrySeq)},
            {"period_start", row.periodStart},
            {"period_end", row.periodEnd},
            {"performers", joined(row.performers, ";")},
            {"reviewer", row.reviewer.value_or("")},
            {"exception", row.exception},
            {"entry_epoch", number(row.entryEpoch)},
            {"more_performers", std::to_string(row.morePerformers)},
            {"limitation", row.limitation}};
}

std::string soc2Csv(const Soc2Bundle& bundle)
{
    std::vector<std::string> names;
    for (const auto& [name, value] : soc2Columns({})) {
        names.emplace_back(name);
    }
    std::string csv = csvLine(names);
    for (const auto& row : bundle.rows) {
        std::vector<std::string> values;
        for (auto& [name, value] : soc2Columns(row)) {
            values.push_back(std::move(value));
        }
        csv += csvLine(values);
    }
    return csv;
}

} // namespace exhibit::report
