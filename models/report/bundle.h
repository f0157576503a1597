// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json_fields.h"
#include "models/domain/incident.h"
#include "models/domain/policy.h"
#include "models/domain/remediation.h"
#include "models/domain/run.h"
#include "models/domain/snapshot.h"
#include "models/report/entered_facts.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

/// The evidence bundle (resources/schemas/evidence_bundle.v1.json): what is known of one incident,
/// as a machine reads it. Everything in it was recorded; what was not is absent.
namespace exhibit::report {

inline constexpr std::string_view kEvidenceSchema = "exhibit/evidence-bundle/v1";

/// What an export may hold beside the facts that it always holds (domain.md).
enum class Include : std::uint8_t {
    FullTrace, ///< The run's other calls: their steps, and their entries in a pack.
    PolicyLog, ///< Decisions beside the one that opened the incident.
    ReplayCert, ///< Replay certificates.
    RootCause, ///< What was found to have caused it.
    RawIo, ///< What was asked and answered, as it was recorded.
};
using Includes = std::set<Include>;
[[nodiscard]] Includes everyInclude();

/// One step of the run as it was recorded.
struct RecordedStep {
    domain::TimelineEvent event;
    std::optional<Digest> contentHash;
};

/// Of a run with more steps than are read.
struct RunExtent {
    std::int64_t steps = 0;
    UtcTime first{}; ///< Of its first step.
    UtcTime last{};
};

/// What the database holds of an incident; nothing of it comes from today's settings.
struct RecordedFacts {
    TenantId tenant;
    std::string tenantName;
    domain::Incident incident;
    domain::Run run;
    std::optional<domain::PolicySnapshot> snapshot; ///< Absent when the run has none.
    std::vector<RecordedStep> steps;
    std::optional<RunExtent> wholeRun; ///< Absent: `steps` are all there are.
    std::map<std::string, std::string> keyLabels; ///< What the tenant calls its keys, by id.
    std::optional<Entered<Impact>> impact; ///< Absent: nobody assessed it.
    std::vector<domain::Remediation> remediations;
    std::vector<domain::FixVerification> fixVerifications; ///< Newest first.
};

struct TenantRef {
    TenantId tenantId;
    std::string name;
};
struct SnapshotRef {
    std::string snapshotId;
    Digest contentHash{};
    std::int64_t policyCount = 0;
};
struct PolicyRef {
    std::string policyId;
    std::int64_t version = 0;
    std::string title;
    std::string category;
    domain::Severity severity = domain::Severity::Medium;
    domain::Mode mode = domain::Mode::Monitor;
    std::string expectedBehaviour;
    std::vector<std::string> references;
};
struct Violation {
    std::int64_t stepIndex = 0;
    UtcTime at{};
    std::string policyId;
    std::string reason;
    domain::DecisionResult result = domain::DecisionResult::Pass;
    std::optional<std::string> channel; ///< Where it began, when that was recorded.
    std::optional<std::int64_t> byteOffset;
};
struct BundleStep {
    std::int64_t stepIndex = 0;
    UtcTime time{};
    domain::StepType stepType = domain::StepType::Input;
    domain::StepStatus status = domain::StepStatus::Ok;
    bool isInflection = false;
    std::int64_t tokens = 0;
    std::optional<Digest> contentHash; ///< Absent: none was recorded, or not all of it is shown.
    std::optional<CallId> callId;
    std::optional<DecisionId> decisionId;
    std::optional<std::string> policy;
    std::optional<domain::DecisionResult> result;
    std::string event; ///< What happened, in a few words.
    std::string detail; ///< One sentence or none, by rule from what was recorded.
    std::optional<Json> data; ///< As recorded; with the include that covers it.
};
/// One fact that the application told the model.
struct GivenFact {
    std::string path;
    std::string state; ///< "present", "null", "absent".
    std::optional<std::string> value; ///< As JSON; absent unless present.
};
/// What left and what was kept back of the incident's call.
struct Delivery {
    std::int64_t releasedBytes = 0; ///< Of the provider's stream, its framing included.
    std::int64_t withheldBytes = 0;
    std::int64_t releasedTextBytes = 0; ///< Of the texts in it, as the provider sent them.
    std::int64_t withheldTextBytes = 0;
    bool redacted = false; ///< Placeholders went out in the place of some of what was released.
    bool recovered = false; ///< After a crash: `releasedBytes` is an upper bound.
    std::optional<std::string> released; ///< Its end, redacted.
    std::optional<std::string> withheld; ///< Its beginning, redacted.
};

struct EvidenceBundle {
    std::string schema = std::string(kEvidenceSchema);
    std::string bundleId;
    std::string type = "evidence";
    UtcTime createdAt{};
    std::string exportedBy;
    std::string exportReason; ///< Empty: none was given.
    bool redacted = true;
    std::vector<std::string> include;
    std::vector<std::string> leftOut; ///< Includes that were not asked for.
    std::vector<KeyLabel> keyLabels; ///< Of the keys that it names, where they have one.
    TenantRef tenant;
    domain::Run run;
    domain::Incident incident;
    std::string traceId;
    std::optional<SnapshotRef> snapshot;
    std::optional<PolicyRef> violatedPolicy;
    std::optional<Violation> violation;
    std::vector<GivenFact> facts;
    std::optional<Delivery> answer;
    std::optional<Entered<Impact>> impact;
    std::vector<domain::Remediation> remediations;
    std::vector<domain::FixVerification> fixVerifications; ///< Newest first.
    std::vector<BundleStep> steps;
    std::int64_t stepsRecorded = 0; ///< Of the run; `steps` has fewer where some are left out.
    bool truncated = false; ///< The run has more steps than were read.
    std::int64_t durationUs = 0; ///< From the run's first step to its last.
    std::int64_t tokens = 0;
    domain::Microcents costMicrocents = 0;
    std::int64_t totalCostCents = 0; ///< The same, rounded half up.
    std::optional<std::string> currency; ///< ISO 4217; absent: not known to be one.
};

struct BundleRequest {
    std::string bundleId;
    UtcTime createdAt{};
    std::string exportedBy;
    std::string reason;
    Includes include;
    bool redact = true; ///< Personal data, secrets, user and session.
    std::vector<std::string> kept{}; ///< Marks, in which nothing is redacted.
};

/// Whether what a step of that type recorded was asked or answered: Include::RawIo covers it.
[[nodiscard]] bool isRawIo(domain::StepType type);
/// Pure: the same facts give the same bundle.
[[nodiscard]] Result<EvidenceBundle> makeEvidenceBundle(const RecordedFacts& facts,
                                                        const BundleRequest& request);

} // namespace exhibit::report

template <>
struct exhibit::EnumNames<exhibit::report::Include> {
    using E = exhibit::report::Include;
    static constexpr std::string_view kType = "include";
    static constexpr std::pair<E, std::string_view> kNames[] = {{E::FullTrace, "full_trace"},
                                                                {E::PolicyLog, "policy_log"},
                                                                {E::ReplayCert, "replay_cert"},
                                                                {E::RootCause, "root_cause"},
                                                                {E::RawIo, "raw_io"}};
};
