// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/windows/pane_registry.h"

namespace exhibit::ui {

/// The workspace that opens and verifies evidence.
void registerCertificatePage(PaneRegistry& registry);

} // namespace exhibit::ui
