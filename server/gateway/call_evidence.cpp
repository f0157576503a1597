// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/call_evidence.h"

namespace exhibit::gateway {

std::int64_t CallIdentity::elapsedUs() const
{
    return std::chrono::floor<std::chrono::microseconds>(std::chrono::steady_clock::now()
                                                         - startedAt)
        .count();
}

CallEvidence::CallEvidence(spool::Journal& journal, CallIdentity identity)
    : m_journal(journal)
    , m_identity(identity)
{
}

spool::Record CallEvidence::record(spool::RecordContent content) const
{
    spool::Record record;
    record.tenant = m_identity.tenant;
    record.call = m_identity.call;
    record.at = utcNow();
    record.kind = spool::kindOf(content);
    record.encode = [content = std::move(content)] { return spool::encodeRecord(content); };
    return record;
}

void CallEvidence::open(spool::CallOpened opened, spool::Journal::Completion onDurable)
{
    opened.callId = m_identity.call;
    opened.runId = m_identity.run;
    opened.projectId = m_identity.project;
    opened.keyId = m_identity.key;
    opened.requestId = m_identity.request;
    opened.openedAt = m_identity.openedAt;
    m_journal.append(record(std::move(opened)), std::move(onDurable));
}

void CallEvidence::release(EventBytes events, spool::Journal::Completion onDurable)
{
    spool::ChunkRecord chunk;
    chunk.callId = m_identity.call;
    chunk.firstEvent = events.firstEvent;
    chunk.eventCount = events.eventCount;
    chunk.offset = m_releasedBytes;
    chunk.atUs = m_identity.elapsedUs();
    chunk.body = std::move(events.bytes);
    m_releasedBytes += static_cast<std::int64_t>(chunk.body.size());
    m_journal.append(record(std::move(chunk)), std::move(onDurable));
}

void CallEvidence::withhold(EventBytes events)
{
    spool::WithheldRecord withheld;
    withheld.callId = m_identity.call;
    withheld.firstEvent = events.firstEvent;
    withheld.eventCount = events.eventCount;
    withheld.atUs = m_identity.elapsedUs();
    withheld.body = std::move(events.bytes);
    m_withheldBytes += static_cast<std::int64_t>(withheld.body.size());
    m_journal.append(record(std::move(withheld)));
}

void CallEvidence::decide(prevention::StageOutcome outcome)
{
    if (outcome.decisions.empty() && outcome.passes.empty()) {
        return;
    }
    spool::DecisionsRecord decisions;
    decisions.callId = m_identity.call;
    decisions.runId = m_identity.run;
    decisions.decisions = std::move(outcome.decisions);
    decisions.passes = std::move(outcome.passes);
    m_journal.append(record(std::move(decisions)));
}

void CallEvidence::incident(spool::IncidentRecord incident, spool::Journal::Completion onDurable)
{
    m_journal.append(record(std::move(incident)), std::move(onDurable));
}

void CallEvidence::close(spool::CallClosed closed, spool::Journal::Completion onDurable)
{
    closed.callId = m_identity.call;
    closed.runId = m_identity.run;
    closed.openedAt = m_identity.openedAt;
    closed.closedAt = utcNow();
    closed.latencyUs = m_identity.elapsedUs();
    closed.releasedBytes = m_releasedBytes;
    closed.withheldBytes = m_withheldBytes;
    m_journal.append(record(std::move(closed)), std::move(onDurable));
}

} // namespace exhibit::gateway
