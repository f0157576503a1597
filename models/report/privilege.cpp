// SPDX-License-Identifier: Apache-2.0
#include "models/report/privilege.h"

#include "models/report/production_pages.h"
#include "models/report/step_line.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace exhibit::report {
namespace {

PrivilegeEntry entryOf(const ProducedDocument& fields, std::string basis, std::string description)
{
    return {{},
            {},
            fields.dateCreated,
            fields.docType,
            fields.from,
            fields.to,
            fields.treatment,
            std::move(basis),
            std::move(description)};
}

/// That something was to be redacted does not mean that anything was.
Json withoutFlag(Json record)
{
    record.get_object().erase("redacted");
    return record;
}

} // namespace

void noteRedactions(PlannedDocument& document, const RedactedRecord& record)
{
    if (withoutFlag(record.original) == withoutFlag(record.shown)) {
        return;
    }
    auto& fields = document.fields;
    fields.treatment = Treatment::Redacted;
    std::string words;
    // What stands in the document all the same was not replaced.
    const auto left = record.redaction.kindsIn(record.shown);
    for (const auto& [kind, all] : record.redaction.kindsIn(record.original)) {
        const auto still = left.find(kind);
        const auto count = all - (still == left.end() ? 0 : still->second);
        if (count > 0) {
            fields.redactions.push_back({"personal data or secret: " + kind, count});
            words += fmt::format("{}{} x {}", words.empty() ? "" : ", ", count, kind);
        }
    }
    if (fields.redactions.empty()) {
        fields.redactions.push_back({"personal data: names of users and sessions", 1});
        words = "names of users and sessions";
    }
    document.privilege = entryOf(
        fields, kPersonalGround, "Replaced by placeholders in text, image and native: " + words);
}

void notePassages(PlannedDocument& document, const Passages& passages, const Json& shown)
{
    std::set<std::string> grounds;
    std::string words;
    for (const auto& [index, count] : passages.marksIn(shown)) {
        const auto& passage = passages.at(index);
        document.fields.redactions.push_back({passage.basis, count});
        grounds.insert(passage.basis);
        words += fmt::format("{}Passage {}, {}: {}.",
                             words.empty() ? "" : " ",
                             index + 1,
                             counted(count, "time"),
                             passage.description);
    }
    if (!grounds.empty()) {
        notePartsLeftOut(document, std::move(grounds), words);
    }
}

void notePartsLeftOut(PlannedDocument& document,
                      std::set<std::string> grounds,
                      const std::string& description)
{
    document.fields.treatment = Treatment::Redacted;
    std::string said;
    if (const auto& noted = document.privilege) {
        grounds.insert(noted->basis);
        said = noted->description + " ";
    }
    document.privilege
        = entryOf(document.fields, fmt::format("{}", fmt::join(grounds, "; ")), said + description);
}

void withhold(PlannedDocument& document, const std::string& title, const WithheldDocument& withheld)
{
    auto& fields = document.fields;
    fields.treatment = Treatment::Withheld;
    fields.subject = title;
    fields.redactions.push_back({withheld.basis, 1});
    document.text = "DOCUMENT WITHHELD: " + withheld.basis + "\n";
    document.pages = slipSheet(title, "DOCUMENT WITHHELD: " + withheld.basis);
    document.privilege = entryOf(fields, withheld.basis, withheld.description);
}

} // namespace exhibit::report
