// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/domain/decision.h"
#include "models/domain/incident.h"
#include "models/domain/snapshot.h"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace exhibit::gateway {

/// The bytes [begin, end) of a channel's text, as far as they are known.
using TextSlice
    = std::function<std::string(std::string_view channel, std::size_t begin, std::size_t end)>;

/// What an incident says about one decision that is not PASS.
struct IncidentSource {
    const domain::Decision& decision;
    const std::vector<domain::MatchSpan>& masked; ///< Of the stage: not to be shown.
    const domain::PolicySnapshot& snapshot;
    TextSlice text;
    bool stopped = false; ///< Text behind the violation was not judged, so it is not shown.
};

/// Severity, policy, failure code, title and excerpt; ids, user and times are the caller's. The
/// excerpt shows the text around the first span with everything that patterns found masked.
[[nodiscard]] domain::Incident draftIncident(const IncidentSource& source);

} // namespace exhibit::gateway
