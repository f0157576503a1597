// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/report/bundle.h"

namespace exhibit::report {

struct RecommendedAction {
    std::string action;
    std::string because; ///< The recorded fact that it follows from.
};

/// By rule from the kind of gap, the policy's mode and what has been entered; the same bundle gives
/// the same list. At most six.
[[nodiscard]] std::vector<RecommendedAction> recommendedActions(const EvidenceBundle& bundle);

} // namespace exhibit::report
