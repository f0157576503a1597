// SPDX-License-Identifier: Apache-2.0
#include "ui/search/results_view.h"

#include "ui/search/result_delegate.h"
#include "ui/theme/fonts.h"
#include "ui/theme/style.h"

#include <QHeaderView>
#include <QMenu>
#include <QScrollBar>
#include <QSettings>

namespace exhibit::ui {
namespace {

using namespace Qt::StringLiterals;

constexpr auto kStateKey = "results/columns.1"_L1;
constexpr int kStretchLeast = 160;

} // namespace

ResultsView::ResultsView(ResultsModel& model, QWidget* parent)
    : QTableView(parent)
{
    setModel(&model);
    setItemDelegate(new ResultDelegate(this)); // This owns it.
    setAccessibleName(tr("Results"));
    setSelectionBehavior(SelectRows);
    setSelectionMode(ExtendedSelection);
    setShowGrid(false);
    setFrameShape(QFrame::NoFrame);
    setWordWrap(false);
    setTabKeyNavigation(false);
    setHorizontalScrollMode(ScrollPerPixel);
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
    connect(horizontalHeader(), &QWidget::customContextMenuRequested, this, [this] {
        chooseColumns();
    });
    resetColumns();
    restoreColumns();
    connect(horizontalHeader(), &QHeaderView::sectionMoved, this, &ResultsView::saveColumns);
    connect(horizontalHeader(), &QHeaderView::sectionResized, this, [this] {
        if (!m_fitting) {
            saveColumns();
            fitStretched();
        }
    });
}

void ResultsView::resetColumns()
{
    m_fitting = true;
    for (std::size_t i = 0; i < incidentColumns().size(); ++i) {
        const auto& column = incidentColumns()[i];
        const int section = static_cast<int>(i);
        horizontalHeader()->moveSection(horizontalHeader()->visualIndex(section), section);
        setColumnHidden(section, !column.visible);
        setColumnWidth(section, scaled(column.width == 0 ? kStretchLeast : column.width));
    }
    m_fitting = false;
    fitStretched();
}

void ResultsView::restoreColumns()
{
    m_fitting = true;
    const QByteArray state = QSettings().value(kStateKey).toByteArray();
    if (!state.isEmpty() && !horizontalHeader()->restoreState(state)) {
        resetColumns();
    }
    m_fitting = false;
}

void ResultsView::saveColumns() const
{
    QSettings().setValue(kStateKey, horizontalHeader()->saveState());
}

void ResultsView::fitStretched()
{
    // Widths never jump after a filter change: only the room of the window decides.
    int others = 0;
    int stretched = -1;
    for (int i = 0; i < model()->columnCount(); ++i) {
        if (incidentColumns()[static_cast<std::size_t>(i)].width == 0) {
            stretched = i;
        } else if (!isColumnHidden(i)) {
            others += columnWidth(i);
        }
    }
    if (stretched >= 0 && !isColumnHidden(stretched)) {
        m_fitting = true;
        setColumnWidth(stretched, std::max(scaled(kStretchLeast), viewport()->width() - others));
        m_fitting = false;
    }
}

void ResultsView::resizeEvent(QResizeEvent* event)
{
    QTableView::resizeEvent(event);
    fitStretched();
}

void ResultsView::chooseColumns()
{
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    for (std::size_t i = 0; i < incidentColumns().size(); ++i) {
        const int section = static_cast<int>(i);
        auto* action = menu->addAction(columnHeader(incidentColumns()[i]));
        action->setCheckable(true);
        action->setChecked(!isColumnHidden(section));
        connect(action, &QAction::toggled, this, [this, section](bool on) {
            setColumnHidden(section, !on);
            if (on && columnWidth(section) < scaled(40)) {
                setColumnWidth(section, scaled(120));
            }
            saveColumns();
            fitStretched();
        });
    }
    menu->addSeparator();
    connect(menu->addAction(tr("Reset columns")), &QAction::triggered, this, [this] {
        resetColumns();
        saveColumns();
    });
    menu->popup(horizontalHeader()->mapToGlobal(QPoint(0, horizontalHeader()->height())));
}

QStringList ResultsView::visibleColumns() const
{
    QStringList ids;
    for (int visual = 0; visual < model()->columnCount(); ++visual) {
        const int section = horizontalHeader()->logicalIndex(visual);
        if (!isColumnHidden(section)) {
            ids << QString::fromLatin1(incidentColumns()[static_cast<std::size_t>(section)].id);
        }
    }
    return ids;
}

} // namespace exhibit::ui
