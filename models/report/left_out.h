// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/report/bundle.h"

#include <span>

namespace exhibit::report {

/// Takes out of the bundle what the fields of those paths say ("/facts", "/incident" ...), and what
/// was made of it: a field that a pack withholds does not go out in the bundle beside it. Ids,
/// times and enumerations by which the bundle is ordered stay. InvalidInput for a path whose
/// content the bundle cannot do without.
[[nodiscard]] Result<void> leaveOut(EvidenceBundle& bundle, std::span<const std::string> paths);

} // namespace exhibit::report
