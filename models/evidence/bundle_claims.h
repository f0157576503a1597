// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json.h"

#include <string>
#include <vector>

/// What an evidence bundle says of an incident and of its decisions, against what entries commit
/// to. What the bundle leaves out claims nothing. Any JSON is taken.
namespace exhibit::evidence {

/// Members of "/incident" that say something else than the field "/incident" of incident.opened,
/// as JSON pointers; what is changed later by entries of its own is not compared.
[[nodiscard]] std::vector<std::string> incidentContradictions(const Json& bundle,
                                                              const Json& committed);

/// The same of "/violation" and of one of "/steps" with the field "/decision" of decision.recorded.
[[nodiscard]] std::vector<std::string> violationContradictions(const Json& bundle,
                                                               const Json& committed);
[[nodiscard]] std::vector<std::string> stepContradictions(const Json& step,
                                                          const std::string& pointer,
                                                          const Json& committed);

} // namespace exhibit::evidence
