// SPDX-License-Identifier: Apache-2.0
// What is offered of the record that is shown: filters by its values, its tags, its id.
#include "ui/detail/pinned_selection.h"
#include "ui/detail/record_pane.h"
#include "ui/itemmodels/incident_columns.h"
#include "ui/text.h"
#include "ui/windows/incident_changes.h"

#include <QMenu>

namespace exhibit::ui {

using namespace Qt::StringLiterals;

void RecordPane::openMenu(QWidget& part, const QPoint& at)
{
    const auto* hit = m_shown->hit();
    if (hit == nullptr) {
        return;
    }
    auto* menu = new QMenu(this);
    menu->setObjectName(QStringLiteral("record.menu"));
    menu->setAttribute(Qt::WA_DeleteOnClose);
    for (const auto& column : incidentColumns()) {
        if (column.field) {
            m_services.selection->offerFilter(*menu, *column.field, column.raw(*hit));
        }
    }
    for (const auto& tag : hit->incident.tags) {
        m_services.selection->offerFilter(*menu, query::Field::Tag, tag);
    }
    if (!menu->isEmpty()) {
        menu->addSeparator();
    }
    auto* changes = IncidentChanges::of(m_services);
    for (const auto& tag : hit->incident.tags) {
        if (changes != nullptr) {
            const QString name = toQt(tag);
            connect(
                menu->addAction(tr("Remove tag %1").arg(inQuotes(name).replace(u'&', u"&&"_s))),
                &QAction::triggered,
                changes,
                [changes, name, incident = hit->incident] { changes->untag({incident}, name); });
        }
    }
    if (!m_shown->isPinned()) {
        menu->addAction(m_services.actions->action(u"edit.copy_id"));
    }
    menu->popup(part.mapToGlobal(at));
}

} // namespace exhibit::ui
