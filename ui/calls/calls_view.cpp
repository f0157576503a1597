// SPDX-License-Identifier: Apache-2.0
#include "ui/calls/calls_view.h"

#include "ui/search/result_delegate.h"
#include "ui/theme/fonts.h"
#include "ui/theme/style.h"
#include "ui/widgets/column_chooser.h"

#include <QHeaderView>
#include <QSettings>

namespace exhibit::ui {
namespace {

using namespace Qt::StringLiterals;

constexpr auto kColumnsKey = "calls/columns.1"_L1;

} // namespace

CallsView::CallsView(CallsModel& model, bool keepsColumns, QWidget* parent)
    : QTableView(parent)
    , m_keepsColumns(keepsColumns)
{
    setModel(&model);
    setItemDelegate(new ResultDelegate(this)); // This owns it.
    setAccessibleName(tr("Calls"));
    setSelectionBehavior(SelectRows);
    setSelectionMode(SingleSelection);
    setShowGrid(false);
    setFrameShape(QFrame::NoFrame);
    setWordWrap(false);
    setTabKeyNavigation(false);
    setContextMenuPolicy(Qt::CustomContextMenu);
    verticalHeader()->hide();
    verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    verticalHeader()->setMinimumSectionSize(scaled(24));
    verticalHeader()->setDefaultSectionSize(scaled(24));
    auto* header = horizontalHeader();
    header->setHighlightSections(false);
    header->setFixedHeight(scaled(24));
    header->setFont(typeFont(TypeRole::Small));
    header->setSectionsMovable(true);
    header->setContextMenuPolicy(Qt::CustomContextMenu);
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
        setColumnHidden(section, false);
        if (callColumns()[i].width == 0) {
            header->setSectionResizeMode(section, QHeaderView::Stretch);
        } else {
            setColumnWidth(section, scaled(callColumns()[i].width));
        }
    }
    m_arranging = false;
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
