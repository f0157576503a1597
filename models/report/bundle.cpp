// SPDX-License-Identifier: Apache-2.0
#include "models/report/bundle.h"

#include "models/report/classifications.h"
#include "models/report/redaction.h"
#include "models/report/step_line.h"

#include <algorithm>

namespace exhibit::report {
namespace {

using domain::StepType;

constexpr std::size_t kAnswerBytesShown = 400;
constexpr domain::Microcents kMicrocentsOfCent = 1'000'000;

/// Whether the export may hold what a step of that type recorded.
bool mayShow(StepType type, const Includes& include)
{
    return include.contains(isRawIo(type)                     ? Include::RawIo
                                : type == StepType::Policy    ? Include::PolicyLog
                                : type == StepType::RootCause ? Include::RootCause
                                                              : Include::FullTrace);
}

/// Whether the step is part of the export. That the incident was opened always is.
bool belongs(const domain::TimelineEvent& event,
             const domain::Incident& incident,
             const Includes& include)
{
    const bool otherCall = event.callId && event.callId != incident.callId;
    if (otherCall && !include.contains(Include::FullTrace)) {
        return false;
    }
    if (event.type == StepType::Policy) {
        const bool opened = event.decisionId && event.decisionId == incident.decisionId;
        return opened || include.contains(Include::PolicyLog);
    }
    return event.type != StepType::RootCause || include.contains(Include::RootCause);
}

/// The bare hash of what a step recorded, as long as all of that is shown: by a hash, what is
/// hidden could be guessed (a telephone number has few digits).
std::optional<Digest> shownHash(const RecordedStep& recorded,
                                const Includes& include,
                                const ExportRedaction& redaction)
{
    const auto& [event, hash] = recorded;
    // Facts are always shown.
    const bool shown = event.type == StepType::Context || include.contains(Include::RawIo);
    // It is over the request's bytes, with its user and all that was said before; a redacted export
    // never shows those.
    const bool bytes = redaction.on() && event.type == StepType::Input;
    const bool whole = hash && shown && !bytes && !redaction.concerns(event.data);
    return whole ? hash : std::nullopt;
}

BundleStep stepOf(const RecordedStep& recorded,
                  const Includes& include,
                  const ExportRedaction& redaction)
{
    const auto& event = recorded.event;
    const auto line = lineOf(event);
    BundleStep step;
    step.stepIndex = event.stepIndex;
    step.time = event.time;
    step.stepType = event.type;
    step.status = event.status;
    step.isInflection = event.isInflection;
    step.tokens = event.tokens;
    step.contentHash = shownHash(recorded, include, redaction);
    step.callId = event.callId;
    step.decisionId = event.decisionId;
    step.policy = event.policy;
    step.result = event.result;
    step.event = redaction.text(line.event);
    step.detail = redaction.text(line.detail);
    if (mayShow(event.type, include)) {
        step.data = redaction.json(event.data);
    }
    return step;
}

/// The step at which the incident's policy decided.
std::optional<Violation> violationOf(const RecordedFacts& facts)
{
    const auto& incident = facts.incident;
    for (const auto& [event, hash] : facts.steps) {
        if (!event.decisionId || event.decisionId != incident.decisionId || !event.policy) {
            continue;
        }
        Violation violation{event.stepIndex,
                            event.time,
                            *event.policy,
                            event.reason.value_or(""),
                            event.result.value_or(domain::DecisionResult::Error),
                            std::nullopt,
                            std::nullopt};
        if (const Json* point = findMember(event.data, "inflection"); point != nullptr) {
            violation.channel = std::string(stringMember(*point, "channel"));
            violation.byteOffset = integerMember(*point, "byte_offset");
        }
        return violation;
    }
    return std::nullopt;
}

/// The value at "contract.auto_renew", or nullptr.
const Json* valueAt(const Json& facts, std::string_view path)
{
    if (const Json* whole = findMember(facts, path)) {
        return whole;
    }
    const auto dot = path.find('.');
    const Json* inner = dot == path.npos ? nullptr : findMember(facts, path.substr(0, dot));
    return inner == nullptr ? nullptr : valueAt(*inner, path.substr(dot + 1));
}

std::vector<GivenFact> factsOf(const RecordedFacts& facts, const ExportRedaction& redaction)
{
    std::vector<GivenFact> given;
    for (const auto& [event, hash] : facts.steps) {
        const bool ours = event.type == StepType::Context && event.callId == facts.incident.callId;
        const Json* states = ours ? findMember(event.data, "states") : nullptr;
        if (states == nullptr || !states->is_object()) {
            continue;
        }
        const Json* values = findMember(event.data, "facts");
        for (const auto& [path, state] : states->get_object()) {
            GivenFact fact{
                redaction.text(path), state.is_string() ? std::string(state.get_string()) : "", {}};
            const Json* value = values == nullptr ? nullptr : valueAt(*values, path);
            if (value != nullptr && fact.state == "present") {
                fact.value = printJson(redaction.json(*value));
            }
            given.push_back(std::move(fact));
        }
    }
    return given;
}

std::string endOf(std::string_view text)
{
    if (text.size() <= kAnswerBytesShown) {
        return std::string(text);
    }
    std::size_t from = text.size() - kAnswerBytesShown;
    while (from < text.size() && (static_cast<unsigned char>(text[from]) & 0xC0U) == 0x80U) {
        ++from;
    }
    return "…" + std::string(text.substr(from));
}

std::string beginningOf(std::string_view text)
{
    return text.size() <= kAnswerBytesShown
        ? std::string(text)
        : std::string(text.substr(0, characterStart(text, kAnswerBytesShown))) + "…";
}

/// Redacted first, cut afterwards: a cut could hide what a pattern needs.
std::optional<Delivery> deliveryOf(const RecordedFacts& facts, const ExportRedaction& redaction)
{
    for (const auto& [event, hash] : facts.steps) {
        if (event.type != StepType::Output || event.callId != facts.incident.callId) {
            continue;
        }
        Delivery answer;
        answer.releasedBytes = integerMember(event.data, "released_bytes");
        answer.withheldBytes = integerMember(event.data, "withheld_bytes");
        const Json* recovered = findMember(event.data, "recovered");
        answer.recovered = recovered != nullptr && recovered->is_bool() && recovered->get_bool();
        const Json* texts = findMember(event.data, "texts");
        for (const auto& text :
             texts != nullptr && texts->is_array() ? texts->get_array() : JsonArray{}) {
            const auto released = stringMember(text, "released");
            const auto withheld = stringMember(text, "withheld");
            answer.releasedTextBytes += integerMember(text, "released_bytes");
            answer.withheldTextBytes += integerMember(text, "withheld_bytes");
            answer.redacted = answer.redacted || findMember(text, "original") != nullptr;
            if (!answer.released || (answer.withheld->empty() && !withheld.empty())) {
                answer.released = endOf(redaction.text(released));
                answer.withheld = beginningOf(redaction.text(withheld));
            }
        }
        return answer;
    }
    return std::nullopt;
}

void addSnapshot(EvidenceBundle& bundle, const domain::PolicySnapshot& snapshot)
{
    bundle.snapshot = SnapshotRef{snapshot.snapshotId,
                                  snapshot.contentHash,
                                  static_cast<std::int64_t>(snapshot.policies.size())};
    for (const auto& policy : snapshot.policies) {
        if (policy.policyId == bundle.incident.policyId) {
            bundle.violatedPolicy = PolicyRef{policy.policyId,
                                              policy.version,
                                              policy.title,
                                              policy.category,
                                              policy.severity,
                                              policy.mode,
                                              policy.expectedBehaviour,
                                              {}};
            for (const auto& reference : policy.references) {
                bundle.violatedPolicy->references.push_back(classificationId(reference));
            }
        }
    }
}

void apply(const ExportRedaction& redaction, std::optional<std::string>& text)
{
    if (text) {
        redaction.apply(*text);
    }
}

/// What people wrote about the incident may name the person it is about.
void redactEntered(EvidenceBundle& bundle, const ExportRedaction& redaction)
{
    if (bundle.impact) {
        auto& impact = bundle.impact->value;
        redaction.apply(impact.businessImpact);
        redaction.apply(impact.affectedParties);
        apply(redaction, impact.approver);
        if (impact.personalInformation) {
            redaction.apply(impact.personalInformation->what);
            redaction.apply(impact.personalInformation->whose);
        }
    }
    for (auto& item : bundle.remediations) {
        redaction.apply(item.action);
        apply(redaction, item.owner);
        apply(redaction, item.approver);
    }
    apply(redaction, bundle.incident.assignee);
    for (auto& tag : bundle.incident.tags) {
        redaction.apply(tag);
    }
}

/// Who used the application is personal data, and so is what was said of them.
void redactPeople(EvidenceBundle& bundle, const ExportRedaction& redaction)
{
    if (!redaction.on()) {
        return;
    }
    bundle.incident.userId.reset();
    bundle.incident.sessionId.reset();
    bundle.run.userId.reset();
    bundle.run.sessionId.reset();
    bundle.run.metadata.reset();
    redaction.apply(bundle.incident.title);
    redaction.apply(bundle.incident.excerpt);
    apply(redaction, bundle.run.clientRunId);
    if (bundle.incident.rootCause) {
        redaction.apply(bundle.incident.rootCause->analysis);
        redaction.apply(bundle.incident.rootCause->shouldHave);
        redaction.apply(bundle.incident.rootCause->actuallyDid);
    }
    if (bundle.violation) {
        redaction.apply(bundle.violation->reason);
    }
    redactEntered(bundle, redaction);
}

/// Of the keys that the bundle names.
void addKeyLabels(EvidenceBundle& bundle, const std::map<std::string, std::string>& labels)
{
    std::set<std::string> named{bundle.exportedBy};
    if (bundle.impact) {
        named.insert(bundle.impact->enteredBy);
    }
    if (bundle.run.abort) {
        named.insert(bundle.run.abort->actor);
    }
    for (const auto& item : bundle.remediations) {
        named.insert(item.enteredBy);
    }
    for (const auto& key : named) {
        const auto label = labels.find(key);
        if (label != labels.end() && !label->second.empty()) {
            bundle.keyLabels.push_back({key, label->second});
        }
    }
}

RunExtent extentOf(const RecordedFacts& facts)
{
    if (facts.wholeRun || facts.steps.empty()) {
        return facts.wholeRun.value_or(RunExtent{});
    }
    return {static_cast<std::int64_t>(facts.steps.size()),
            facts.steps.front().event.time,
            facts.steps.back().event.time};
}

} // namespace

bool isRawIo(domain::StepType type)
{
    return type == StepType::Input || type == StepType::Context || type == StepType::ToolCall
        || type == StepType::Output;
}

Includes everyInclude()
{
    Includes all;
    for (const auto& [include, name] : EnumNames<Include>::kNames) {
        all.insert(include);
    }
    return all;
}

Result<EvidenceBundle> makeEvidenceBundle(const RecordedFacts& facts, const BundleRequest& request)
{
    EXHIBIT_TRY(const auto redaction, ExportRedaction::make(request.redact, request.kept));
    EvidenceBundle bundle;
    bundle.bundleId = request.bundleId;
    bundle.createdAt = request.createdAt;
    bundle.exportedBy = request.exportedBy;
    bundle.exportReason = request.reason;
    bundle.redacted = request.redact;
    for (const auto include : everyInclude()) {
        auto& list = request.include.contains(include) ? bundle.include : bundle.leftOut;
        list.emplace_back(wireName(include));
    }
    bundle.tenant = {facts.tenant, facts.tenantName};
    bundle.run = facts.run;
    bundle.incident = facts.incident;
    bundle.traceId = TraceId{facts.run.runId.value}.text();
    if (!request.include.contains(Include::RootCause)) {
        bundle.incident.rootCause.reset();
    }
    if (facts.snapshot) {
        addSnapshot(bundle, *facts.snapshot);
    }
    bundle.violation = violationOf(facts);
    bundle.facts = factsOf(facts, redaction);
    bundle.answer = deliveryOf(facts, redaction);
    bundle.impact = facts.impact;
    bundle.remediations = facts.remediations;
    bundle.fixVerifications = facts.fixVerifications;
    for (const auto& step : facts.steps) {
        if (belongs(step.event, facts.incident, request.include)) {
            bundle.steps.push_back(stepOf(step, request.include, redaction));
        }
    }
    const RunExtent run = extentOf(facts);
    bundle.stepsRecorded = run.steps;
    bundle.durationUs = toMicroseconds(run.last) - toMicroseconds(run.first);
    bundle.truncated = facts.wholeRun.has_value();
    bundle.tokens = facts.run.tokensUsed;
    bundle.costMicrocents = facts.run.costMicrocents;
    bundle.totalCostCents = (bundle.costMicrocents + kMicrocentsOfCent / 2) / kMicrocentsOfCent;
    bundle.currency = facts.incident.currency;
    addKeyLabels(bundle, facts.keyLabels);
    redactPeople(bundle, redaction);
    return bundle;
}

} // namespace exhibit::report
