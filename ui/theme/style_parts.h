// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QStyle>
#include <QStyleOption>

class QPainter;
class QWidget;

/// The painting behind ConsoleStyle, by kind of control.
namespace exhibit::ui::parts {

void button(QPainter& painter, const QStyleOptionButton& option, const QWidget* widget);
void toolButton(QPainter& painter, const QStyleOption& option, const QWidget* widget);
void field(QPainter& painter, const QStyleOption& option, const QWidget* widget);
void checkBox(QPainter& painter, const QStyleOption& option, bool round);
/// The icon, text, key cap and chevron of a tool button; and the room they need.
void toolButtonContent(QPainter& painter,
                       const QStyleOptionToolButton& option,
                       const QWidget* widget);
[[nodiscard]] QSize toolButtonSize(const QStyleOptionToolButton& option, const QWidget* widget);
void menuBarItem(QPainter& painter, const QStyleOptionMenuItem& option);
void focusRing(QPainter& painter, const QRect& rect);
void comboBox(QPainter& painter, const QStyleOptionComboBox& option, const QWidget* widget);
void scrollBar(QPainter& painter, const QStyleOptionSlider& option, const QRect& slider);
void progress(QPainter& painter, const QStyleOptionProgressBar& option);
void chevron(QPainter& painter, const QStyleOption& option, Qt::ArrowType direction);

/// What is only a hairline, a chevron or nothing here; false for what Fusion draws.
[[nodiscard]] bool drawFlat(QPainter& painter,
                            QStyle::PrimitiveElement element,
                            const QStyleOption& option);
void row(QPainter& painter, const QStyleOptionViewItem& option, const QWidget* widget);
void headerSection(QPainter& painter, const QStyleOptionHeader& option);
void tab(QPainter& painter, const QStyleOptionTab& option);
void separator(QPainter& painter, const QRect& rect);

} // namespace exhibit::ui::parts
