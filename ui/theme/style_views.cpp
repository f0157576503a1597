// SPDX-License-Identifier: Apache-2.0
#include "ui/theme/fonts.h"
#include "ui/theme/icons.h"
#include "ui/theme/style_parts.h"

#include <QAbstractItemView>
#include <QPainter>

#include <optional>

namespace exhibit::ui::parts {
namespace {

bool viewHasFocus(const QWidget* widget)
{
    const auto* view = qobject_cast<const QAbstractItemView*>(widget);
    return view != nullptr && view->hasFocus();
}

/// Hairlines are drawn where two things meet, never around them.
bool hasNoFrame(QStyle::PrimitiveElement element)
{
    switch (element) {
    case QStyle::PE_PanelItemViewRow:
    case QStyle::PE_FrameFocusRect:
    case QStyle::PE_FrameStatusBarItem:
    case QStyle::PE_FrameDefaultButton:
    case QStyle::PE_FrameTabBarBase:
    case QStyle::PE_FrameTabWidget:
    case QStyle::PE_PanelStatusBar:
    case QStyle::PE_FrameDockWidget:
    case QStyle::PE_IndicatorToolBarHandle:
    case QStyle::PE_FrameButtonTool:
        return true;
    default:
        return false;
    }
}

/// The direction of an arrow that stands alone.
std::optional<Qt::ArrowType> arrowOf(QStyle::PrimitiveElement element, const QStyleOption& option)
{
    switch (element) {
    case QStyle::PE_IndicatorArrowDown:
        return Qt::DownArrow;
    case QStyle::PE_IndicatorArrowUp:
        return Qt::UpArrow;
    case QStyle::PE_IndicatorArrowLeft:
        return Qt::LeftArrow;
    case QStyle::PE_IndicatorArrowRight:
        return Qt::RightArrow;
    case QStyle::PE_IndicatorHeaderArrow: {
        const auto* header = qstyleoption_cast<const QStyleOptionHeader*>(&option);
        // Qt calls the ascending order "down": here the arrow points the way the values go.
        const bool up = header != nullptr && header->sortIndicator == QStyleOptionHeader::SortDown;
        return up ? Qt::UpArrow : Qt::DownArrow;
    }
    default:
        return std::nullopt;
    }
}

} // namespace

void row(QPainter& painter, const QStyleOptionViewItem& option, const QWidget* widget)
{
    if (option.state & QStyle::State_Selected) {
        painter.fillRect(option.rect, colour(viewHasFocus(widget) ? Role::Sel : Role::SelIdle));
    } else if (option.state & QStyle::State_MouseOver) {
        painter.fillRect(option.rect, colour(Role::Hover));
    } else if (option.features & QStyleOptionViewItem::Alternate) {
        painter.fillRect(option.rect, colour(Role::Alt));
    }
}

void headerSection(QPainter& painter, const QStyleOptionHeader& option)
{
    const bool pressed = option.state & QStyle::State_Sunken;
    const bool over = option.state & QStyle::State_MouseOver;
    painter.fillRect(option.rect,
                     colour(pressed    ? Role::Pressed
                                : over ? Role::Hover
                                       : Role::Panel));
    painter.setPen(colour(Role::Hairline));
    painter.drawLine(option.rect.bottomLeft(), option.rect.bottomRight());
    const bool last = option.position == QStyleOptionHeader::End
        || option.position == QStyleOptionHeader::OnlyOneSection;
    if (!last && option.orientation == Qt::Horizontal) {
        const int x
            = option.direction == Qt::RightToLeft ? option.rect.left() : option.rect.right();
        painter.drawLine(x, option.rect.top(), x, option.rect.bottom());
    }
}

void tab(QPainter& painter, const QStyleOptionTab& option)
{
    const bool selected = option.state & QStyle::State_Selected;
    const bool over = option.state & QStyle::State_MouseOver;
    const QColor ground = selected ? colour(Role::Base)
        : over                     ? colour(Role::Hover)
                                   : colour(Role::Panel);
    painter.fillRect(option.rect, ground);
    painter.setPen(colour(Role::Hairline));
    painter.drawLine(option.rect.topRight(), option.rect.bottomRight());
    if (!selected) {
        painter.drawLine(option.rect.bottomLeft(), option.rect.bottomRight());
    } else {
        painter.drawLine(option.rect.topLeft(), option.rect.bottomLeft());
    }
    if (option.state & QStyle::State_HasFocus) {
        focusRing(painter, option.rect.adjusted(1, 1, -1, -1));
    }
}

void separator(QPainter& painter, const QRect& rect)
{
    const bool horizontal = rect.width() > rect.height();
    painter.fillRect(rect, colour(Role::Window));
    painter.setPen(colour(Role::Hairline));
    const QPoint middle = rect.center();
    if (horizontal) {
        painter.drawLine(rect.left(), middle.y(), rect.right(), middle.y());
    } else {
        painter.drawLine(middle.x(), rect.top(), middle.x(), rect.bottom());
    }
}

bool drawFlat(QPainter& painter, QStyle::PrimitiveElement element, const QStyleOption& option)
{
    if (hasNoFrame(element)) {
        return true;
    }
    if (const auto arrow = arrowOf(element, option)) {
        chevron(painter, option, *arrow);
        return true;
    }
    switch (element) {
    case QStyle::PE_IndicatorDockWidgetResizeHandle:
        separator(painter, option.rect);
        return true;
    case QStyle::PE_IndicatorToolBarSeparator: {
        const int x = option.rect.center().x();
        painter.setPen(colour(Role::Hairline));
        painter.drawLine(x, option.rect.top() + 8, x, option.rect.bottom() - 8);
        return true;
    }
    case QStyle::PE_FrameMenu:
    case QStyle::PE_PanelTipLabel:
        painter.fillRect(option.rect, colour(Role::Base));
        painter.setPen(colour(Role::Control));
        painter.drawRect(option.rect.adjusted(0, 0, -1, -1));
        return true;
    case QStyle::PE_IndicatorBranch:
        if (option.state & QStyle::State_Children) {
            const bool open = option.state & QStyle::State_Open;
            chevron(painter, option, open ? Qt::DownArrow : Qt::RightArrow);
        }
        return true;
    default:
        return false;
    }
}

} // namespace exhibit::ui::parts
