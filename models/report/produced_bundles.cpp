// SPDX-License-Identifier: Apache-2.0
#include "models/report/produced_bundles.h"

#include "models/report/bundle_json.h"
#include "models/report/passages.h"

#include <fmt/format.h>

namespace exhibit::report {
namespace {

std::string pointerTo(std::size_t passage)
{
    return fmt::format("/production/passages/{}/text", passage);
}

/// Of what could not be read back, the passage that stands where it could not.
std::size_t passageAt(const Json& marked, const std::string& pointer, const Passages& passages)
{
    boost::system::error_code error;
    const Json* at = marked.find_pointer(pointer, error);
    const auto marks
        = at == nullptr ? std::map<std::size_t, std::int64_t>{} : passages.marksIn(*at);
    return marks.empty() ? 0 : marks.begin()->first;
}

/// The same without the passages.
template <class T>
Result<void> take(T& value, const Passages& passages)
{
    const Json marked = passages.json(toJson(value));
    auto without = fromJson<T>(marked, UnknownMembers::Reject);
    if (!without) {
        const auto& error = without.error();
        const auto passage = passageAt(marked, error.subject, passages);
        return fail(ErrorCode::InvalidInput,
                    fmt::format("passage {} stands in a name that the record is kept by ({}): {}",
                                passage + 1,
                                error.subject,
                                error.message),
                    pointerTo(passage));
    }
    value = *std::move(without);
    return {};
}

bool isWithheld(const ProductionRequest& production, std::int64_t step)
{
    return std::any_of(production.withheld.begin(),
                       production.withheld.end(),
                       [step](const auto& one) { return one.stepIndex == step; });
}

Result<void> takeOutOfSteps(RecordedFacts& facts,
                            const Passages& passages,
                            const ProductionRequest& production)
{
    for (auto& [event, hash] : facts.steps) {
        const Json before = toJson(event);
        EXHIBIT_CHECK(take(event, passages));
        const auto passage = passages.untold(event.data);
        if (passage && !isWithheld(production, event.stepIndex)) {
            return fail(ErrorCode::InvalidInput,
                        fmt::format("passage {} stands in step {}, where a policy replaced a part "
                                    "of it or of what is around it: how much of it was left cannot "
                                    "be said; withhold the step (production.withheld)",
                                    *passage + 1,
                                    event.stepIndex),
                        pointerTo(*passage));
        }
        // A request's hash is over what was said before, too.
        if (event.type == domain::StepType::Input || toJson(event) != before) {
            hash.reset();
        }
    }
    return {};
}

Result<void> takeOut(RecordedFacts& facts,
                     const Passages& passages,
                     const ProductionRequest& production)
{
    facts.tenantName = passages.name(facts.tenantName);
    EXHIBIT_CHECK(take(facts.incident, passages));
    EXHIBIT_CHECK(take(facts.run, passages));
    if (facts.snapshot) {
        for (auto& policy : facts.snapshot->policies) {
            policy.policyId = passages.name(policy.policyId); // As the incident names it.
            policy.title = passages.name(policy.title);
            policy.category = passages.name(policy.category);
            policy.expectedBehaviour = passages.name(policy.expectedBehaviour);
        }
    }
    for (auto& [key, label] : facts.keyLabels) {
        label = passages.name(label);
    }
    if (facts.impact) {
        EXHIBIT_CHECK(take(*facts.impact, passages));
    }
    for (auto& item : facts.remediations) {
        EXHIBIT_CHECK(take(item, passages));
    }
    for (auto& verification : facts.fixVerifications) {
        EXHIBIT_CHECK(take(verification, passages));
    }
    return takeOutOfSteps(facts, passages, production);
}

/// Windows into texts: they were cut, or masked, before anybody knew of a passage, which may stand
/// in one without its beginning and its end.
void leaveOutParts(EvidenceBundle& bundle)
{
    const auto leaveOut = [](std::string& text) {
        if (!text.empty()) {
            text = kPassagePartsLeftOut;
        }
    };
    leaveOut(bundle.incident.excerpt);
    if (bundle.answer && bundle.answer->released) {
        leaveOut(*bundle.answer->released);
    }
    if (bundle.answer && bundle.answer->withheld) {
        leaveOut(*bundle.answer->withheld);
    }
}

/// Forms in which policies that were in force left the passages: each alone, those that redact, and
/// all of them, since it is not recorded which looked at a text.
Result<void> addLive(Passages& passages, const RecordedFacts& facts)
{
    EXHIBIT_TRY(const auto shipped, redaction::shippedPack());
    passages.addLiveRedaction(shipped.pack);
    if (!facts.snapshot) {
        return {};
    }
    std::vector<domain::Policy> patterns;
    std::vector<domain::Policy> redacting;
    for (const auto& policy : facts.snapshot->policies) {
        if (std::holds_alternative<domain::PatternsRule>(policy.rule)) {
            EXHIBIT_TRY(const auto pack, redaction::namedPack({policy}));
            passages.addLiveRedaction(pack.pack);
            patterns.push_back(policy);
            if (policy.mode == domain::Mode::Redact) {
                redacting.push_back(policy);
            }
        }
    }
    for (const auto& several : {redacting, patterns}) {
        if (several.size() > 1) {
            EXHIBIT_TRY(const auto pack, redaction::namedPack(several));
            passages.addLiveRedaction(pack.pack);
        }
    }
    return {};
}

/// A redaction that missed is worse than none: a lawyer has to know.
Result<void> checkStanding(const Passages& passages, const EvidenceBundle& recorded)
{
    const Json json = toJson(recorded);
    const auto before = passages.marksIn(json);
    auto standing = passages.marksIn(passages.json(json));
    for (std::size_t i = 0; i < passages.size(); ++i) {
        const auto written = before.find(i);
        if (standing[i] <= (written == before.end() ? 0 : written->second)) {
            return fail(ErrorCode::NotFound,
                        "the passage stands nowhere in what is produced, as it is written here",
                        pointerTo(i));
        }
    }
    return {};
}

/// Users and sessions go as a whole: what stood in them is not to be looked for.
EvidenceBundle withPeopleOf(EvidenceBundle bundle, const EvidenceBundle& shown)
{
    bundle.incident.userId = shown.incident.userId;
    bundle.incident.sessionId = shown.incident.sessionId;
    bundle.run.userId = shown.run.userId;
    bundle.run.sessionId = shown.run.sessionId;
    bundle.run.metadata = shown.run.metadata;
    return bundle;
}

/// As many marks as were set stand there, and none of the words.
Result<void> checkShown(const ProducedBundles& bundles,
                        const Passages& passages,
                        const ProductionRequest& production)
{
    const Json shown = toJson(bundles.shown);
    EvidenceBundle marked = withPeopleOf(bundles.original, bundles.shown);
    withholdSteps(marked, production.withheld);
    auto set = passages.marksIn(toJson(marked));
    auto left = passages.marksIn(shown);
    const auto standing = passages.standingIn(shown);
    for (std::size_t i = 0; i < passages.size(); ++i) {
        if (set[i] != left[i]) {
            return fail(ErrorCode::InvalidInput,
                        fmt::format("passage {} was redacted {} times and {} marks of it are left",
                                    i + 1,
                                    set[i],
                                    left[i]),
                        pointerTo(i));
        }
        if (standing.contains(i)) {
            return fail(ErrorCode::InvalidInput,
                        fmt::format("passage {} would stand in what is produced all the same: it "
                                    "is part of a name the record is kept by, or of a ground",
                                    i + 1),
                        pointerTo(i));
        }
    }
    return {};
}

} // namespace

Result<ProducedBundles> makeProducedBundles(const RecordedFacts& facts,
                                            const BundleRequest& request,
                                            const ProductionRequest& production)
{
    EXHIBIT_TRY(const auto redaction, ExportRedaction::make(request.redact));
    EXHIBIT_TRY(const auto none, ExportRedaction::make(false));
    BundleRequest asked = request;
    asked.kept = marksOf(production.passages);
    BundleRequest plain = asked;
    plain.redact = false;
    ProducedBundles bundles;
    EXHIBIT_TRY(bundles.original, makeEvidenceBundle(facts, plain));
    if (production.passages.empty()) {
        EXHIBIT_TRY(bundles.shown, makeEvidenceBundle(facts, asked));
        withholdSteps(bundles.shown, production.withheld);
        return bundles;
    }
    EXHIBIT_CHECK(checkStanding(Passages(production.passages, none), bundles.original));
    Passages passages(production.passages, redaction);
    EXHIBIT_CHECK(addLive(passages, facts));
    RecordedFacts marked = facts;
    EXHIBIT_CHECK(takeOut(marked, passages, production));
    asked.reason = passages.text(request.reason);
    plain.reason = asked.reason;
    EXHIBIT_TRY(bundles.original, makeEvidenceBundle(marked, plain));
    EXHIBIT_TRY(bundles.shown, makeEvidenceBundle(marked, asked));
    leaveOutParts(bundles.original);
    leaveOutParts(bundles.shown);
    withholdSteps(bundles.shown, production.withheld);
    EXHIBIT_CHECK(checkShown(bundles, passages, production));
    return bundles;
}

} // namespace exhibit::report
