// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/spool/journal.h"
#include "server/storage/ingest_steps.h"
#include "server/storage/ledger.h"

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

/// One tenant's records on their way to rows: what a batch writes in its one transaction.
namespace exhibit::storage {

/// A call's row: whole when it opened and closed within the batch.
struct CallRow {
    std::shared_ptr<const spool::CallOpened> opening;
    std::optional<spool::CallClosed> closing;
};

struct DecisionRow {
    CallId callId;
    RunId runId;
    domain::Decision decision;
};

struct PassRow {
    CallId callId;
    RunId runId;
    domain::PassRecord record;
};

struct IncidentRow {
    spool::IncidentRecord record;
    std::shared_ptr<const spool::CallOpened> opening; ///< nullptr when its call is not known.
    std::string words; ///< What its decision says; searched, not shown.
};

/// What becomes of a run, by the order of its records. The first stop stays.
struct RunOutcome {
    domain::RunStatus status = domain::RunStatus::Running;
    std::optional<domain::TerminationReason> reason;
    std::optional<domain::RunStop> stop;
    UtcTime endedAt{};
};

struct RunChange {
    RunId runId;
    /// Of its first call opened in the batch; nullptr: the run has a row already.
    std::shared_ptr<const spool::CallOpened> opening;
    std::int64_t tokens = 0;
    domain::Microcents costMicrocents = 0;
    std::int64_t llmCalls = 0;
    UtcTime lastActiveAt{};
    bool firstCalls = false; ///< No call of it had gone to a provider before the batch.
    std::optional<RunOutcome> outcome;
    /// Steps of the calls closed in the batch; numbers count from the run's first one in it.
    StepsOfCall steps;
};

/// What a call used that went to a provider.
struct CallUse {
    std::shared_ptr<const spool::CallOpened> opening;
    domain::Usage usage;
    domain::Microcents costMicrocents = 0;
};

/// A line of the RunAbortLog. The first one of a run stays.
struct AbortRow {
    RunId runId;
    domain::KillReason killReason = domain::KillReason::AdminKill;
    std::string actor;
    UtcTime at{};
    std::int64_t cutLatencyUs = 0;
    /// A call of the run was cut; else the step is the last one there is.
    bool live = true;
};

/// Values of a call that its incident shows and that were not final when the incident was recorded.
struct IncidentFigures {
    IncidentId incidentId;
    UtcTime createdAt{};
    domain::Microcents costMicrocents = 0;
    std::int64_t latencyUs = 0;
};

struct QuarantinedRow {
    std::int64_t recordNo = 0;
    CallId callId;
    spool::RecordKind kind = spool::RecordKind::Chunk;
    std::string reason;
    Bytes payload;
    UtcTime at{};
};

struct IngestBatch {
    std::vector<CallRow> calls; ///< Opened in the batch.
    std::vector<spool::CallClosed> closings; ///< Of calls opened before it.
    std::vector<FieldDraft> bodies;
    std::vector<DecisionRow> decisions;
    std::vector<PassRow> passes;
    std::vector<IncidentRow> incidents;
    std::vector<IncidentFigures> figures;
    std::vector<AbortRow> aborts;
    std::vector<CallUse> uses;
    std::map<RunId, RunChange> runs; ///< Ordered, so that replicas lock rows in one order.
    std::vector<EntryDraft> entries;
    std::vector<QuarantinedRow> quarantined;
    std::set<CallId> replays; ///< Closed in the batch; nobody's calls: no search finds them.
    std::set<std::string> priceVersions; ///< Of the tables that its costs were computed by.
};

using OpenCalls = std::unordered_map<CallId, OpenCall>;

/// Turns records into a batch. Works on a copy of the open calls it touches: nothing is remembered
/// before commit(), so that a transaction that failed can be assembled anew.
class BatchAssembly {
public:
    /// Costs by tables of the names in `otherCurrency` are no costs of the tenant's.
    BatchAssembly(OpenCalls& open, ReplicaId replica, std::set<std::string> otherCurrency = {})
        : m_open(open)
        , m_replica(replica)
        , m_otherCurrency(std::move(otherCurrency))
    {
    }

    /// A record that cannot become rows is set aside in the batch, never refused.
    void apply(const spool::StoredRecord& stored);
    /// Sets the record aside for a reason the database gave. A call whose last record it was is
    /// closed without it.
    void quarantine(const spool::StoredRecord& stored, std::string reason);

    [[nodiscard]] IngestBatch& batch() { return m_batch; }
    /// The batch's transaction is committed: its calls are what is open now.
    void commit();

private:
    void open(const spool::StoredRecord& stored, spool::CallOpened opened);
    void addPiece(const spool::StoredRecord& stored, spool::ChunkRecord chunk);
    void addWithheld(const spool::StoredRecord& stored, spool::WithheldRecord withheld);
    void addDecisions(const spool::StoredRecord& stored, spool::DecisionsRecord record);
    void addIncident(spool::IncidentRecord record);
    void addAbort(const spool::IncidentRecord& record, const OpenCall* call);
    void close(const spool::StoredRecord& stored, spool::CallClosed closed);
    void countCost(spool::CallClosed& closed);
    void endRun(const spool::RunEnded& ended);

    /// nullptr when the call is not open.
    [[nodiscard]] OpenCall* find(const CallId& call);
    RunChange& runOf(RunId run, const std::shared_ptr<const spool::CallOpened>& opening);
    void addBody(const spool::StoredRecord& stored,
                 const OpenCall& call,
                 std::string_view path,
                 std::int64_t position,
                 JsonArray piece,
                 Bytes bytes);
    void addSteps(OpenCall& call, const spool::CallClosed& closed, RunChange& run);
    void setAside(const spool::StoredRecord& stored, std::string reason);

    OpenCalls& m_open;
    ReplicaId m_replica;
    std::set<std::string> m_otherCurrency;
    std::unordered_map<CallId, std::optional<OpenCall>> m_touched; ///< nullopt: closed.
    std::unordered_map<CallId, std::size_t> m_callRows; ///< Index into m_batch.calls.
    /// The body row that the next piece of a call and path may join: index into m_batch.bodies.
    std::map<std::pair<CallId, std::string>, std::size_t> m_lastBody;
    IngestBatch m_batch;
};

/// Whose data a call is: its user's, else its own, or that of the call it repeats.
[[nodiscard]] SubjectId subjectOf(const spool::CallOpened& opening);
/// The entry of a finished call, of a decision, of an incident ...
[[nodiscard]] EntryDraft callEntry(const OpenCall& call,
                                   const spool::CallClosed& closed,
                                   ReplicaId replica,
                                   std::int64_t lastRecord);
[[nodiscard]] EntryDraft decisionEntry(const CallId& call,
                                       const SubjectId& subject,
                                       const domain::Decision& decision);
[[nodiscard]] EntryDraft incidentEntry(const spool::IncidentRecord& record);
[[nodiscard]] EntryDraft killEntry(const spool::RunEnded& ended);
[[nodiscard]] EntryDraft quarantineEntry(const QuarantinedRow& row, ReplicaId replica);

/// How a run without a name of its own ends with its one call.
[[nodiscard]] RunOutcome outcomeOf(const spool::CallClosed& closed, const OpenCall& call);

} // namespace exhibit::storage
