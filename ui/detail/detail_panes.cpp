// SPDX-License-Identifier: Apache-2.0
#include "ui/detail/detail_panes.h"

#include "ui/detail/record_pane.h"

#include <QTabWidget>

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
                      420,
                      [](const QWidget& pane) {
                          const auto& tabs = static_cast<const RecordPane&>(pane).tabs();
                          return QJsonObject{{QStringLiteral("tab"), tabs.currentIndex()}};
                      },
                      [](QWidget& pane, const QJsonObject& state) {
                          const int tab = state.value(QStringLiteral("tab")).toInt();
                          static_cast<RecordPane&>(pane).tabs().setCurrentIndex(tab);
                      }});
}

} // namespace exhibit::ui
