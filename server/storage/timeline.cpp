// SPDX-License-Identifier: Apache-2.0
#include "server/storage/timeline_rows.h"

#include "server/storage/cost_currency.h"
#include "server/storage/incident_store.h"

namespace exhibit::storage {
Result<domain::TimelineEvent> timelineEventOf(const Rows& rows, std::size_t row)
{
    domain::TimelineEvent event;
    event.stepIndex = rows.integer(row, 0);
    event.time = rows.time(row, 1);
    const auto type = parseEnum<domain::StepType>(rows.text(row, 2));
    const auto status = parseEnum<domain::StepStatus>(rows.text(row, 3));
    if (!type || !status) {
        return fail(ErrorCode::Corrupt, "a stored step has a type or status that is not known");
    }
    event.type = *type;
    event.status = *status;
    event.isInflection = rows.boolean(row, 4);
    if (!rows.isNull(row, 5)) {
        event.callId = CallId{rows.uuid(row, 5)};
    }
    if (!rows.isNull(row, 6)) {
        event.decisionId = DecisionId{rows.uuid(row, 6)};
    }
    event.policy = rows.optionalText(row, 7);
    if (!rows.isNull(row, 8)) {
        EXHIBIT_TRY(event.result, parseEnum<domain::DecisionResult>(rows.text(row, 8)));
    }
    event.reason = rows.optionalText(row, 9);
    event.analysis = rows.optionalText(row, 10);
    event.tokens = rows.integer(row, 11);
    event.data = rows.json(row, 12);
    return event;
}

namespace {

constexpr std::int64_t kMost{limits::kTimelineEventsMax};

/// Where a timeline begins that cannot show all `steps` of its run: the decision that opened the
/// incident, or else its call, is in the middle as far as that goes.
Result<std::int64_t> firstShown(Transaction& transaction, IncidentId incident, std::int64_t steps)
{
    EXHIBIT_TRY(
        const Rows rows,
        transaction.query(
            "SELECT coalesce(min(s.step_index) FILTER (WHERE s.decision_id = i.decision_id),"
            " min(s.step_index), 0) FROM incidents i LEFT JOIN steps s"
            " ON s.tenant_id = i.tenant_id AND s.run_id = i.run_id AND s.call_id = i.call_id"
            " WHERE i.tenant_id = $1 AND i.incident_id = $2",
            {transaction.tenant(), incident}));
    return std::clamp<std::int64_t>(rows.integer(0, 0) - kMost / 2, 0, steps - kMost);
}

Result<IncidentTimeline> readSteps(Transaction& transaction,
                                   std::int64_t from,
                                   IncidentTimeline timeline)
{
    EXHIBIT_TRY(const Rows rows,
                transaction.query("SELECT " + std::string(kTimelineColumns)
                                      + " FROM steps WHERE tenant_id = $1 AND run_id = $2"
                                        " AND step_index >= $3 ORDER BY step_index LIMIT $4",
                                  {transaction.tenant(), timeline.runId, from, kMost}));
    timeline.events.reserve(rows.size());
    for (std::size_t row = 0; row < rows.size(); ++row) {
        EXHIBIT_TRY(auto event, timelineEventOf(rows, row));
        timeline.events.push_back(std::move(event));
    }
    return timeline;
}

} // namespace

Result<IncidentTimeline> IncidentStore::timeline(TenantId tenant,
                                                 IncidentId incident,
                                                 Deadline deadline)
{
    return m_database.read(
        tenant, deadline, [&](Transaction& transaction) -> Result<IncidentTimeline> {
            EXHIBIT_TRY(const Rows rows,
                        transaction.query(
                            "SELECT i.run_id, r.inflection_step, now(), coalesce(r.step_count, 0)"
                            " FROM incidents i"
                            " LEFT JOIN runs r ON r.tenant_id = i.tenant_id AND r.run_id = i.run_id"
                            " WHERE i.tenant_id = $1 AND i.incident_id = $2",
                            {tenant, incident}));
            if (rows.empty()) {
                return fail(ErrorCode::NotFound, "there is no such incident", incident.text());
            }
            IncidentTimeline timeline;
            timeline.runId = RunId{rows.uuid(0, 0)};
            if (!rows.isNull(0, 1)) {
                timeline.inflectionStep = rows.integer(0, 1);
            }
            timeline.asOf = rows.time(0, 2);
            EXHIBIT_TRY(timeline.currency, currencyOf(transaction));
            timeline.steps = rows.integer(0, 3);
            std::int64_t from = 0;
            if (timeline.steps > kMost) {
                EXHIBIT_TRY(from, firstShown(transaction, incident, timeline.steps));
            }
            return readSteps(transaction, from, std::move(timeline));
        });
}

} // namespace exhibit::storage
