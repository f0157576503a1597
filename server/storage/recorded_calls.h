// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/domain/decision.h"
#include "models/domain/price_table.h"
#include "models/domain/snapshot.h"
#include "server/storage/database.h"
#include "server/storage/subject_keys.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace exhibit::storage {

/// Bytes of an answer as one record brought them.
struct RecordedPiece {
    std::int64_t firstEvent = 0;
    std::int64_t eventCount = 0; ///< 0: no event of the provider's.
    std::int64_t atUs = 0; ///< Since the call opened.
    Bytes bytes;
};

struct RecordedIncident {
    IncidentId incidentId;
    std::string policyId;
    domain::Severity severity = domain::Severity::Medium;
    domain::IncidentStatus status = domain::IncidentStatus::Open;
    bool stopped = false; ///< The answer ended there.
};

/// A closed call with everything it was decided from and everything that was decided: what it can
/// be repeated and judged again from.
struct RecordedCall {
    CallId callId;
    RunId runId;
    ProjectId projectId;
    std::optional<std::string> userId;
    std::optional<std::string> upstream; ///< Absent: refused before it was routed.
    std::optional<Json> facts;
    domain::RunCounters runBefore; ///< As the call found them; itself among its calls.
    std::string endpoint;
    std::string model;
    std::string answeredModel; ///< Empty: the provider named none.
    bool streaming = false;
    std::string snapshotId;
    Json requestHeaders = JsonObject{}; ///< Those that are kept.
    Json responseHeaders = JsonObject{};
    UtcTime openedAt{};
    std::int64_t upstreamStatus = 0; ///< 0: no answer from the provider.
    std::string outcome;
    std::optional<std::string> errorCode;
    std::optional<std::string> priceVersion;
    bool recovered = false; ///< Its end was found after a crash.
    bool erased = false; ///< Its bytes are gone.
    bool unreadable = false; ///< Its bytes are there; the key that opens them was lost.
    std::string damaged; ///< Why what is stored of its bytes cannot be what was; empty: it can.
    Bytes request; ///< As the client sent it.
    std::optional<Bytes> sentRequest; ///< What went upstream, when that differs.
    std::vector<RecordedPiece> released;
    std::vector<RecordedPiece> withheld;
    std::vector<domain::Decision> decisions;
    std::vector<domain::PassRecord> passes;
    std::vector<RecordedIncident> incidents;
};

/// Those calls with nothing but their ids and what was recorded of their bytes, in that order.
[[nodiscard]] Result<std::vector<RecordedCall>> readRecordedBodies(Transaction& transaction,
                                                                   SubjectKeys& keys,
                                                                   const std::vector<CallId>& ids);

/// Where a page of calls begins: behind this one.
struct RecordedPosition {
    UtcTime openedAt{};
    CallId callId;
};

struct RecordedRange {
    std::optional<UtcTime> from; ///< Of the call's opening; inclusive.
    std::optional<UtcTime> to; ///< Exclusive.
    std::optional<RecordedPosition> after;
    std::size_t limit = 100;
};

/// One tenant's recorded calls as they are judged once more. Any thread; every call waits. `keys`
/// outlives it.
class RecordedCalls {
public:
    RecordedCalls(Database& database, SubjectKeys& keys)
        : m_database(database)
        , m_keys(keys)
    {
    }

    /// Oldest first, without replays.
    [[nodiscard]] Result<std::vector<RecordedCall>> page(TenantId tenant,
                                                         const RecordedRange& range,
                                                         Deadline deadline);
    /// Those of the runs that have closed calls in the range.
    [[nodiscard]] Result<std::set<RunId>> runsOf(TenantId tenant,
                                                 const std::vector<RunId>& runs,
                                                 const RecordedRange& range,
                                                 Deadline deadline);
    /// As its entry in the ledger commits to it. NotFound for an unknown call; Conflict when it has
    /// not closed yet or its content was erased; evidenceDamaged() when it is not what was
    /// recorded.
    [[nodiscard]] Result<RecordedCall> find(TenantId tenant, CallId call, Deadline deadline);
    /// All there ever were for the tenant, by version.
    [[nodiscard]] Result<std::map<std::string, domain::PriceTable>> priceTables(TenantId tenant,
                                                                                Deadline deadline);

private:
    Database& m_database;
    SubjectKeys& m_keys;
};

} // namespace exhibit::storage
