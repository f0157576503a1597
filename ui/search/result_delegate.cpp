// SPDX-License-Identifier: Apache-2.0
#include "ui/search/result_delegate.h"

#include "ui/itemmodels/results_model.h"
#include "ui/text.h"
#include "ui/theme/fonts.h"
#include "ui/theme/icons.h"
#include "ui/theme/style.h"

#include <QAbstractItemView>
#include <QApplication>
#include <QMouseEvent>
#include <QPainter>
#include <QTableView>

namespace exhibit::ui {
namespace {

constexpr int kPadding = 8;
constexpr int kMarkSide = 13;

/// Of a row that is not here yet: a bar where the text will stand, not as long as the cell.
void paintPlaceholder(QPainter& painter, const QRect& rect, const QModelIndex& index)
{
    const int length = rect.width() * (50 + (index.row() * 37 + index.column() * 53) % 35) / 100;
    painter.fillRect(QRect(rect.left(), rect.center().y() - 3, length, 7), colour(Role::PlotSpan));
}

/// The end of quoted text from the first word on that leaves room for it; titles lose their end.
QString fitted(const QFontMetrics& metrics, const QString& text, int width)
{
    if (!text.startsWith(kOpenQuote) || metrics.horizontalAdvance(text) <= width) {
        return metrics.elidedText(text, Qt::ElideRight, width);
    }
    for (auto at = text.indexOf(QLatin1Char(' ')); at >= 0;
         at = text.indexOf(QLatin1Char(' '), at + 1)) {
        const QString end = kOpenQuote + QChar(0x2026) + text.mid(at);
        if (metrics.horizontalAdvance(end) <= width) {
            return end;
        }
    }
    return metrics.elidedText(text, Qt::ElideLeft, width);
}

QColor textColour(const QStyleOptionViewItem& option, const QModelIndex& index, bool loud)
{
    if (loud) {
        return colour(Role::SelText);
    }
    if (index.data(kStaleRole).toBool() || !(option.state & QStyle::State_Enabled)) {
        return colour(Role::Text2);
    }
    return colour(Role::Text);
}

/// The current row of the pane with the focus is outlined, cell by cell.
void paintCurrent(QPainter& painter, const QStyleOptionViewItem& option, const QModelIndex& index)
{
    const auto* view = qobject_cast<const QTableView*>(option.widget);
    if (view == nullptr || view->currentIndex().row() != index.row() || !view->hasFocus()) {
        return;
    }
    const bool contrast = Theme::instance().isHighContrast();
    const QRect box = contrast ? option.rect.adjusted(0, 2, 0, -2) : option.rect;
    painter.setPen(QPen(colour(contrast ? Role::SelText : Role::Accent), contrast ? 2 : 1));
    painter.drawLine(box.topLeft(), box.topRight());
    painter.drawLine(box.bottomLeft(), box.bottomRight());
}

} // namespace

void ResultDelegate::paint(QPainter* painter,
                           const QStyleOptionViewItem& option,
                           const QModelIndex& index) const
{
    if (index.data(kGroupRole).isValid()) {
        return; // The view paints headers of groups, across all columns.
    }
    QStyle* style = option.widget ? option.widget->style() : QApplication::style();
    QStyleOptionViewItem row = option;
    if (index.row() % 2 == 1) {
        row.features |= QStyleOptionViewItem::Alternate;
    }
    style->drawPrimitive(QStyle::PE_PanelItemViewItem, &row, painter, option.widget);
    painter->save();
    const QRect inner = option.rect.adjusted(scaled(kPadding), 0, -scaled(kPadding), 0);
    if (index.data(kPendingRole).toBool()) {
        paintPlaceholder(*painter, inner, index);
        painter->restore();
        return;
    }
    const auto* view = qobject_cast<const QAbstractItemView*>(option.widget);
    const bool selected
        = (option.state & QStyle::State_Selected) && view != nullptr && view->hasFocus();
    const bool loud = selected && Theme::instance().isHighContrast();
    const auto kind = static_cast<CellKind>(index.data(kCellKindRole).toInt());
    QRect text = inner;
    QColor tint = textColour(option, index, loud);
    if (kind == CellKind::Mark) {
        const auto mark = static_cast<Mark>(index.data(kMarkRole).toInt());
        const int side = scaled(kMarkSide);
        const QRect box
            = QStyle::visualRect(option.direction,
                                 inner,
                                 QRect(inner.left(), inner.center().y() - side / 2, side, side));
        paintMark(*painter, mark, QRectF(box).center(), side, loud ? tint : QColor());
        text = QStyle::visualRect(
            option.direction, inner, inner.adjusted(side + scaled(6), 0, 0, 0));
        tint = loud || mark == Mark::None ? tint : colour(roleOf(mark));
    }
    painter->setFont(typeFont(kind == CellKind::Evidence ? TypeRole::Mono : TypeRole::Table));
    painter->setPen(tint);
    const int aligned = kind == CellKind::Number ? Qt::AlignRight : Qt::AlignLeft;
    painter->drawText(text,
                      int(QStyle::visualAlignment(option.direction, Qt::Alignment(aligned)))
                          | Qt::AlignVCenter | Qt::TextSingleLine,
                      fitted(painter->fontMetrics(), index.data().toString(), text.width()));
    paintCurrent(*painter, option, index);
    painter->restore();
}

void FacetDelegate::paint(QPainter* painter,
                          const QStyleOptionViewItem& option,
                          const QModelIndex& index) const
{
    QStyle* style = option.widget ? option.widget->style() : QApplication::style();
    style->drawPrimitive(QStyle::PE_PanelItemViewItem, &option, painter, option.widget);
    painter->save();
    const QRect rect = option.rect.adjusted(scaled(8), 0, -scaled(6), 0);
    const auto place
        = [&](const QRect& box) { return QStyle::visualRect(option.direction, rect, box); };
    if (!index.parent().isValid()) {
        paintHeading(*painter, index, rect, option.state.testFlag(QStyle::State_Open));
        painter->restore();
        return;
    }
    int x = rect.left();
    if (index.data(Qt::CheckStateRole).isValid()) {
        QStyleOptionButton box;
        const int side = scaled(13);
        box.rect = place(QRect(x, rect.center().y() - side / 2, side, side));
        box.state = QStyle::State_Enabled
            | (index.data(Qt::CheckStateRole).toInt() == Qt::Checked ? QStyle::State_On
                                                                     : QStyle::State_Off);
        style->drawPrimitive(QStyle::PE_IndicatorCheckBox, &box, painter, nullptr);
    }
    x += scaled(20);
    if (const auto mark = static_cast<Mark>(index.data(kMarkRole).toInt()); mark != Mark::None) {
        const int side = scaled(13);
        paintMark(*painter,
                  mark,
                  QRectF(place(QRect(x, rect.center().y() - side / 2, side, side))).center(),
                  side);
        x += scaled(20);
    }
    painter->setFont(typeFont(TypeRole::Table));
    const bool about = index.data(kFacetAboutRole).toBool();
    const QString count = (about ? QString(QChar(0x2248)) + QChar(0x2009) : QString())
        + grouped(index.data(kFacetCountRole).toLongLong());
    const int counted = painter->fontMetrics().horizontalAdvance(count) + scaled(6);
    const QRect label(x, rect.top(), rect.right() - counted - x, rect.height());
    const bool quiet = m_stale || !(index.flags() & Qt::ItemIsSelectable);
    painter->setPen(colour(quiet ? Role::Text3 : Role::Text));
    painter->drawText(
        place(label),
        Qt::AlignVCenter | Qt::TextSingleLine,
        painter->fontMetrics().elidedText(index.data().toString(), Qt::ElideRight, label.width()));
    painter->setPen(colour(m_stale ? Role::Text3 : Role::Text2));
    const QRect end(rect.right() - counted, rect.top(), counted, rect.height());
    painter->drawText(place(end),
                      int(QStyle::visualAlignment(option.direction, Qt::AlignRight))
                          | Qt::AlignVCenter,
                      count);
    painter->restore();
}

void FacetDelegate::paintHeading(QPainter& painter,
                                 const QModelIndex& index,
                                 const QRect& rect,
                                 bool open) const
{
    const int side = scaled(9);
    const auto direction = painter.layoutDirection();
    const QRect sign(rect.left(), rect.center().y() - side / 2, side, side);
    const Icon closed = direction == Qt::RightToLeft ? Icon::ChevronLeft : Icon::ChevronRight;
    paintIcon(painter,
              open ? Icon::ChevronDown : closed,
              QStyle::visualRect(direction, rect, sign),
              colour(Role::Text2));
    painter.setFont(boldFont(TypeRole::Caption));
    painter.setPen(colour(Role::Text2));
    painter.drawText(QStyle::visualRect(direction, rect, rect.adjusted(scaled(16), 0, 0, 0)),
                     Qt::AlignVCenter,
                     index.data().toString());
}

QSize FacetDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    Q_UNUSED(option);
    Q_UNUSED(index);
    return {0, scaled(22)};
}

bool FacetDelegate::editorEvent(QEvent* event,
                                QAbstractItemModel* model,
                                const QStyleOptionViewItem& option,
                                const QModelIndex& index)
{
    Q_UNUSED(option);
    if (event->type() != QEvent::MouseButtonRelease || !index.data(Qt::CheckStateRole).isValid()) {
        return false;
    }
    const bool on = index.data(Qt::CheckStateRole).toInt() == Qt::Checked;
    return model->setData(index, on ? Qt::Unchecked : Qt::Checked, Qt::CheckStateRole);
}

} // namespace exhibit::ui
