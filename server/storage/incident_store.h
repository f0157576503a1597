// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/limits.h"
#include "models/domain/incident.h"
#include "models/domain/search_order.h"
#include "models/query/query.h"
#include "server/storage/audit_store.h"
#include "server/storage/database.h"
#include "server/storage/search_page.h"

#include <optional>
#include <string>
#include <vector>

namespace exhibit::storage {

/// The last row of a page; the next page begins after it, whatever arrived meanwhile.
struct SearchPosition {
    UtcTime createdAt{};
    IncidentId incidentId;
    /// What it is sorted by: cost, latency, or the place of its severity; 0 when by time.
    std::int64_t key = 0;
};

/// The query and beside it the parameters of api.md; all must hold.
struct IncidentSearch {
    query::Query query;
    std::optional<std::string> userId;
    std::optional<std::string> sessionId;
    std::optional<std::string> runId; ///< Our id or the application's name for it.
    std::optional<UtcTime> timeFrom; ///< Inclusive.
    std::optional<UtcTime> timeTo; ///< Exclusive.
    std::vector<domain::Severity> severities; ///< Any of them; empty means all.
    std::optional<std::string> policyId;
    std::optional<domain::IncidentStatus> status;
    std::optional<std::string> model;
    std::optional<domain::FailureCode> failureCode;
    domain::SearchSort sort = domain::SearchSort::Time;
    domain::SearchOrder order = domain::SearchOrder::Descending;
    std::uint32_t limit = limits::kPageRowsDefault;
    std::uint32_t offset = 0;
    std::optional<SearchPosition> after;
    std::optional<SearchTotal> total; ///< Known from an earlier page: not counted again.
};

struct IncidentHit {
    domain::Incident incident;
    /// Excerpts with the words found between <mark> and </mark>, everything else HTML-escaped.
    std::vector<std::string> highlights;
    std::optional<domain::DecisionResult> result; ///< Of the decision it was opened by.
};

struct IncidentPage {
    std::vector<IncidentHit> hits; ///< In the order asked for.
    SearchTotal total;
    std::optional<SearchPosition> next; ///< nullopt on the last page.
    UtcTime asOf{};
};

struct StoredIncident {
    domain::Incident incident;
    std::string snapshotId; ///< Empty when its run is not known.
};

inline constexpr std::size_t kIncidentTagsMax = 64;
inline constexpr std::int64_t kIncidentNotesMax = 500;

/// What is absent stays.
struct IncidentChange {
    std::optional<domain::IncidentStatus> status;
    std::optional<domain::IncidentStatus> statusWas; ///< Conflict when it is another by now.
    std::optional<std::optional<std::string>> assignee; ///< An empty inner one clears it.
    /// Conflict when it is somebody else by now; an empty inner one: nobody.
    std::optional<std::optional<std::string>> assigneeWas;
    std::optional<std::vector<std::string>> tags; ///< Replaces all.
    std::vector<std::string> addTags; ///< Those that are there already stay where they are.
    std::vector<std::string> removeTags; ///< What is in both lists is not there afterwards.
    std::optional<std::string> addNote;
    std::optional<domain::NoteId> withdrawNote; ///< Once; it stays, marked as taken back.
};

struct IncidentTimeline {
    RunId runId;
    std::vector<domain::TimelineEvent> events;
    std::optional<std::int64_t> inflectionStep;
    /// The run's; of more than limits::kTimelineEventsMax, those around the incident are events.
    std::int64_t steps = 0;
    std::optional<std::string> currency; ///< Of the events' costs.
    UtcTime asOf{};

    [[nodiscard]] bool truncated() const
    {
        return steps > std::int64_t{limits::kTimelineEventsMax};
    }
};

/// Incidents as PostgreSQL has them, always within one tenant. Any thread; every call waits.
class IncidentStore {
public:
    explicit IncidentStore(Database& database)
        : m_database(database)
    {
    }

    [[nodiscard]] Result<IncidentPage> search(TenantId tenant,
                                              const IncidentSearch& search,
                                              Deadline deadline);
    /// NotFound also for another tenant's.
    [[nodiscard]] Result<StoredIncident> get(TenantId tenant,
                                             IncidentId incident,
                                             Deadline deadline);
    /// Recorded in the audit log and the ledger; the search table follows in the same transaction.
    [[nodiscard]] Result<StoredIncident> change(TenantId tenant,
                                                IncidentId incident,
                                                const IncidentChange& change,
                                                const Actor& actor,
                                                LedgerAppender& ledger,
                                                Deadline deadline);
    /// Every step of the incident's run.
    [[nodiscard]] Result<IncidentTimeline> timeline(TenantId tenant,
                                                    IncidentId incident,
                                                    Deadline deadline);

private:
    Database& m_database;
};

} // namespace exhibit::storage
