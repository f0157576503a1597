// SPDX-License-Identifier: Apache-2.0
#include "ui/windows/pane_registry.h"

namespace exhibit::ui {

const Pane* PaneRegistry::find(const QString& id) const
{
    for (const auto& pane : m_panes) {
        if (id == QLatin1StringView(pane.id)) {
            return &pane;
        }
    }
    return nullptr;
}

} // namespace exhibit::ui
