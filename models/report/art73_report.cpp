// SPDX-License-Identifier: Apache-2.0
#include "models/report/art73.h"
#include "models/report/report_pdf.h"
#include "models/report/safe_text.h"
#include "models/report/step_line.h"
#include "models/report/words.h"

#include <fmt/format.h>

#include <algorithm>

namespace exhibit::report {
namespace {

Document page(const Art73Bundle& bundle)
{
    Document document;
    document.title = "Draft report of a serious incident, Article 73";
    document.subject = bundle.incidentId;
    document.kind = "DRAFT, not sent";
    document.marking = "Regulation (EU) 2024/1689, Article 73";
    document.footer = {{"Pack SHA-256  ", {}}, {toHex(asView(bundle.packSha256)), {.mono = true}}};
    document.footerNote = "ai-act-art73.json and the evidence pack are attached and prevail.";
    document.footerId = bundle.incidentId;
    document.createdAt = bundle.createdAt;
    return document;
}

void addSummary(Document& document, const Art73Bundle& bundle)
{
    const auto open = std::count_if(
        bundle.fields.begin(), bundle.fields.end(), [](const auto& f) { return !f.value; });
    FactGrid grid;
    grid.left = {
        {"Aware",
         bundle.awarenessAt ? mono(formatTime(*bundle.awarenessAt)) : bold("OPEN: not stated")},
        {"Due",
         bundle.due ? bold(oneLine(*bundle.due) + (bundle.circumstance ? "" : " at the earliest"))
                    : bold("OPEN: runs from awareness")},
        {"Incident", mono(oneLine(bundle.incidentId))},
        {"Tenant", plain(bounded(oneLine(bundle.tenantName), 300))}};
    grid.right = {{"Report", plain(sentenceCase(wireName(bundle.stage)))},
                  {"Ground",
                   plain(bundle.circumstance ? sentenceCase(oneLine(*bundle.circumstance))
                                             : std::string("OPEN"))},
                  {"Open", plain(counted(open, "field"))},
                  {"Made", plain(longDate(bundle.createdAt))}};
    document.blocks.emplace_back(std::move(grid));
}

void addDeadlines(Document& document, const Art73Bundle& bundle)
{
    document.blocks.emplace_back(Heading{"1 Deadlines"});
    Table table{
        {{"Article", 46}, {"In case of", 1}, {"Days", 32, true}, {"Last day", 74}, {"", 62}},
        {},
        {}};
    for (const auto& deadline : bundle.deadlines) {
        table.rows.push_back({{{plain(deadline.article)},
                               {plain(sentenceCase(oneLine(deadline.words)))},
                               {plain(std::to_string(deadline.days))},
                               {deadline.due ? bold(oneLine(*deadline.due)) : plain("open")},
                               {deadline.applies ? bold("APPLIES") : plain("")}},
                              deadline.applies});
    }
    document.blocks.emplace_back(std::move(table));
    document.blocks.emplace_back(Paragraph{{{oneLine(bundle.dayCount), {.quiet = true}}}});
}

/// What people wrote keeps its lines, as far as a reader wants to turn pages for them.
std::string shownValue(std::string_view value)
{
    constexpr std::size_t kLinesMax = 100;
    constexpr std::size_t kBytesMax = 8000; ///< Twice what a person may enter.
    std::size_t from = 0;
    std::size_t end = 0;
    for (std::size_t line = 0; line < kLinesMax && end != value.npos; ++line) {
        end = value.find('\n', from);
        from = end + 1;
    }
    const std::string_view shown = value.substr(0, end);
    const auto more
        = std::count(value.begin() + static_cast<std::ptrdiff_t>(shown.size()), value.end(), '\n');
    return bounded(safeText(shown), kBytesMax)
        + (more == 0 ? std::string()
                     : fmt::format("… ({} more, in {})",
                                   counted(static_cast<std::int64_t>(more), "line"),
                                   kAttachedArt73));
}

void addFields(Document& document, const Art73Bundle& bundle)
{
    document.blocks.emplace_back(Heading{"2 Report"});
    Table table{{{"Field", 0.55}, {"Article", 46}, {"Value", 1.3}, {"From", 54}}, {}, {}};
    for (const auto& field : bundle.fields) {
        table.rows.push_back(
            {{{bold(oneLine(field.label))},
              {plain(oneLine(field.article))},
              {field.value ? plain(shownValue(*field.value))
                           : Text{{"OPEN", {.bold = true, .frame = Frame::Solid}},
                                  {"  neither recorded nor entered", {.quiet = true}}}},
              {plain(field.origin == "open" ? "" : sentenceCase(oneLine(field.origin)))}}});
    }
    document.blocks.emplace_back(std::move(table));
    document.blocks.emplace_back(Paragraph{{{"An initial report may be incomplete (73(5)). "
                                             "Nothing here was filled in by guessing.",
                                             {.quiet = true}}}});
}

void addEvidence(Document& document, const Art73Bundle& bundle)
{
    document.blocks.emplace_back(Heading{"3 Logs"});
    document.blocks.emplace_back(
        Paragraph{{{"Entries ", {}},
                   {fmt::format("{} to {}", bundle.firstEntry, bundle.lastEntry), {.bold = true}},
                   {" of the log ", {}},
                   {oneLine(bundle.logOrigin), {.mono = true}},
                   {fmt::format(", proven under its signed head of {}, root ",
                                counted(bundle.treeSize, "entry", "entries")),
                    {}},
                   {oneLine(bundle.root), {.mono = true}},
                   {". The evidence pack that is attached holds them.", {}}}});
    if (const auto words = leftOutInWords(bundle.leftOut); !words.empty()) {
        document.blocks.emplace_back(Paragraph{plain(words)});
    }
    document.blocks.emplace_back(Notice{plain(
        "Article 73(6): no investigation that alters the system in a way that may affect a later "
        "evaluation of the causes before the authority is informed. Place a hold first.")});
    document.blocks.emplace_back(Heading{"4 For the person who reports"});
    document.blocks.emplace_back(SignatureLines{{"Name", "Role", "Signature", "Place and date"}});
    document.blocks.emplace_back(
        Paragraph{{{"Fields and deadlines: " + oneLine(bundle.mappingSource) + ". Read "
                        + oneLine(bundle.mappingRead) + ". This is no legal advice.",
                    {.quiet = true}}}});
}

} // namespace

Document art73Report(const Art73Bundle& bundle)
{
    Document document = page(bundle);
    document.blocks.emplace_back(Title{"Serious incident of an AI system",
                                       "Draft report to the market surveillance authority"});
    addSummary(document, bundle);
    addDeadlines(document, bundle);
    addFields(document, bundle);
    addEvidence(document, bundle);
    return document;
}

} // namespace exhibit::report
