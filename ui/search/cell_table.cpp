// SPDX-License-Identifier: Apache-2.0
#include "ui/search/cell_table.h"

#include "ui/itemmodels/results_model.h"
#include "ui/search/result_delegate.h"
#include "ui/theme/fonts.h"
#include "ui/theme/style.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHeaderView>
#include <QKeyEvent>

namespace exhibit::ui {

CellTable::CellTable(QAbstractItemModel& model, const QString& name, QWidget* parent)
    : QTableView(parent)
{
    setModel(&model);
    setItemDelegate(new ResultDelegate(this)); // This owns it.
    setAccessibleName(name);
    setSelectionBehavior(SelectRows);
    setShowGrid(false);
    setFrameShape(QFrame::NoFrame);
    setWordWrap(false);
    setTabKeyNavigation(false);
    setContextMenuPolicy(Qt::CustomContextMenu);
    verticalHeader()->hide();
    verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    verticalHeader()->setMinimumSectionSize(scaled(24)); // First: it bounds the default.
    verticalHeader()->setDefaultSectionSize(scaled(24));
    horizontalHeader()->setHighlightSections(false);
    horizontalHeader()->setSectionsMovable(true);
    horizontalHeader()->setFixedHeight(scaled(24));
    horizontalHeader()->setFont(typeFont(TypeRole::Small));
    horizontalHeader()->setContextMenuPolicy(Qt::CustomContextMenu);
}

/// An id without its middle, or a time without its zone, is of no use elsewhere.
void CellTable::keyPressEvent(QKeyEvent* event)
{
    if (!event->matches(QKeySequence::Copy)) {
        return QTableView::keyPressEvent(event);
    }
    const QVariant whole = currentIndex().data(kCopyRole);
    if (whole.isValid()) {
        QGuiApplication::clipboard()->setText(whole.toString());
    }
}

} // namespace exhibit::ui
