// SPDX-License-Identifier: Apache-2.0
#include "ui/theme/icons.h"
#include "ui/theme/style_parts.h"

#include <QAbstractButton>
#include <QPainter>
#include <QWidget>

namespace exhibit::ui::parts {
namespace {

constexpr double kRadius = 3;

bool has(const QWidget* widget, const char* property)
{
    return widget != nullptr && widget->property(property).toBool();
}

void frame(QPainter& painter,
           const QRect& rect,
           const QColor& edge,
           const QColor& ground,
           double width = 1)
{
    painter.setRenderHint(QPainter::Antialiasing);
    const double inset = width / 2;
    painter.setPen(edge.alpha() == 0 ? QPen(Qt::NoPen) : QPen(edge, width));
    painter.setBrush(ground);
    painter.drawRoundedRect(QRectF(rect).adjusted(inset, inset, -inset, -inset), kRadius, kRadius);
}

QColor groundOf(const QStyleOption& option, Role normal)
{
    if (option.state & QStyle::State_Sunken) {
        return colour(Role::Pressed);
    }
    const bool over
        = (option.state & QStyle::State_MouseOver) && (option.state & QStyle::State_Enabled);
    return colour(over ? Role::Hover : normal);
}

} // namespace

void focusRing(QPainter& painter, const QRect& rect)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(colour(Role::Accent), 2));
    painter.setBrush(Qt::NoBrush);
    painter.drawRoundedRect(QRectF(rect).adjusted(1, 1, -1, -1), kRadius, kRadius);
    painter.restore();
}

void button(QPainter& painter, const QStyleOptionButton& option, const QWidget* widget)
{
    painter.save();
    const bool enabled = option.state & QStyle::State_Enabled;
    if (has(widget, "default") && enabled) {
        const bool down = option.state & QStyle::State_Sunken;
        frame(painter,
              option.rect,
              Qt::transparent,
              down ? colour(Role::Accent).darker(115) : colour(Role::Accent));
    } else {
        const QColor edge = !enabled ? colour(Role::Line2)
            : has(widget, "danger")  ? colour(Role::Failed)
                                     : colour(Role::Control);
        frame(painter, option.rect, edge, groundOf(option, Role::Base));
    }
    if (option.state & QStyle::State_HasFocus) {
        focusRing(painter, option.rect);
    }
    painter.restore();
}

void toolButton(QPainter& painter, const QStyleOption& option, const QWidget* widget)
{
    painter.save();
    const auto* abstract = qobject_cast<const QAbstractButton*>(widget);
    const bool checked = option.state & QStyle::State_On;
    const bool over
        = (option.state & QStyle::State_MouseOver) && (option.state & QStyle::State_Enabled);
    if (has(widget, "framed") && !(option.state & QStyle::State_Sunken)) {
        const QColor edge
            = colour(option.state & QStyle::State_Enabled ? Role::Control : Role::Line2);
        frame(painter, option.rect, edge, colour(over ? Role::Hover : Role::Base));
    } else if (option.state & QStyle::State_Sunken) {
        frame(painter, option.rect, Qt::transparent, colour(Role::Pressed));
    } else if (checked) {
        frame(painter, option.rect, colour(Role::Line2), colour(Role::Base));
    } else if (over) {
        frame(painter, option.rect, Qt::transparent, colour(Role::Hover));
    }
    if (abstract != nullptr && abstract->hasFocus() && (option.state & QStyle::State_HasFocus)) {
        focusRing(painter, option.rect);
    }
    painter.restore();
}

void field(QPainter& painter, const QStyleOption& option, const QWidget* widget)
{
    painter.save();
    const bool focused = option.state & QStyle::State_HasFocus;
    QColor edge = colour(option.state & QStyle::State_Enabled ? Role::Control : Role::Line2);
    if (has(widget, "invalid")) {
        edge = colour(Role::Failed);
    } else if (focused) {
        edge = colour(Role::Accent);
    }
    frame(painter, option.rect, edge, colour(Role::Base), focused ? 2 : 1);
    painter.restore();
}

void checkBox(QPainter& painter, const QStyleOption& option, bool round)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    const bool on = option.state & QStyle::State_On;
    const bool partly = option.state & QStyle::State_NoChange;
    const bool enabled = option.state & QStyle::State_Enabled;
    const QRectF box = QRectF(option.rect).adjusted(0.5, 0.5, -0.5, -0.5);
    const QColor accent = colour(enabled ? Role::Accent : Role::Disabled);
    painter.setPen(QPen(on || partly ? accent : colour(enabled ? Role::Control : Role::Line2), 1));
    painter.setBrush(on ? accent : colour(Role::Base));
    if (round) {
        painter.drawEllipse(box);
        painter.setBrush(colour(Role::AccentText));
        painter.setPen(Qt::NoPen);
        if (on) {
            painter.drawEllipse(box.center(), box.width() / 5, box.width() / 5);
        }
    } else {
        painter.drawRoundedRect(box, 2, 2);
        painter.setPen(QPen(colour(on ? Role::AccentText : Role::Accent),
                            1.8,
                            Qt::SolidLine,
                            Qt::RoundCap,
                            Qt::RoundJoin));
        const double unit = box.width() / 13;
        if (on) {
            const QPointF tick[] = {box.topLeft() + QPointF(3, 6.800) * unit,
                                    box.topLeft() + QPointF(5.500, 9.200) * unit,
                                    box.topLeft() + QPointF(10, 4) * unit};
            painter.drawPolyline(tick, 3);
        } else if (partly) {
            painter.drawLine(box.topLeft() + QPointF(3.500, 6.500) * unit,
                             box.topLeft() + QPointF(9.500, 6.500) * unit);
        }
    }
    if (option.state & QStyle::State_HasFocus) {
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(colour(Role::Accent), 2));
        painter.drawRoundedRect(box.adjusted(-2, -2, 2, 2), 3, 3);
    }
    painter.restore();
}

void comboBox(QPainter& painter, const QStyleOptionComboBox& option, const QWidget* widget)
{
    Q_UNUSED(widget);
    painter.save();
    const bool focused = option.state & QStyle::State_HasFocus;
    const QColor edge = focused
        ? colour(Role::Accent)
        : colour(option.state & QStyle::State_Enabled ? Role::Control : Role::Line2);
    frame(painter, option.rect, edge, groundOf(option, Role::Base), focused ? 2 : 1);
    const QRectF arrow(option.direction == Qt::RightToLeft ? option.rect.left() + 8
                                                           : option.rect.right() - 18,
                       option.rect.center().y() - 5,
                       10,
                       10);
    paintIcon(painter, Icon::ChevronDown, arrow, colour(Role::Text2));
    painter.restore();
}

void scrollBar(QPainter& painter, const QStyleOptionSlider& option, const QRect& slider)
{
    painter.save();
    painter.fillRect(option.rect, colour(Role::Base));
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    const bool active = option.state & (QStyle::State_MouseOver | QStyle::State_Sunken);
    painter.setBrush(colour(active ? Role::Control : Role::Line2));
    const int inset = 3;
    painter.drawRoundedRect(slider.adjusted(inset, inset, -inset, -inset), 2, 2);
    painter.restore();
}

void progress(QPainter& painter, const QStyleOptionProgressBar& option)
{
    painter.fillRect(option.rect, colour(Role::PlotSpan));
    QRect done = option.rect;
    if (option.maximum > option.minimum) {
        const double share
            = double(option.progress - option.minimum) / (option.maximum - option.minimum);
        done.setWidth(static_cast<int>(done.width() * share));
    }
    painter.fillRect(done, colour(Role::Accent));
}

void chevron(QPainter& painter, const QStyleOption& option, Qt::ArrowType direction)
{
    const Icon which = direction == Qt::UpArrow ? Icon::ChevronUp
        : direction == Qt::LeftArrow            ? Icon::ChevronLeft
        : direction == Qt::RightArrow           ? Icon::ChevronRight
                                                : Icon::ChevronDown;
    const int side = std::min({option.rect.width(), option.rect.height(), 12});
    const QRect box(option.rect.center() - QPoint(side / 2, side / 2), QSize(side, side));
    const bool enabled = option.state & QStyle::State_Enabled;
    paintIcon(painter, which, box, colour(enabled ? Role::Text2 : Role::Disabled));
}

} // namespace exhibit::ui::parts
