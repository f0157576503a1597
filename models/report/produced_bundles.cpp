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

/// The same without the passages.
template <class T>
Result<void> take(T& value, const Passages& passages)
{
    auto without = fromJson<T>(passages.json(toJson(value)), UnknownMembers::Reject);
    if (!without) {
        return fail(ErrorCode::InvalidInput,
                    "a passage is part of a name that the record is kept by: "
                        + without.error().message,
                    "/production/passages");
    }
    value = *std::move(without);
    return {};
}

Result<void> takeOutOfSteps(RecordedFacts& facts, const Passages& passages)
{
    for (auto& [event, hash] : facts.steps) {
        const Json before = toJson(event);
        EXHIBIT_CHECK(take(event, passages));
        if (const auto passage = passages.untold(event.data)) {
            return fail(ErrorCode::InvalidInput,
                        fmt::format("passage {} stands in step {}, where a policy replaced a part "
                                    "of it or of what is around it: how much of it was left cannot "
                                    "be said; withhold the step (production.withheld) and leave "
                                    "the passage out, or name what is left as passages",
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

Result<void> takeOut(RecordedFacts& facts, const Passages& passages)
{
    facts.tenantName = passages.text(facts.tenantName);
    EXHIBIT_CHECK(take(facts.incident, passages));
    EXHIBIT_CHECK(take(facts.run, passages));
    if (facts.snapshot) {
        for (auto& policy : facts.snapshot->policies) {
            policy.policyId = passages.text(policy.policyId); // As the incident names it.
            policy.title = passages.text(policy.title);
            policy.category = passages.text(policy.category);
            policy.expectedBehaviour = passages.text(policy.expectedBehaviour);
        }
    }
    for (auto& [key, label] : facts.keyLabels) {
        label = passages.text(label);
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
    return takeOutOfSteps(facts, passages);
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

/// Forms in which policies that were in force left the passages.
Result<void> addLive(Passages& passages, const RecordedFacts& facts)
{
    EXHIBIT_TRY(const auto shipped, redaction::shippedPack());
    passages.addLiveRedaction(shipped.pack);
    if (!facts.snapshot) {
        return {};
    }
    std::vector<domain::Policy> patterns;
    for (const auto& policy : facts.snapshot->policies) {
        if (std::holds_alternative<domain::PatternsRule>(policy.rule)) {
            EXHIBIT_TRY(const auto pack, redaction::namedPack({policy}));
            passages.addLiveRedaction(pack.pack);
            patterns.push_back(policy);
        }
    }
    if (patterns.size() > 1) {
        EXHIBIT_TRY(const auto pack, redaction::namedPack(patterns));
        passages.addLiveRedaction(pack.pack);
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
Result<void> checkShown(const ProducedBundles& bundles, const Passages& passages)
{
    const Json shown = toJson(bundles.shown);
    auto set = passages.marksIn(toJson(withPeopleOf(bundles.original, bundles.shown)));
    auto left = passages.marksIn(shown);
    const auto standing = passages.standingIn(shown);
    for (std::size_t i = 0; i < passages.size(); ++i) {
        if (set[i] != left[i]) {
            return fail(ErrorCode::InvalidInput,
                        fmt::format("passage {} was redacted {} times and {} marks of it are left: "
                                    "its ground reads like personal data, which is redacted too",
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
    BundleRequest plain = request;
    plain.redact = false;
    ProducedBundles bundles;
    EXHIBIT_TRY(bundles.original, makeEvidenceBundle(facts, plain));
    if (production.passages.empty()) {
        EXHIBIT_TRY(bundles.shown, makeEvidenceBundle(facts, request));
        withholdSteps(bundles.shown, production.withheld);
        return bundles;
    }
    EXHIBIT_CHECK(checkStanding(Passages(production.passages, none), bundles.original));
    Passages passages(production.passages, redaction);
    EXHIBIT_CHECK(addLive(passages, facts));
    RecordedFacts marked = facts;
    EXHIBIT_CHECK(takeOut(marked, passages));
    BundleRequest asked = request;
    asked.reason = passages.text(request.reason);
    plain.reason = asked.reason;
    EXHIBIT_TRY(bundles.original, makeEvidenceBundle(marked, plain));
    EXHIBIT_TRY(bundles.shown, makeEvidenceBundle(marked, asked));
    leaveOutParts(bundles.original);
    leaveOutParts(bundles.shown);
    EXHIBIT_CHECK(checkShown(bundles, passages));
    withholdSteps(bundles.shown, production.withheld);
    return bundles;
}

} // namespace exhibit::report
