// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/domain/incident_source.h"

#include <QString>

namespace exhibit::ui {

/// A stopped run or an alert of the live view in one line: what, why, and by whom. Empty for what
/// other parts of the window tell of.
[[nodiscard]] QString newsOf(const domain::LiveEvent& event);

} // namespace exhibit::ui
