// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/domain/incident.h"
#include "server/storage/rows.h"

namespace exhibit::storage {

/// The columns that timelineEventOf reads, in its order.
inline constexpr std::string_view kTimelineColumns
    = "step_index, at, step_type, status, is_inflection, call_id, decision_id, policy_id, result,"
      " reason, analysis, tokens, data";
inline constexpr int kTimelineColumnCount = 13;

/// Corrupt when a stored value is none of those known.
[[nodiscard]] Result<domain::TimelineEvent> timelineEventOf(const Rows& rows, std::size_t row);

} // namespace exhibit::storage
