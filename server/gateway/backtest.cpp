// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/backtest.h"

#include <algorithm>
#include <chrono>

namespace exhibit::gateway {
namespace {

using domain::DecisionResult;

/// A decision without what no repetition has in common: ids, times, and seconds that passed.
Json comparable(const domain::Decision& decision)
{
    auto copy = decision;
    copy.decisionId = {};
    copy.at = {};
    copy.evaluationUs = 0;
    copy.policyVersion = 0;
    copy.snapshotId.clear();
    if (copy.metric == wireName(domain::Metric::RunDuration)) {
        copy.used.reset();
        copy.reason.clear();
        copy.actuallyDid.clear();
    }
    return toJson(copy);
}

/// Everything one policy said of a call: each decision, and the stages it passed.
std::vector<std::string> saidBy(const std::string& policy,
                                const std::vector<domain::Decision>& decisions,
                                const std::vector<domain::PassRecord>& passes)
{
    std::vector<std::string> said;
    for (const auto& decision : decisions) {
        if (decision.policyId == policy) {
            said.push_back(printJson(comparable(decision)));
        }
    }
    for (const auto& record : passes) {
        const auto& ids = record.policyIds;
        if (std::find(ids.begin(), ids.end(), policy) != ids.end()) {
            said.push_back("PASS " + std::string(wireName(record.stage)));
        }
    }
    std::sort(said.begin(), said.end());
    return said;
}

std::string shortForm(const std::string& policy,
                      const std::vector<domain::Decision>& decisions,
                      const std::vector<domain::PassRecord>& passes)
{
    std::string text;
    for (const auto& decision : decisions) {
        if (decision.policyId == policy) {
            text += (text.empty() ? "" : "; ") + std::string(wireName(decision.result)) + ' '
                + std::string(wireName(decision.stage)) + ": " + decision.reason;
        }
    }
    for (const auto& record : passes) {
        const auto& ids = record.policyIds;
        if (std::find(ids.begin(), ids.end(), policy) != ids.end()) {
            text += (text.empty() ? "PASS " : "; PASS ") + std::string(wireName(record.stage));
        }
    }
    return text.empty() ? "nothing" : text;
}

/// By how much it would have changed the call.
int gravity(DecisionResult result)
{
    switch (result) {
    case DecisionResult::Block:
        return 4;
    case DecisionResult::Redact:
        return 3;
    case DecisionResult::Error:
        return 2;
    case DecisionResult::Warn:
        return 1;
    case DecisionResult::Pass:
        return 0;
    }
    return 0;
}

/// The text that the incident is about did not go out, or not as it came.
bool wasHandled(const storage::RecordedCall& call, const storage::RecordedIncident& incident)
{
    return incident.stopped
        || std::any_of(
               call.decisions.begin(), call.decisions.end(), [&](const domain::Decision& decision) {
                   return decision.policyId == incident.policyId
                       && gravity(decision.result) >= gravity(DecisionResult::Redact);
               });
}

bool sameContent(domain::Policy a, const domain::Policy& b)
{
    a.version = b.version;
    return policyToJson(a) == policyToJson(b);
}

} // namespace

Backtest::Backtest(TenantId tenant,
                   std::vector<domain::Policy> drafts,
                   BacktestSources sources,
                   std::size_t sampleMax)
    : m_tenant(tenant)
    , m_drafts(std::move(drafts))
    , m_sources(std::move(sources))
    , m_sampleMax(sampleMax)
{
    for (const auto& draft : m_drafts) {
        m_report.policies.push_back({draft.policyId});
    }
}

Result<void> Backtest::resume(const std::vector<StoppedRun>& stopped)
{
    for (const auto& run : stopped) {
        if (!isDraft(run.policyId)) {
            return fail(ErrorCode::InvalidInput, "this policy is not among the drafts");
        }
        domain::BacktestHit act;
        act.runId = run.runId;
        act.policyId = run.policyId;
        act.result = DecisionResult::Block;
        m_stopped.emplace(run.runId, std::move(act));
    }
    return {};
}

std::vector<StoppedRun> Backtest::stopped() const
{
    std::vector<StoppedRun> runs;
    runs.reserve(m_stopped.size());
    for (const auto& [run, act] : m_stopped) {
        runs.push_back({run, act.policyId});
    }
    return runs;
}

bool Backtest::isDraft(const std::string& policyId) const
{
    return std::any_of(m_drafts.begin(), m_drafts.end(), [&](const domain::Policy& draft) {
        return draft.policyId == policyId;
    });
}

Result<const Backtest::Edited*> Backtest::edited(const std::string& snapshotId)
{
    if (const auto known = m_snapshots.find(snapshotId); known != m_snapshots.end()) {
        return &known->second;
    }
    EXHIBIT_TRY(const auto recorded, m_sources.snapshot(snapshotId));
    auto policies = m_drafts;
    Edited made;
    std::size_t kept = 0;
    for (const auto& policy : recorded.policies) {
        const auto draft
            = std::find_if(m_drafts.begin(), m_drafts.end(), [&](const domain::Policy& candidate) {
                  return candidate.policyId == policy.policyId;
              });
        if (draft == m_drafts.end()) {
            policies.push_back(policy);
        } else if (sameContent(*draft, policy)) {
            ++kept;
        }
    }
    made.same = kept == m_drafts.size();
    EXHIBIT_TRY(auto snapshot, domain::makeSnapshot(m_tenant, policies));
    EXHIBIT_TRY(made.compiled,
                prevention::CompiledSnapshot::compile(
                    std::make_shared<const domain::PolicySnapshot>(std::move(snapshot))));
    return &m_snapshots.emplace(snapshotId, std::move(made)).first->second;
}

/// InvalidInput for calls that no policy saw, or of which nobody knows any more what they saw: of
/// an API that is gone or whose answers are not kept as they were, refused before, or erased.
Result<JudgedAgain> Backtest::judge(const storage::RecordedCall& call, const Edited& edited)
{
    const bool refusedUnseen
        = call.outcome == "refused" && call.decisions.empty() && call.passes.empty();
    const auto* surface = findSurface(call.endpoint);
    if (call.erased || call.unreadable || refusedUnseen || surface == nullptr
        || surface == &embeddingsSurface()) {
        return fail(ErrorCode::InvalidInput, "no policy saw this call", call.callId.text());
    }
    JudgedBy by{edited.compiled, m_sources.projectSlug(call.projectId)};
    if (call.priceVersion) {
        const auto table = m_sources.prices.find(*call.priceVersion);
        by.prices = table == m_sources.prices.end() ? nullptr : &table->second;
    }
    const auto began = std::chrono::steady_clock::now();
    EXHIBIT_TRY(const auto answer, recordedAnswer(call));
    auto judged = judgeAgain(call, answer, by);
    const auto us = std::chrono::duration_cast<std::chrono::microseconds>(
                        std::chrono::steady_clock::now() - began)
                        .count();
    m_report.evaluationUs += us;
    m_report.slowestUs = std::max<std::int64_t>(m_report.slowestUs, us);
    return judged;
}

Result<void> Backtest::add(const storage::RecordedCall& call)
{
    m_report.judgedTo = call.openedAt;
    const auto snapshot = edited(call.snapshotId);
    if (!snapshot) {
        if (snapshot.error().code == ErrorCode::NotFound) {
            ++m_report.skipped;
            return {};
        }
        return tl::make_unexpected(snapshot.error());
    }
    const auto judged = judge(call, **snapshot);
    if (!judged) {
        ++m_report.skipped;
        return {};
    }
    ++m_report.calls;
    if ((*snapshot)->same) {
        compare(call, *judged);
    }
    if (const auto ended = m_stopped.find(call.runId); ended != m_stopped.end()) {
        ++m_report.callsPrevented;
        countIncidents(call, ended->second);
        return {};
    }
    count(call, *judged);
    return {};
}

void Backtest::count(const storage::RecordedCall& call, const JudgedAgain& judged)
{
    for (auto& policy : m_report.policies) {
        countPolicy(call, judged, policy);
    }
    if (judged.stop && isDraft(judged.stop->decision.policyId)) {
        const auto& decision = judged.stop->decision;
        m_stopped.emplace(call.runId,
                          domain::BacktestHit{call.callId,
                                              call.runId,
                                              call.openedAt,
                                              decision.policyId,
                                              DecisionResult::Block,
                                              decision.reason});
        ++m_report.runsStopped;
    }
}

void Backtest::countPolicy(const storage::RecordedCall& call,
                           const JudgedAgain& judged,
                           domain::PolicyBacktest& policy)
{
    const domain::Decision* gravest = nullptr;
    for (const auto& decision : judged.outcome.decisions) {
        const bool graver
            = gravest == nullptr || gravity(decision.result) > gravity(gravest->result);
        if (decision.policyId == policy.policyId && graver) {
            gravest = &decision;
        }
    }
    if (gravest == nullptr) {
        policy.passed += saidBy(policy.policyId, {}, judged.outcome.passes).empty() ? 0 : 1;
        return;
    }
    auto& counter = gravest->result == DecisionResult::Block ? policy.blocked
        : gravest->result == DecisionResult::Redact          ? policy.redacted
        : gravest->result == DecisionResult::Error           ? policy.errors
                                                             : policy.warned;
    ++counter;
    const domain::BacktestHit hit{
        call.callId, call.runId, call.openedAt, policy.policyId, gravest->result, gravest->reason};
    if (hit.result == DecisionResult::Block && m_report.blocked.size() < m_sampleMax) {
        m_report.blocked.push_back(hit);
    }
    if (gravity(hit.result) >= gravity(DecisionResult::Redact)) {
        countIncidents(call, hit);
    }
}

/// What speaks for the act, or that nothing does.
void Backtest::countIncidents(const storage::RecordedCall& call, const domain::BacktestHit& act)
{
    bool justified = false;
    for (const auto& incident : call.incidents) {
        if (incident.status == domain::IncidentStatus::FalsePositive) {
            continue;
        }
        justified = true;
        // Once each, and not what was prevented then.
        if (wasHandled(call, incident) || !m_prevented.insert(incident.incidentId).second) {
            continue;
        }
        ++m_report.incidentsPrevented;
        if (m_report.prevented.size() < m_sampleMax) {
            m_report.prevented.push_back({incident.incidentId,
                                          incident.policyId,
                                          incident.severity,
                                          act.policyId,
                                          act.result});
        }
    }
    const bool own = act.callId == call.callId;
    if (own && !justified) {
        ++m_report.falsePositives;
        if (m_report.falsePositiveSample.size() < m_sampleMax) {
            m_report.falsePositiveSample.push_back(act);
        }
    }
}

void Backtest::compare(const storage::RecordedCall& call, const JudgedAgain& judged)
{
    for (const auto& draft : m_drafts) {
        const auto& id = draft.policyId;
        ++m_report.compared;
        if (saidBy(id, call.decisions, call.passes)
            == saidBy(id, judged.outcome.decisions, judged.outcome.passes)) {
            continue;
        }
        ++m_report.differences;
        if (m_report.differenceSample.size() < m_sampleMax) {
            m_report.differenceSample.push_back(
                {call.callId,
                 id,
                 shortForm(id, call.decisions, call.passes),
                 shortForm(id, judged.outcome.decisions, judged.outcome.passes)});
        }
    }
}

domain::BacktestReport Backtest::report() const
{
    return m_report;
}

} // namespace exhibit::gateway
