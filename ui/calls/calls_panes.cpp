// SPDX-License-Identifier: Apache-2.0
#include "ui/calls/calls_panes.h"

#include "ui/calls/calls_pane.h"

namespace exhibit::ui {

void registerCallsPanes(PaneRegistry& registry)
{
    registry.add(Pane{"calls",
                      QT_TRANSLATE_NOOP("Panes", "Calls"),
                      Icon::Server,
                      [](const Services& services, QWidget* parent) -> QWidget* {
                          return new CallsPane(SearchController::of(services), parent);
                      },
                      Placement::Top,
                      false});
}

} // namespace exhibit::ui
