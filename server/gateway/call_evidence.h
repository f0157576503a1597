// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/gateway/stream_relay.h"
#include "server/prevention/call_guard.h"
#include "server/spool/journal.h"

namespace exhibit::gateway {

/// Who a call belongs to, and when it began.
struct CallIdentity {
    TenantId tenant;
    ProjectId project;
    KeyId key;
    CallId call;
    RunId run;
    RequestId request;
    UtcTime openedAt{};
    SteadyTime startedAt{};

    [[nodiscard]] std::int64_t elapsedUs() const;
};

/// Writes one call's records into the journal, in order. Io thread only.
class CallEvidence {
public:
    /// `journal` outlives this.
    CallEvidence(spool::Journal& journal, CallIdentity identity);

    /// `onDurable` may be empty: then nobody waits for it.
    void open(spool::CallOpened opened, spool::Journal::Completion onDurable = {});
    /// Bytes that may go out once `onDurable` says so (INV-1).
    void release(EventBytes events, spool::Journal::Completion onDurable);
    void withhold(EventBytes events);
    /// Leaves no record when nothing was decided.
    void decide(prevention::StageOutcome outcome);
    /// `onDurable` may be empty: then nobody waits for it.
    void incident(spool::IncidentRecord incident, spool::Journal::Completion onDurable = {});
    /// Fills ids, times and sizes; the rest is the caller's. `onDurable` may be empty likewise.
    void close(spool::CallClosed closed, spool::Journal::Completion onDurable = {});

    [[nodiscard]] const CallIdentity& identity() const { return m_identity; }
    [[nodiscard]] std::int64_t releasedBytes() const { return m_releasedBytes; }

private:
    [[nodiscard]] spool::Record record(spool::RecordContent content) const;

    spool::Journal& m_journal;
    CallIdentity m_identity;
    std::int64_t m_releasedBytes = 0;
    std::int64_t m_withheldBytes = 0;
};

} // namespace exhibit::gateway
