// SPDX-License-Identifier: Apache-2.0
#include "ui/detail/detail_panes.h"

#include "ui/detail/record_pane.h"

namespace exhibit::ui {

void registerDetailPanes(PaneRegistry& registry)
{
    registry.add(Pane{"record",
                      QT_TRANSLATE_NOOP("Panes", "Record"),
                      Icon::Report,
                      [](const Services& services, QWidget* parent) -> QWidget* {
                          return new RecordPane(services, parent);
                      },
                      Placement::Right,
                      true,
                      420});
}

} // namespace exhibit::ui
