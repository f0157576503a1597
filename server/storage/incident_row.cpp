// SPDX-License-Identifier: Apache-2.0
#include "server/storage/incident_row.h"

namespace exhibit::storage {

Result<domain::Incident> incidentOf(const Rows& rows, std::size_t row)
{
    domain::Incident incident;
    incident.incidentId = {rows.uuid(row, 0)};
    incident.runId = {rows.uuid(row, 1)};
    incident.callId = {rows.uuid(row, 2)};
    if (!rows.isNull(row, 3)) {
        incident.decisionId = DecisionId{rows.uuid(row, 3)};
    }
    incident.userId = rows.optionalText(row, 4);
    incident.sessionId = rows.optionalText(row, 5);
    incident.model = rows.text(row, 6);
    EXHIBIT_CHECK(readEnum(rows.text(row, 7), incident.severity));
    incident.policyId = rows.text(row, 8);
    if (!rows.isNull(row, 9)) {
        EXHIBIT_CHECK(readEnum(rows.text(row, 9), incident.failureCode.emplace()));
    }
    EXHIBIT_CHECK(readEnum(rows.text(row, 10), incident.status));
    incident.title = rows.text(row, 11);
    incident.excerpt = rows.text(row, 12);
    incident.costMicrocents = rows.integer(row, 13);
    incident.latencyUs = rows.integer(row, 14);
    if (!rows.isNull(row, 15)) {
        EXHIBIT_TRY(incident.rootCause, fromJson<domain::RootCause>(rows.json(row, 15)));
    }
    incident.assignee = rows.optionalText(row, 16);
    EXHIBIT_TRY(incident.tags, fromJson<std::vector<std::string>>(rows.json(row, 17)));
    incident.createdAt = rows.time(row, 18);
    return incident;
}

} // namespace exhibit::storage
