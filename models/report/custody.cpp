// SPDX-License-Identifier: Apache-2.0
#include "models/report/custody.h"

#include "models/evidence/entry.h"
#include "models/evidence/field.h"
#include "models/report/safe_text.h"

#include <fmt/format.h>

namespace exhibit::report {
namespace {

struct Action {
    std::string_view prefix; ///< Of an entry's type.
    const char* action;
    const char* purpose;
    const char* from;
    const char* to;
    const char* changes;
};
constexpr const char* kTheLog = "the log";
constexpr const char* kAdded = "none: the log is only added to";
/// ISO/IEC 27037 names identification, collection, acquisition and preservation.
constexpr Action kActions[]
    = {{"llm.call",
        "acquired",
        "recorded while the call passed through the server",
        "the connections of the client and the provider",
        kTheLog,
        "none to what passed; keys of providers are not recorded, they are secrets"},
       {"decision.",
        "acquired",
        "recorded when the policy decided",
        "the server's policies",
        kTheLog,
        kAdded},
       {"incident.opened",
        "identified",
        "recorded when the incident was opened",
        kTheLog,
        kTheLog,
        kAdded},
       {"incident.",
        "annotated",
        "the incident was worked on; recorded evidence is unchanged",
        kTheLog,
        kTheLog,
        kAdded},
       {"impact.",
        "annotated",
        "its impact was assessed; recorded evidence is unchanged",
        kTheLog,
        kTheLog,
        kAdded},
       {"remediation.",
        "annotated",
        "its remediation was recorded; recorded evidence is unchanged",
        kTheLog,
        kTheLog,
        kAdded},
       {"export.created",
        "copied",
        "a copy left the server",
        kTheLog,
        "",
        "what the copy leaves out or redacts it names itself; the log is unchanged"},
       {"certificate.", "examined", "replayed and compared", kTheLog, kTheLog, kAdded},
       {"hold.", "preserved", "a legal hold was placed or released", kTheLog, kTheLog, kAdded},
       {"field.erased",
        "erased",
        "fields were erased; their digests remain",
        kTheLog,
        "nobody",
        "the erased fields are gone, as was ordered; entries and digests are unchanged"},
       {"bates.", "numbered", "Bates numbers were given out", kTheLog, kTheLog, kAdded}};

Action actionOf(std::string_view type)
{
    for (const auto& action : kActions) {
        if (type.starts_with(action.prefix)) {
            return action;
        }
    }
    return {type, "recorded", "an entry of the log", kNotRecorded, kTheLog, kAdded};
}

constexpr std::size_t kSaidBytesMax = 300;

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
    for (const char* name : {"authority", "recipient", "case", "reason"}) {
        if (const auto value = stringMember(*said, name); !value.empty()) {
            words += fmt::format(", {}: {}", name, value);
        }
    }
    return words.empty() ? "" : " (" + bounded(oneLine(words), kSaidBytesMax) + ")";
}

/// A text of what was done; empty: it is not recorded.
std::string saidOf(const DisclosedValues& values, std::string_view name)
{
    const auto details = parseJson(values.details);
    return std::string(details && details->is_object() ? stringMember(*details, name)
                                                       : std::string_view());
}

std::string detailOf(const DisclosedValues& values, std::string_view name)
{
    auto text = saidOf(values, name);
    return text.empty() ? kNotRecorded : std::move(text);
}

/// Of a copy: whoever asked for it may have said for whom.
std::string toOf(const std::string& recipient)
{
    return recipient.empty()
        ? "who asked for it; to whom it went from there is not recorded"
        : "who asked for it, for " + bounded(oneLine(recipient), kSaidBytesMax);
}

std::string placeOf(std::string_view log)
{
    return fmt::format("the server of the log {}; its place is {}", log, kNotRecorded);
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
                                     const DisclosedValues& values)
{
    EXHIBIT_TRY(const auto at, parseTime(entry.time));
    const auto action = actionOf(entry.type);
    CustodyRecord record;
    record.evidenceId = fmt::format("{}#{}", entry.log, entry.sequence);
    record.at = at;
    record.who = values.who.empty() ? "withheld" : values.who;
    record.role = values.role.empty() ? "withheld" : values.role;
    record.where = placeOf(entry.log);
    record.action = action.action;
    record.purpose = fmt::format("{}: {}{}",
                                 entry.type,
                                 action.purpose,
                                 entry.type == "export.created" ? ofExport(values.details) : "");
    record.authority = detailOf(values, "authority");
    record.tool = fmt::format("Exhibit, version {}", kNotRecorded);
    record.from = action.from;
    record.to = entry.type == "export.created" ? toOf(saidOf(values, "recipient")) : action.to;
    record.hashBefore = entry.previous;
    record.hash = hash;
    record.changes = action.changes;
    record.entrySeq = static_cast<std::int64_t>(entry.sequence);
    return record;
}

namespace {

/// The export that made the pack.
CustodyRecord productionOf(const PackFacts& facts)
{
    const auto& bundle = facts.bundle;
    CustodyRecord record;
    record.evidenceId = "evidence.exhibit";
    record.at = bundle.createdAt;
    record.who = bundle.exportedBy;
    record.role = "user";
    record.where = placeOf(facts.origin);
    record.action = "produced";
    record.purpose = bundle.exportReason.empty() ? "no reason was given" : bundle.exportReason;
    record.authority = facts.authority.empty() ? kNotRecorded : facts.authority;
    record.tool = "Exhibit " EXHIBIT_VERSION;
    record.from = kTheLog;
    record.to = toOf(facts.recipient);
    record.hash = facts.sha256;
    record.changes = bundle.redacted
        ? "personal data and secrets are redacted, as exports are by default; the log is unchanged"
        : "none: it was asked for without redaction";
    return record;
}

} // namespace

Result<std::vector<CustodyRecord>> custodyOf(const evidence::Pack& pack, const PackFacts& facts)
{
    std::vector<CustodyRecord> records;
    for (const auto& name : pack.under("data/proofs/")) {
        const std::string stem = name.substr(name.rfind('/') + 1, 10);
        EXHIBIT_TRY(const auto file, pack.content("data/entries/" + stem + ".json"));
        EXHIBIT_TRY(const auto entry, evidence::parseEntry(file.view()));
        DisclosedValues values;
        EXHIBIT_TRY(values.who, valueAt(pack, entry, "/reporter_id"));
        EXHIBIT_TRY(values.role, valueAt(pack, entry, "/reporter_type"));
        EXHIBIT_TRY(values.details, valueAt(pack, entry, "/details"));
        EXHIBIT_TRY(auto record, custodyOfEntry(entry, sha256(file.view()), values));
        records.push_back(std::move(record));
    }
    records.push_back(productionOf(facts));
    return records;
}

} // namespace exhibit::report
