// SPDX-License-Identifier: Apache-2.0
#include "models/report/art73.h"

#include "models/report/incident_report.h"
#include "models/report/step_line.h"
#include "models/report/words.h"

#include <fmt/format.h>

#include <algorithm>

namespace exhibit::report {
namespace {

constexpr std::size_t kFieldBytesMax = 4000;

std::string textOf(const Text& text)
{
    std::string all;
    for (const auto& span : text) {
        all += span.text;
    }
    return all;
}

std::optional<std::string> remediationsOf(const EvidenceBundle& bundle)
{
    std::string all;
    for (const auto& item : bundle.remediations) {
        all += fmt::format("{}{} ({})", all.empty() ? "" : "; ", item.action, wireName(item.state));
    }
    return all.empty() ? std::nullopt : std::optional(all);
}

std::optional<std::string> holdsOf(const PackFacts& facts)
{
    if (!facts.holds) {
        return std::nullopt;
    }
    if (facts.holds->empty()) {
        return "No hold was in force when this was made.";
    }
    std::string all;
    for (const auto& hold : *facts.holds) {
        all += (all.empty() ? "" : ", ") + hold;
    }
    return fmt::format("{} in force when this was made: {}",
                       counted(static_cast<std::int64_t>(facts.holds->size()), "hold"),
                       all);
}

/// What people wrote into the record, and no machine.
bool isEntered(std::string_view name)
{
    return name == "affected" || name == "remediation" || name == "risk";
}

/// Where the run went on after its violation nobody recorded when the incident ended.
bool endedByViolation(const EvidenceBundle& bundle)
{
    const auto& run = bundle.run;
    return bundle.violation && bundle.violation->result == domain::DecisionResult::Block
        && run.status == domain::RunStatus::FailedPolicy
        && run.stoppedAtStep.value_or(bundle.violation->stepIndex) == bundle.violation->stepIndex;
}

/// What the record says under a name of the mapping; nullopt: nothing.
std::optional<std::string> recorded(std::string_view name, const PackFacts& facts)
{
    const auto& bundle = facts.bundle;
    if (name == "model") {
        return bundle.incident.model;
    }
    // Of the run: which steps are in the bundle depends on what was asked for.
    if (name == "start" && bundle.run.startedAt > UtcTime{}) {
        return formatTime(bundle.run.startedAt);
    }
    if (name == "end" && endedByViolation(bundle)) {
        return formatTime(bundle.violation->at);
    }
    if (name == "description") {
        const ReportParts parts(facts);
        return textOf(parts.summary()) + " " + textOf(parts.delivered(ReportParts::Detail::Plain));
    }
    if (name == "affected" && bundle.impact && !bundle.impact->value.affectedParties.empty()) {
        return bundle.impact->value.affectedParties;
    }
    if (name == "cause" && bundle.incident.rootCause) {
        return bundle.incident.rootCause->analysis;
    }
    if (name == "remediation") {
        return remediationsOf(bundle);
    }
    if (name == "holds") {
        return holdsOf(facts);
    }
    if (name == "risk" && bundle.impact) {
        return fmt::format("{}: {}",
                           sentenceCase(wireName(bundle.impact->value.riskLevel)),
                           bundle.impact->value.businessImpact);
    }
    return std::nullopt;
}

/// What a field may say is in the mapping where the law names it.
Result<void> checkChoice(std::string_view value, const Json& described, const std::string& pointer)
{
    const Json* const choices = findMember(described, "choices");
    if (choices == nullptr) {
        return {};
    }
    std::string names;
    for (const auto& choice : choices->as_array()) {
        if (value == std::string_view(choice.as_string())) {
            return {};
        }
        names += (names.empty() ? "" : ", ") + std::string(choice.as_string());
    }
    return fail(ErrorCode::InvalidInput, "expected one of " + names, pointer);
}

Result<std::optional<std::string>> enteredText(const Json& fields,
                                               const Json& described,
                                               const std::string& pointer)
{
    const std::string id(stringMember(described, "id"));
    const Json* const value = findMember(fields, id);
    if (value == nullptr) {
        return std::nullopt;
    }
    if (!value->is_string() || value->get_string().size() > kFieldBytesMax) {
        return fail(ErrorCode::InvalidInput, "a text of at most 4000 bytes", pointer + "/" + id);
    }
    EXHIBIT_CHECK(checkChoice(value->get_string(), described, pointer + "/" + id));
    return std::optional(std::string(value->get_string()));
}

Result<void> addFields(Art73Bundle& bundle,
                       const PackFacts& facts,
                       const Json& mapping,
                       const Json& entered,
                       const std::string& pointer)
{
    for (const auto& described : mapping.at("fields").as_array()) {
        Art73Field field{std::string(stringMember(described, "id")),
                         std::string(stringMember(described, "label")),
                         std::string(stringMember(described, "article")),
                         std::nullopt,
                         "open",
                         std::string(stringMember(described, "record"))};
        EXHIBIT_TRY(field.value, enteredText(entered, described, pointer));
        if (field.value) {
            field.origin = "entered";
        } else if (auto known = recorded(field.record, facts)) {
            field.value = std::move(known);
            field.origin = isEntered(field.record) ? "entered" : "recorded";
        }
        bundle.fields.push_back(std::move(field));
    }
    for (const auto& [name, value] : entered.as_object()) {
        if (std::none_of(bundle.fields.begin(), bundle.fields.end(), [&](const auto& field) {
                return field.id == std::string_view(name);
            })) {
            return fail(ErrorCode::InvalidInput,
                        "the report has no such field",
                        pointer + "/" + std::string(name));
        }
    }
    return {};
}

/// Whether a limb of Article 3(49) may be reported within the deadline; nobody said which: yes.
bool admits(const Json& deadline, const std::optional<std::string>& limb)
{
    const Json* const limbs = findMember(deadline, "limbs");
    return limbs == nullptr || !limb
        || std::any_of(limbs->as_array().begin(), limbs->as_array().end(), [&](const auto& one) {
               return std::string_view(one.as_string()) == *limb;
           });
}

/// After the fields, one of which is the limb.
Result<void> addDeadlines(Art73Bundle& bundle, const Json& mapping, const std::string& pointer)
{
    const auto at = std::find_if(bundle.fields.begin(), bundle.fields.end(), [](const auto& field) {
        return field.id == "limb";
    });
    const auto limb = at == bundle.fields.end() ? std::nullopt : at->value;
    bool known = !bundle.circumstance;
    std::string names;
    for (const auto& described : mapping.at("deadlines").as_array()) {
        Art73Deadline deadline{std::string(stringMember(described, "id")),
                               described.at("days").as_int64(),
                               std::string(stringMember(described, "article")),
                               std::string(stringMember(described, "words")),
                               std::nullopt,
                               false};
        deadline.applies = bundle.circumstance == deadline.id;
        if (deadline.applies && !admits(described, limb)) {
            return fail(ErrorCode::InvalidInput,
                        fmt::format("the deadline of {} days is not that of limb {}",
                                    deadline.days,
                                    limb.value_or("")),
                        pointer + "/circumstance");
        }
        known = known || deadline.applies;
        names += (names.empty() ? "" : ", ") + deadline.id;
        if (bundle.awarenessAt) {
            deadline.due = dueDay(*bundle.awarenessAt, deadline.days);
            if (deadline.applies
                || (!bundle.circumstance && bundle.due.value_or("~") > deadline.due)) {
                bundle.due = deadline.due; // The shortest one while nobody said which applies.
            }
        }
        bundle.deadlines.push_back(std::move(deadline));
    }
    if (!known) {
        return fail(ErrorCode::InvalidInput,
                    "no deadline is of that name; there are " + names,
                    pointer + "/circumstance");
    }
    return {};
}

/// What the draft says of the incident, the export and the log.
void takeFromPack(Art73Bundle& bundle, const PackFacts& facts)
{
    const auto& from = facts.bundle;
    bundle.bundleId = from.bundleId;
    bundle.createdAt = from.createdAt;
    bundle.exportedBy = from.exportedBy;
    bundle.exportReason = from.exportReason;
    bundle.leftOut = from.leftOut;
    bundle.tenantId = from.tenant.tenantId;
    bundle.tenantName = from.tenant.name;
    bundle.incidentId = from.incident.incidentId.text();
    bundle.logOrigin = facts.origin;
    bundle.firstEntry = static_cast<std::int64_t>(facts.firstEntry);
    bundle.lastEntry = static_cast<std::int64_t>(facts.lastEntry);
    bundle.treeSize = static_cast<std::int64_t>(facts.treeSize);
    bundle.root = facts.root;
    bundle.packSha256 = facts.sha256;
}

} // namespace

std::optional<std::string> dueDay(UtcTime awareness, std::int64_t days)
{
    if (days < 0 || days > kDeadlineDaysMax) {
        return std::nullopt;
    }
    // In days: the last of them may lie behind the last time that nanoseconds can count to.
    const std::chrono::year_month_day day(std::chrono::floor<std::chrono::days>(awareness)
                                          + std::chrono::days(days));
    return fmt::format("{:04}-{:02}-{:02}",
                       static_cast<int>(day.year()),
                       static_cast<unsigned>(day.month()),
                       static_cast<unsigned>(day.day()));
}

Result<Art73Bundle> makeArt73(const PackFacts& facts,
                              const Json& mapping,
                              const Art73Entered& entered,
                              const std::string& pointer)
{
    if (!entered.fields.is_object()) {
        return fail(ErrorCode::InvalidInput, "texts by the id of their field", pointer + "/fields");
    }
    Art73Bundle bundle;
    takeFromPack(bundle, facts);
    bundle.mappingSource = stringMember(mapping, "source");
    bundle.mappingRead = stringMember(mapping, "read");
    bundle.dayCount = stringMember(mapping, "days");
    bundle.stage = entered.stage;
    bundle.awarenessAt = entered.awarenessAt;
    bundle.circumstance = entered.circumstance;
    EXHIBIT_CHECK(addFields(bundle, facts, mapping, entered.fields, pointer + "/fields"));
    EXHIBIT_CHECK(addDeadlines(bundle, mapping, pointer));
    return bundle;
}

std::optional<std::string> faultOfArt73(const Art73Bundle& bundle, const PackFacts& facts)
{
    Art73Bundle again = bundle;
    takeFromPack(again, facts);
    if (toJson(again) != toJson(bundle)) {
        return "the draft names another incident, log or pack than the one attached";
    }
    for (const auto& field : bundle.fields) {
        const auto known = recorded(field.record, facts);
        const bool sound = field.origin == "recorded" ? known && known == field.value
            : field.origin == "open"                  ? !field.value && !known
                                                      : field.value.has_value();
        if (!sound) {
            return "the field " + field.id + " is not what the attached pack holds";
        }
    }
    for (const auto& deadline : bundle.deadlines) {
        const auto due
            = bundle.awarenessAt ? dueDay(*bundle.awarenessAt, deadline.days) : std::nullopt;
        if (bundle.awarenessAt && (!due || deadline.due != due)) {
            return "the last day of the deadline " + deadline.id + " is not the one computed";
        }
    }
    return std::nullopt;
}

} // namespace exhibit::report
