// SPDX-License-Identifier: Apache-2.0
#include "ui/windows/pane_registry.h"

#include <QDockWidget>

namespace exhibit::ui {
namespace {

QWidget& contentOf(QWidget& pane)
{
    auto* dock = qobject_cast<QDockWidget*>(&pane);
    return dock != nullptr ? *dock->widget() : pane;
}

} // namespace

const Pane* PaneRegistry::find(const QString& id) const
{
    for (const auto& pane : m_panes) {
        if (id == QLatin1StringView(pane.id)) {
            return &pane;
        }
    }
    return nullptr;
}

QJsonObject PaneRegistry::statesOf(const QHash<QString, QWidget*>& panes) const
{
    QJsonObject states;
    for (auto each = panes.begin(); each != panes.end(); ++each) {
        const Pane* pane = find(each.key());
        if (pane != nullptr && pane->state != nullptr) {
            states.insert(each.key(), pane->state(contentOf(*each.value())));
        }
    }
    return states;
}

void PaneRegistry::restore(const QHash<QString, QWidget*>& panes, const QJsonObject& states) const
{
    for (auto each = panes.begin(); each != panes.end(); ++each) {
        const Pane* pane = find(each.key());
        const QJsonValue state = states.value(each.key());
        if (pane != nullptr && pane->restore != nullptr && state.isObject()) {
            pane->restore(contentOf(*each.value()), state.toObject());
        }
    }
}

} // namespace exhibit::ui
