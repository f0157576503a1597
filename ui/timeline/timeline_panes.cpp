// SPDX-License-Identifier: Apache-2.0
#include "ui/timeline/timeline_panes.h"

#include "ui/timeline/timeline_pane.h"

namespace exhibit::ui {

void registerTimelinePanes(PaneRegistry& registry)
{
    registry.add(
        Pane{"timeline",
             QT_TRANSLATE_NOOP("Panes", "Decision timeline"),
             Icon::Clock,
             [](const Services& services, QWidget* parent) -> QWidget* {
                 return new TimelinePane(services, parent);
             },
             Placement::Bottom,
             true,
             500,
             [](const QWidget& pane) { return static_cast<const TimelinePane&>(pane).state(); },
             [](QWidget& pane, const QJsonObject& state) {
                 static_cast<TimelinePane&>(pane).restore(state);
             }});
}

} // namespace exhibit::ui
