// SPDX-License-Identifier: Apache-2.0
#include "models/report/bates.h"
#include "models/report/legal_discovery.h"
#include "models/report/privilege.h"
#include "models/report/safe_text.h"
#include "models/report/step_line.h"
#include "models/report/words.h"

#include <fmt/format.h>

#include <algorithm>

namespace exhibit::report {
namespace {

constexpr std::size_t kRowsMax = 400; ///< Of a table; the load file has them all.

std::int64_t countOf(const LegalDiscoveryBundle& bundle, Treatment treatment)
{
    return std::count_if(
        bundle.documents.begin(), bundle.documents.end(), [treatment](const auto& document) {
            return document.treatment == treatment;
        });
}

std::string rangeOf(const std::string& begin, const std::string& end)
{
    return oneLine(batesSpan(begin, end));
}

std::string numbersOf(const LegalDiscoveryBundle& bundle)
{
    return rangeOf(batesText(bundle.batesPrefix, bundle.batesFirst),
                   batesText(bundle.batesPrefix, bundle.batesLast));
}

std::string encodingInWords(TextEncoding encoding)
{
    return encoding == TextEncoding::Utf8 ? "UTF-8 with a byte order mark" : "Windows-1252";
}

Document page(const LegalDiscoveryBundle& bundle)
{
    Document document;
    document.title = "Production of documents " + numbersOf(bundle);
    document.subject = bundle.bundleId;
    document.kind = "Production of documents";
    document.marking = bounded(oneLine(bundle.confidentiality), 80);
    document.footer = {{"Log ", {}},
                       {fmt::format("{}, tree size {}", oneLine(bundle.logOrigin), bundle.treeSize),
                        {.mono = true}}};
    document.footerNote
        = "legal_discovery.json, with the proofs of the log, is attached and prevails.";
    document.footerId = bundle.bundleId;
    document.createdAt = bundle.createdAt;
    return document;
}

void addSummary(Document& document, const LegalDiscoveryBundle& bundle)
{
    const std::int64_t pages = bundle.batesLast - bundle.batesFirst + 1;
    FactGrid grid;
    grid.left
        = {{"Numbers", bold(numbersOf(bundle))},
           {"Case",
            plain(bundle.caseName.empty() ? "not stated" : bounded(oneLine(bundle.caseName), 300))},
           {"Producing", plain(bounded(oneLine(bundle.tenantName), 300))},
           {"Custodian", plain(bounded(oneLine(bundle.custodians.front()), 120))},
           {"Incident", mono(oneLine(bundle.incidentId))},
           {"Made",
            plain(longDate(bundle.createdAt) + " by "
                  + bounded(namedKey(bundle.exportedBy, bundle.exportedByLabel), 160))}};
    grid.right = {{"Pages", plain(grouped(pages))},
                  {"Documents", plain(grouped(static_cast<std::int64_t>(bundle.documents.size())))},
                  {"Redacted", plain(grouped(countOf(bundle, Treatment::Redacted)))},
                  {"Withheld", plain(grouped(countOf(bundle, Treatment::Withheld)))},
                  {"Volume", plain(oneLine(bundle.volume))},
                  {"Encoding", plain(encodingInWords(bundle.encoding))}};
    document.blocks.emplace_back(std::move(grid));
}

/// What was taken out by rule, and whether people took out anything.
std::string redactionOf(const LegalDiscoveryBundle& bundle)
{
    const auto byPeople
        = std::count_if(bundle.privilegeLog.begin(),
                        bundle.privilegeLog.end(),
                        [](const auto& entry) { return entry.basis != kPersonalGround; });
    std::string words = bundle.redacted
        ? "Personal data and secrets that the shipped patterns find are replaced by placeholders; "
          "the names of users and sessions are left out. "
        : "Personal data and secrets are shown as they were recorded. ";
    words += byPeople > 0
        ? "What people withhold or redact, and on what ground, is in section 3. Nothing else is "
          "left out."
        : "Nobody withheld or redacted anything else.";
    return words;
}

void addWhatItIs(Document& document, const LegalDiscoveryBundle& bundle)
{
    document.blocks.emplace_back(Heading{"1 What is produced"});
    document.blocks.emplace_back(Paragraph{plain(
        "The record of one incident of an AI system, a document for the incident and one for each "
        "step of its run, as one family. Each has page images, extracted text and, unless it is "
        "withheld, its native form. Images and natives show the same redactions. The evidence pack "
        "is produced in native form.")});
    document.blocks.emplace_back(Paragraph{
        {{"What it does not show. ", {.bold = true}},
         {"The record is of what passed through this server. It holds nothing of what was said "
          "elsewhere, and does not say that a recipient read what was sent.",
          {}}}});
    document.blocks.emplace_back(
        Paragraph{{{"Redaction. ", {.bold = true}}, {redactionOf(bundle), {}}}});
}

void addDocuments(Document& document, const LegalDiscoveryBundle& bundle)
{
    document.blocks.emplace_back(Heading{"2 Documents"});
    Table table{
        {{"Bates", 118}, {"Document", 1}, {"Pages", 34, true}, {"Treatment", 52}, {"SHA-256", 92}},
        {},
        {}};
    for (const auto& one : bundle.documents) {
        if (table.rows.size() == kRowsMax) {
            break;
        }
        table.rows.push_back({{{mono(rangeOf(one.begBates, one.endBates))},
                               {plain(bounded(oneLine(one.subject), 160))},
                               {plain(std::to_string(one.pageCount))},
                               {plain(sentenceCase(wireName(one.treatment)))},
                               {mono(toHex(asView(one.sha256)).substr(0, 16) + "…")}}});
    }
    document.blocks.emplace_back(std::move(table));
    std::string words = "The hash is that of the native where one is produced, else of the text; "
                        "in full in the load file.";
    if (bundle.documents.size() > kRowsMax) {
        const auto more = static_cast<std::int64_t>(bundle.documents.size() - kRowsMax);
        words = fmt::format("{} of the {} {} listed in the load file alone. ",
                            grouped(more),
                            counted(static_cast<std::int64_t>(bundle.documents.size()), "document"),
                            more == 1 ? "is" : "are")
            + words;
    }
    document.blocks.emplace_back(Paragraph{{{words, {.quiet = true}}}});
}

void addPrivilegeLog(Document& document, const LegalDiscoveryBundle& bundle)
{
    document.blocks.emplace_back(Heading{"3 Redacted and withheld"});
    if (bundle.privilegeLog.empty()) {
        document.blocks.emplace_back(Paragraph{plain("Nothing is redacted, nothing is withheld.")});
        return;
    }
    Table table{
        {{"Bates", 118}, {"Type", 62}, {"Treatment", 52}, {"Basis", 0.8}, {"Description", 1.2}},
        {},
        {}};
    for (const auto& entry : bundle.privilegeLog) {
        if (table.rows.size() == kRowsMax) {
            break;
        }
        table.rows.push_back({{{mono(rangeOf(entry.begBates, entry.endBates))},
                               {plain(bounded(oneLine(entry.docType), 60))},
                               {bold(sentenceCase(wireName(entry.treatment)))},
                               {plain(bounded(oneLine(entry.basis), 160))},
                               {plain(bounded(oneLine(entry.description), 240))}},
                              entry.treatment == Treatment::Withheld});
    }
    document.blocks.emplace_back(std::move(table));
    document.blocks.emplace_back(Paragraph{
        {{"The same stands in LOGS/privilege_log.csv. A withheld document has a page in its place, "
          "with its number.",
          {.quiet = true}}}});
}

void addNumbers(Document& document, const LegalDiscoveryBundle& bundle)
{
    document.blocks.emplace_back(Heading{"4 Numbers"});
    document.blocks.emplace_back(Paragraph{plain(fmt::format(
        "One number a page, {} in all, given out by an entry of the log and never again. {}",
        grouped(bundle.batesLast - bundle.batesFirst + 1),
        bundle.earlierAllocations.empty()
            ? "No number of this prefix was given out before."
            : "Numbers of this prefix that were given out before, newest first:"))});
    if (bundle.earlierAllocations.empty()) {
        return;
    }
    Table table{{{"Bates", 150}, {"Given out", 104}, {"To", 1}, {"Production", 0.9}}, {}, {}};
    for (const auto& allocation : bundle.earlierAllocations) {
        table.rows.push_back(
            {{{mono(rangeOf(batesText(bundle.batesPrefix, allocation.first),
                            batesText(bundle.batesPrefix, allocation.last)))},
              {plain(longDate(allocation.allocatedAt))},
              {plain(oneLine(allocation.allocatedBy))},
              {plain(allocation.delivered ? "delivered" : "never handed out: a gap")}}});
    }
    document.blocks.emplace_back(std::move(table));
    if (bundle.earlierLeftOut > 0) {
        document.blocks.emplace_back(Paragraph{plain(
            fmt::format("{} of the prefix, older than these, are not listed here; each is an entry "
                        "bates.allocated of the log.",
                        counted(bundle.earlierLeftOut, "allocation")))});
    }
}

void addHowTo(Document& document, const LegalDiscoveryBundle& bundle)
{
    document.blocks.emplace_back(Heading{"5 How to read and check it"});
    document.blocks.emplace_back(Paragraph{
        {{fmt::format("{0}/DATA/{0}.DAT", oneLine(bundle.volume)), {.mono = true}},
         {fmt::format(
              " is a Concordance load file in {}: fields are set off by U+0014, enclosed in "
              "U+00FE, and U+00AE stands for a line break inside a field; rows end in CR "
              "LF. ",
              encodingInWords(bundle.encoding)),
          {}},
         {fmt::format("{0}/DATA/{0}.OPT", oneLine(bundle.volume)), {.mono = true}},
         {" lists the page images for Opticon. A recorded character that would be taken for a "
          "delimiter is shown by its number, [U+00FE].",
          {}}}});
    document.blocks.emplace_back(Paragraph{
        {{"sha256sum --strict -c manifest-sha256.txt", {.mono = true}},
         {" checks every file; this page’s signature covers the list of them that is attached to "
          "it. ",
          {}},
         {"exhibitctl verify production_cover.pdf", {.mono = true}},
         {" checks the signature. Whether its key is the producing party’s has to be known from "
          "elsewhere.",
          {}}}});
    document.blocks.emplace_back(Paragraph{
        {{"Log. ", {.bold = true}},
         {"PROOFS holds the entries that record these documents and proves each under the signed "
          "root ",
          {}},
         {oneLine(bundle.root), {.mono = true}},
         {fmt::format(" of {}.", counted(bundle.treeSize, "entry", "entries")), {}}}});
    document.blocks.emplace_back(Heading{"For the producing party"});
    document.blocks.emplace_back(Paragraph{
        plain("Reviewed and released by the person who signs here. The system signs the file, and "
              "releases nothing itself.")});
    document.blocks.emplace_back(
        SignatureLines{{"Name", "Capacity", "Signature", "Place and date"}});
}

} // namespace

Document legalCover(const LegalDiscoveryBundle& bundle)
{
    Document document = page(bundle);
    document.blocks.emplace_back(Title{"Production of documents",
                                       bundle.exportReason.empty()
                                           ? numbersOf(bundle)
                                           : bounded(oneLine(bundle.exportReason), 200)});
    addSummary(document, bundle);
    addWhatItIs(document, bundle);
    addDocuments(document, bundle);
    addPrivilegeLog(document, bundle);
    addNumbers(document, bundle);
    addHowTo(document, bundle);
    return document;
}

} // namespace exhibit::report
