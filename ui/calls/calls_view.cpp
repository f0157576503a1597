// SPDX-License-Identifier: Apache-2.0
#include "ui/calls/calls_view.h"

#include "ui/theme/style.h"
#include "ui/widgets/column_chooser.h"

#include <QHeaderView>
#include <QKeyEvent>
#include <QSettings>

namespace exhibit::ui {
namespace {

using namespace Qt::StringLiterals;

constexpr auto kColumnsKey = "calls/columns.2"_L1;

} // namespace

CallsView::CallsView(CallsModel& model, bool keepsColumns, QWidget* parent)
    : CellTable(model, tr("Calls"), parent)
    , m_keepsColumns(keepsColumns)
{
    setSelectionMode(SingleSelection);
    auto* header = horizontalHeader();
    resetColumns();
    restoreColumns();
    header->setSectionsClickable(false); // Newest first is the only order of calls.
    connect(header, &QWidget::customContextMenuRequested, this, &CallsView::chooseColumns);
    connect(header, &QHeaderView::sectionMoved, this, &CallsView::saveColumns);
    connect(header, &QHeaderView::sectionResized, this, [this, header](int section) {
        if (header->sectionResizeMode(section) != QHeaderView::Stretch) {
            saveColumns();
        }
    });
}

void CallsView::chooseColumns()
{
    ColumnChooser::open({*horizontalHeader(),
                         [this](int section, bool shown) {
                             setColumnHidden(section, !shown);
                             saveColumns();
                         },
                         [this] {
                             resetColumns();
                             saveColumns();
                         }},
                        tr("Columns of calls"),
                        window());
}

void CallsView::resetColumns()
{
    m_arranging = true;
    auto* header = horizontalHeader();
    for (std::size_t i = 0; i < callColumns().size(); ++i) {
        const int section = static_cast<int>(i);
        header->moveSection(header->visualIndex(section), section);
        setColumnHidden(section, !callColumns()[i].visible);
        if (callColumns()[i].width == 0) {
            header->setSectionResizeMode(section, QHeaderView::Stretch);
        } else {
            setColumnWidth(section, scaled(callColumns()[i].width));
        }
    }
    m_arranging = false;
}

/// Escape is the pane's; a list would look for a row that begins with it.
void CallsView::keyPressEvent(QKeyEvent* event)
{
    event->key() == Qt::Key_Escape ? event->ignore() : CellTable::keyPressEvent(event);
}

void CallsView::restoreColumns()
{
    const QByteArray state
        = m_keepsColumns ? QSettings().value(kColumnsKey).toByteArray() : QByteArray();
    if (!state.isEmpty() && !horizontalHeader()->restoreState(state)) {
        resetColumns();
    }
}

void CallsView::saveColumns() const
{
    if (m_keepsColumns && !m_arranging) {
        QSettings().setValue(kColumnsKey, horizontalHeader()->saveState());
    }
}

} // namespace exhibit::ui
