// SPDX-License-Identifier: Apache-2.0
// The later steps of admission: the run, its policies, and what is recorded.
#include "server/gateway/admission_replies.h"
#include "server/gateway/admitting.h"
#include "server/ops/log.h"

#include <algorithm>

namespace exhibit::gateway {

Admitting::Refusal Admitting::bindRun()
{
    const auto tenant = m_principal.tenant;
    const auto current = m_call->catalogue->currentSnapshot.find(tenant);
    if (current == m_call->catalogue->currentSnapshot.end()) {
        return unavailable("policies_unavailable", "the policies are not loaded yet", 1);
    }
    const auto& clientRunId = m_call->chat->clientRunId;
    if (!clientRunId) {
        m_call->run.runId = RunId::generate();
        m_call->run.snapshotId = current->second;
        m_call->run.counters.llmCalls = 1;
        m_call->run.counters.startedAt = m_request.receivedAt;
        return std::nullopt;
    }
    m_call->bound = true;
    auto bound = m_services.runs.bind(tenant,
                                      m_principal.project,
                                      *clientRunId,
                                      current->second,
                                      m_request.receivedAt,
                                      m_vouched);
    if (bound) {
        m_call->run = *std::move(bound);
        if (m_call->quota) {
            m_call->run.counters.llmCalls > 1 ? m_call->quota->runWasKnown()
                                              : m_call->quota->runBegan();
        }
        return std::nullopt;
    }
    if (bound.error().subject != "run_stopped") {
        return unavailable("run_state_unavailable", bound.error().message, 1);
    }
    return refuseStopped(current->second);
}

std::optional<domain::LiveRun> Admitting::knownRun() const
{
    return m_namedRun ? m_services.runs.peek(m_principal.tenant, *m_namedRun) : std::nullopt;
}

void Admitting::refuseByQuota(const QuotaRefusal& refusal)
{
    m_admission.refusal = refusal.reply;
    const auto current = m_call->catalogue->currentSnapshot.find(m_principal.tenant);
    if (current == m_call->catalogue->currentSnapshot.end()) {
        return;
    }
    m_call->bound = m_namedRun.has_value();
    m_call->run.runId = m_namedRun ? *m_namedRun : RunId::generate();
    m_call->run.snapshotId = current->second;
    open();
    m_admission.refusal->runId = m_call->run.runId.text();
}

/// A refused step is evidence too: it shows that nothing reached the provider.
Admitting::Refusal Admitting::refuseStopped(const std::string& snapshotId)
{
    m_call->run.runId = *m_namedRun;
    m_call->run.snapshotId = snapshotId;
    open();
    return runStopped(m_services.runs.stopOf(m_principal.tenant, *m_namedRun), *m_namedRun);
}

Admitting::Refusal Admitting::compile()
{
    const auto snapshot
        = m_call->catalogue->findSnapshot(m_principal.tenant, m_call->run.snapshotId);
    if (snapshot == nullptr) {
        return unavailable("policies_unavailable", "the run's policies are not loaded", 1);
    }
    auto compiled = m_services.snapshots.get(snapshot);
    if (!compiled) {
        ops::logError("snapshot {}: {}", snapshot->snapshotId, compiled.error().message);
        return unavailable("policies_unavailable", "the run's policies cannot be applied", 5);
    }
    m_call->snapshot = *std::move(compiled);
    m_call->guard = std::make_unique<prevention::CallGuard>(m_call->snapshot, subjectOf(*m_call));
    return std::nullopt;
}

Admitting::Refusal Admitting::checkRun()
{
    const bool stopped
        = m_call->bound && m_services.runs.stopOf(m_principal.tenant, m_call->run.runId);
    return stopped ? refuseStopped(m_call->run.snapshotId) : std::nullopt;
}

Admitting::Refusal Admitting::judge()
{
    auto& call = *m_call;
    auto verdict = call.guard->concludeInput();
    ChatRequest::Changes changes;
    if (!verdict.stop) {
        changes.replacements = std::move(verdict.replacements);
        changes.askForUsage = call.guard->needsUsage() || call.limits.needsUsage()
            || (call.quota && call.quota->countsUsage());
        call.usageAsked = changes.askForUsage && call.chat->streaming && !call.chat->usageRequested;
        call.sentBody = call.chat->rewritten(changes);
    }
    open();
    call.guard->usageChanged(call.meter->runCounters(), 0, m_request.receivedAt);
    if (call.guard->stop()) {
        stopHere(std::move(verdict.outcome));
    } else {
        recordInput(std::move(verdict.outcome));
    }
    return std::nullopt;
}

/// The call's first record; from here on every end is recorded.
void Admitting::open()
{
    auto& call = *m_call;
    call.meter
        = std::make_unique<UsageMeter>(call.price, call.run.counters, call.chat->textBytes());
    if (m_surface.traits().asksNoModel) {
        call.meter->nothingCharged();
    }
    call.evidence = std::make_unique<CallEvidence>(m_services.journal,
                                                   CallIdentity{m_principal.tenant,
                                                                m_principal.project,
                                                                m_principal.key,
                                                                CallId::generate(),
                                                                call.run.runId,
                                                                m_request.id,
                                                                m_request.receivedAt,
                                                                m_request.startedAt});
    auto opened = openedRecord(call, m_request);
    opened.route = std::move(m_route);
    spool::Journal::Completion durable;
    if (call.chat->streaming) {
        // The head goes out before any of the answer: this is on disk by then.
        durable = call.opened.emplace(m_services.io).track();
    }
    call.evidence->open(std::move(opened), std::move(durable));
}

void Admitting::recordInput(prevention::StageOutcome outcome)
{
    if (outcome.decisions.empty()) {
        m_call->inputPasses = std::move(outcome.passes);
        return;
    }
    ViolationRecorder(*m_call, m_violations).record(std::move(outcome), inputTexts(*m_call->chat));
}

void Admitting::stopHere(prevention::StageOutcome outcome)
{
    auto run = m_call->guard->finishOutput();
    std::move(run.decisions.begin(), run.decisions.end(), std::back_inserter(outcome.decisions));
    std::move(run.passes.begin(), run.passes.end(), std::back_inserter(outcome.passes));
    m_admission.stopped = std::move(outcome);
}

} // namespace exhibit::gateway
