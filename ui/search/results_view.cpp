// SPDX-License-Identifier: Apache-2.0
#include "ui/search/results_view.h"

#include "ui/text.h"
#include "ui/theme/fonts.h"
#include "ui/theme/icons.h"
#include "ui/theme/style.h"
#include "ui/widgets/column_chooser.h"

#include <QApplication>
#include <QHeaderView>
#include <QKeyEvent>
#include <QPainter>
#include <QScrollBar>
#include <QSettings>

#include <algorithm>

namespace exhibit::ui {
namespace {

using namespace Qt::StringLiterals;

constexpr auto kStateKey = "results/columns.1"_L1;
constexpr int kStretchLeast = 160;
constexpr int kColumnLeast = 40; ///< A narrower one is taken for one that was hidden by dragging.
constexpr int kColumnShown = 120;
constexpr int kHomeColumn = 2;

} // namespace

ResultsView::ResultsView(ResultsModel& model, bool keepsColumns, QWidget* parent)
    : CellTable(model, tr("Results"), parent)
    , m_results(model)
    , m_keepsColumns(keepsColumns)
{
    setSelectionMode(ExtendedSelection);
    setHorizontalScrollMode(ScrollPerPixel);
    horizontalHeader()->setSortIndicatorShown(true);
    // Headers sort; they do not select a column of a million rows.
    disconnect(horizontalHeader(), &QHeaderView::sectionPressed, this, nullptr);
    disconnect(horizontalHeader(), &QHeaderView::sectionEntered, this, nullptr);
    connect(horizontalHeader(), &QHeaderView::sectionClicked, this, [this](int section) {
        Q_EMIT sortAsked(section, QApplication::keyboardModifiers() & Qt::ShiftModifier);
    });
    connect(this, &QAbstractItemView::clicked, this, &ResultsView::toggle);
    connect(horizontalHeader(), &QWidget::customContextMenuRequested, this, [this] {
        chooseColumns();
    });
    resetColumns();
    restoreColumns();
    connect(horizontalHeader(), &QHeaderView::sectionMoved, this, [this] {
        if (!m_fitting) {
            saveColumns();
            Q_EMIT columnsChanged();
        }
    });
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
    m_areOfSearch = false;
    for (std::size_t i = 0; i < incidentColumns().size(); ++i) {
        const auto& column = incidentColumns()[i];
        const int section = static_cast<int>(i);
        horizontalHeader()->moveSection(horizontalHeader()->visualIndex(section), section);
        setColumnHidden(section, !column.visible);
        setColumnWidth(section, scaled(column.width == 0 ? kStretchLeast : column.width));
    }
    m_fitting = false;
    fitStretched();
    Q_EMIT columnsChanged();
}

void ResultsView::showColumns(const QStringList& ids)
{
    QList<int> sections;
    for (std::size_t i = 0; i < incidentColumns().size(); ++i) {
        if (ids.contains(QLatin1StringView(incidentColumns()[i].id))) {
            sections << static_cast<int>(i);
        }
    }
    if (sections.isEmpty()) {
        return;
    }
    std::sort(sections.begin(), sections.end(), [&ids](int left, int right) {
        const auto place = [&ids](int section) {
            return ids.indexOf(
                QLatin1StringView(incidentColumns()[static_cast<std::size_t>(section)].id));
        };
        return place(left) < place(right);
    });
    m_fitting = true;
    m_areOfSearch = true;
    auto* header = horizontalHeader();
    for (int section = 0; section < model()->columnCount(); ++section) {
        const auto place = sections.indexOf(section);
        setColumnHidden(section, place < 0);
        if (place >= 0 && columnWidth(section) < scaled(kColumnLeast)) {
            setColumnWidth(section, scaled(kColumnShown));
        }
    }
    for (qsizetype place = 0; place < sections.size(); ++place) {
        header->moveSection(header->visualIndex(sections.at(place)), static_cast<int>(place));
    }
    m_fitting = false;
    leaveHiddenColumn();
    fitStretched();
    Q_EMIT columnsChanged();
}

void ResultsView::restoreColumns()
{
    m_fitting = true;
    const QByteArray state
        = m_keepsColumns ? QSettings().value(kStateKey).toByteArray() : QByteArray();
    if (!state.isEmpty() && !horizontalHeader()->restoreState(state)) {
        resetColumns();
    }
    m_fitting = false;
}

void ResultsView::saveColumns() const
{
    if (m_keepsColumns && !m_areOfSearch) {
        QSettings().setValue(kStateKey, horizontalHeader()->saveState());
    }
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
    ColumnChooser::open({*horizontalHeader(),
                         [this](int section, bool shown) { showColumnOf(section, shown); },
                         [this] {
                             resetColumns();
                             leaveHiddenColumn();
                             saveColumns();
                         }},
                        tr("Columns of incidents"),
                        window());
}

void ResultsView::showColumnOf(int section, bool shown)
{
    setColumnHidden(section, !shown);
    if (shown && columnWidth(section) < scaled(kColumnLeast)) {
        setColumnWidth(section, scaled(kColumnShown));
    }
    leaveHiddenColumn();
    m_areOfSearch = false; // Chosen one by one.
    saveColumns();
    fitStretched();
    Q_EMIT columnsChanged();
}

void ResultsView::leaveHiddenColumn()
{
    if (currentIndex().isValid() && isColumnHidden(currentIndex().column())) {
        selectionModel()->setCurrentIndex(model()->index(currentIndex().row(), homeColumn()),
                                          QItemSelectionModel::NoUpdate);
    }
}

int ResultsView::homeColumn() const
{
    if (!isColumnHidden(kHomeColumn)) {
        return kHomeColumn;
    }
    for (int visual = 0; visual < model()->columnCount(); ++visual) {
        if (const int section = horizontalHeader()->logicalIndex(visual);
            !isColumnHidden(section)) {
            return section;
        }
    }
    return 0;
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

void ResultsView::showOrder(const ResultOrder& order)
{
    for (std::size_t i = 0; i < incidentColumns().size(); ++i) {
        if (incidentColumns()[i].sort == order.sort) {
            horizontalHeader()->setSortIndicator(static_cast<int>(i),
                                                 order.order == domain::SearchOrder::Ascending
                                                     ? Qt::AscendingOrder
                                                     : Qt::DescendingOrder);
        }
    }
}

void ResultsView::toggle(const QModelIndex& header)
{
    const QVariant group = header.data(kGroupRole);
    if (group.isValid()) {
        const auto at = static_cast<std::size_t>(group.toInt());
        m_results.setGroupOpen(group.toInt(), !m_results.layout().groups()[at].isOpen);
    }
}

void ResultsView::keyPressEvent(QKeyEvent* event)
{
    const QVariant group = currentIndex().data(kGroupRole);
    const bool plain = event->modifiers() == Qt::NoModifier;
    if (group.isValid() && plain) {
        const bool mirrored = isRightToLeft();
        switch (event->key()) {
        case Qt::Key_Left:
            return m_results.setGroupOpen(group.toInt(), mirrored);
        case Qt::Key_Right:
            return m_results.setGroupOpen(group.toInt(), !mirrored);
        case Qt::Key_Space:
        case Qt::Key_Return:
        case Qt::Key_Enter:
            return toggle(currentIndex());
        default:
            break;
        }
    }
    CellTable::keyPressEvent(event);
}

void ResultsView::paintEvent(QPaintEvent* event)
{
    QTableView::paintEvent(event);
    if (!m_results.layout().isGrouped()) {
        return;
    }
    QPainter painter(viewport());
    const int last = rowAt(viewport()->height() - 1);
    const int end = last < 0 ? m_results.rowCount() - 1 : last;
    for (int row = rowAt(0); row >= 0 && row <= end; ++row) {
        const QModelIndex index = m_results.index(row, 0);
        if (index.data(kGroupRole).isValid()) {
            paintGroup(painter,
                       index,
                       QRect(0, rowViewportPosition(row), viewport()->width(), rowHeight(row)));
        }
    }
}

void ResultsView::paintGroup(QPainter& painter, const QModelIndex& header, const QRect& rect) const
{
    const auto& group
        = m_results.layout().groups()[static_cast<std::size_t>(header.data(kGroupRole).toInt())];
    const bool current = currentIndex().row() == header.row() && hasFocus();
    painter.fillRect(rect, colour(current ? Role::Sel : Role::Panel));
    painter.setPen(colour(Role::Hairline));
    painter.drawLine(rect.bottomLeft(), rect.bottomRight());
    const QColor ink = colour(current ? Role::SelText : Role::Text);
    const auto place = [&](int x, int width) {
        return QStyle::visualRect(
            layoutDirection(), rect, QRect(rect.left() + x, rect.top(), width, rect.height()));
    };
    const Icon sign = group.isOpen ? Icon::ChevronDown
        : isRightToLeft()          ? Icon::ChevronLeft
                                   : Icon::ChevronRight;
    paintIcon(painter, sign, place(scaled(8), scaled(9)), ink);
    int x = scaled(24);
    const auto mark = static_cast<Mark>(header.data(kMarkRole).toInt());
    if (mark != Mark::None) {
        const QRect box = place(x, scaled(13));
        paintMark(painter, mark, QRectF(box).center(), box.width(), current ? ink : QColor());
        x += scaled(19);
    }
    painter.setFont(boldFont(TypeRole::Table));
    painter.setPen(ink);
    const QString title = header.data().toString();
    const int width = std::min(painter.fontMetrics().horizontalAdvance(title) + scaled(12),
                               std::max(rect.width() - x - scaled(120), scaled(40)));
    const int left = int(QStyle::visualAlignment(layoutDirection(), Qt::AlignLeft));
    painter.drawText(place(x, width),
                     left | Qt::AlignVCenter | Qt::TextSingleLine,
                     painter.fontMetrics().elidedText(title, Qt::ElideRight, width));
    painter.setFont(typeFont(TypeRole::Table));
    painter.setPen(current ? ink : colour(Role::Text2));
    painter.drawText(place(x + width, scaled(110)),
                     left | Qt::AlignVCenter | Qt::TextSingleLine,
                     totalText(group.count, group.isEstimate));
}

} // namespace exhibit::ui
