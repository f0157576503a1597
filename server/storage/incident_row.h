// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/domain/incident.h"
#include "server/storage/rows.h"

namespace exhibit::storage {

/// The columns that incidentOf reads, in its order; the table is `i`.
inline constexpr std::string_view kIncidentColumns
    = "i.incident_id, i.run_id, i.call_id, i.decision_id, i.user_id, i.session_id, i.model,"
      " i.severity, i.policy_id, i.failure_code, i.status, i.title, i.excerpt, i.cost_microcents,"
      " i.latency_us, i.root_cause, i.assignee, to_jsonb(i.tags), i.created_at";
inline constexpr int kIncidentColumnCount = 19;

/// Corrupt when the stored value is none of its set.
template <NamedEnum E>
Result<void> readEnum(std::string_view text, E& value)
{
    auto parsed = parseEnum<E>(text);
    if (!parsed) {
        return fail(ErrorCode::Corrupt, "a stored value is not of its set", parsed.error().message);
    }
    value = *parsed;
    return {};
}

/// Corrupt when a stored value is none of those known.
[[nodiscard]] Result<domain::Incident> incidentOf(const Rows& rows, std::size_t row);

} // namespace exhibit::storage
