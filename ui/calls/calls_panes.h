// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/windows/pane_registry.h"

namespace exhibit::ui {

void registerCallsPanes(PaneRegistry& registry);

} // namespace exhibit::ui
