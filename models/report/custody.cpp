// SPDX-License-Identifier: Apache-2.0
#include "models/report/custody.h"

#include "models/evidence/entry.h"
#include "models/evidence/field.h"
#include "models/report/safe_text.h"

#include <fmt/format.h>

namespace exhibit::report {
namespace {

constexpr std::size_t kSaidBytesMax = 300;

struct Action {
    std::string_view prefix; ///< Of an entry's type.
    const char* action;
    const char* purpose;
};
/// ISO/IEC 27037 names identification, collection, acquisition and preservation.
constexpr Action kActions[] = {
    {"llm.call", "acquired", "recorded while the call passed through the server"},
    {"decision.", "acquired", "recorded when the policy decided"},
    {"incident.opened", "identified", "recorded when the incident was opened"},
    {"incident.", "annotated", "the incident was worked on; recorded evidence is unchanged"},
    {"impact.", "annotated", "its impact was assessed; recorded evidence is unchanged"},
    {"remediation.", "annotated", "its remediation was recorded; recorded evidence is unchanged"},
    {"export.created", "copied", "a copy left the server"},
    {"certificate.", "examined", "replayed and compared"},
    {"hold.", "preserved", "a legal hold was placed or released"},
    {"field.erased", "erased", "fields were erased; their digests remain"},
    {"bates.", "numbered", "Bates numbers were given out"}};

Action actionOf(std::string_view type)
{
    for (const auto& action : kActions) {
        if (type.starts_with(action.prefix)) {
            return action;
        }
    }
    return {type, "recorded", "an entry of the log"};
}

/// Of a copy that left: its format, whether it was redacted, by what right and why; entries of
/// earlier servers say less.
std::string ofExport(std::string_view details)
{
    const auto said = parseJson(details);
    if (!said || !said->is_object()) {
        return "";
    }
    std::string words(stringMember(*said, "format"));
    if (const Json* redacted = findMember(*said, "redacted"); redacted != nullptr) {
        words += *redacted == Json(true) ? ", redacted" : ", NOT redacted";
    }
    for (const char* name : {"authority", "case", "reason"}) {
        if (const auto value = stringMember(*said, name); !value.empty()) {
            words += fmt::format(", {}: {}", name, value);
        }
    }
    return words.empty() ? "" : " (" + bounded(oneLine(words), kSaidBytesMax) + ")";
}

/// The disclosed value at `path`, or nothing.
Result<std::string> valueAt(const evidence::Pack& pack,
                            const evidence::Entry& entry,
                            std::string_view path)
{
    for (std::size_t i = 0; i < entry.fields.size(); ++i) {
        const auto name = evidence::fieldPath(entry.sequence, i);
        if (entry.fields[i].path == path && pack.has(name)) {
            EXHIBIT_TRY(const auto file, pack.content(name));
            EXHIBIT_TRY(const auto field, evidence::parseField(file.view()));
            return field.value.is_string() ? std::string(field.value.get_string()) : std::string();
        }
    }
    return std::string();
}

} // namespace

Result<CustodyRecord> custodyOfEntry(const evidence::Entry& entry,
                                     const Digest& hash,
                                     std::string who,
                                     std::string role,
                                     std::string_view details)
{
    EXHIBIT_TRY(const auto at, parseTime(entry.time));
    const auto action = actionOf(entry.type);
    const std::string more = entry.type == "export.created" ? ofExport(details) : "";
    return CustodyRecord{fmt::format("{}#{}", entry.log, entry.sequence),
                         at,
                         who.empty() ? "withheld" : std::move(who),
                         role.empty() ? "withheld" : std::move(role),
                         action.action,
                         fmt::format("{}: {}{}", entry.type, action.purpose, more),
                         "Exhibit",
                         hash,
                         static_cast<std::int64_t>(entry.sequence)};
}

Result<std::vector<CustodyRecord>> custodyOf(const evidence::Pack& pack, const PackFacts& facts)
{
    std::vector<CustodyRecord> records;
    for (const auto& name : pack.under("data/proofs/")) {
        const std::string stem = name.substr(name.rfind('/') + 1, 10);
        EXHIBIT_TRY(const auto file, pack.content("data/entries/" + stem + ".json"));
        EXHIBIT_TRY(const auto entry, evidence::parseEntry(file.view()));
        EXHIBIT_TRY(auto who, valueAt(pack, entry, "/reporter_id"));
        EXHIBIT_TRY(auto role, valueAt(pack, entry, "/reporter_type"));
        EXHIBIT_TRY(const auto details, valueAt(pack, entry, "/details"));
        EXHIBIT_TRY(
            auto record,
            custodyOfEntry(entry, sha256(file.view()), std::move(who), std::move(role), details));
        records.push_back(std::move(record));
    }
    const auto& bundle = facts.bundle;
    records.push_back({"evidence.exhibit",
                       bundle.createdAt,
                       bundle.exportedBy,
                       "user",
                       "produced",
                       bundle.exportReason.empty() ? "no reason was given" : bundle.exportReason,
                       "Exhibit " EXHIBIT_VERSION,
                       facts.sha256,
                       std::nullopt});
    return records;
}

} // namespace exhibit::report
