// SPDX-License-Identifier: Apache-2.0
#include "ui/theme/fonts.h"
#include "ui/theme/icons.h"
#include "ui/theme/key_cap.h"
#include "ui/theme/style.h"
#include "ui/theme/style_parts.h"

#include <QPainter>
#include <QToolButton>

namespace exhibit::ui::parts {
namespace {

constexpr int kPadding = 8;
constexpr int kGap = 6;
constexpr int kChevron = 9;

/// What stands in a tool button, from its start to its end, with the widths of the pieces.
struct Content {
    int icon = 0;
    int text = 0;
    int keys = 0;
    int chevron = 0;
    QString label;
    QString keyText;

    [[nodiscard]] int width() const
    {
        const int pieces = (icon > 0) + (text > 0) + (keys > 0) + (chevron > 0);
        return icon + text + keys + chevron + std::max(0, pieces - 1) * scaled(kGap);
    }
};

/// "keyCap" shows the shortcut of the button's action behind its text.
Content contentOf(const QStyleOptionToolButton& option, const QWidget* widget)
{
    Content content;
    const bool iconOnly = option.toolButtonStyle == Qt::ToolButtonIconOnly || option.text.isEmpty();
    if (!option.icon.isNull() && option.toolButtonStyle != Qt::ToolButtonTextOnly) {
        content.icon = option.iconSize.width();
    }
    if (!iconOnly || option.icon.isNull()) {
        content.label = option.text;
        // As wide as when it is checked, so that the row does not move.
        QFont widest = option.font;
        const auto* button = qobject_cast<const QToolButton*>(widget);
        if (button != nullptr && button->isCheckable()) {
            widest.setWeight(QFont::DemiBold);
        }
        content.text = QFontMetrics(widest).horizontalAdvance(content.label) + 2;
    }
    const auto* button = qobject_cast<const QToolButton*>(widget);
    if (button != nullptr && button->property("keyCap").toBool() && button->defaultAction()) {
        content.keyText = keyCapText(button->defaultAction()->shortcut());
        content.keys = content.keyText.isEmpty() ? 0 : keyCapWidth(content.keyText);
    }
    if (option.features & QStyleOptionToolButton::HasMenu) {
        content.chevron = scaled(kChevron);
    }
    return content;
}

} // namespace

QSize toolButtonSize(const QStyleOptionToolButton& option, const QWidget* widget)
{
    const Content content = contentOf(option, widget);
    const bool iconOnly = content.text == 0;
    const int height
        = iconOnly ? scaled(24) : std::max(scaled(24), option.fontMetrics.height() + scaled(10));
    return {std::max(height, content.width() + 2 * scaled(iconOnly ? 5 : kPadding)), height};
}

void toolButtonContent(QPainter& painter,
                       const QStyleOptionToolButton& option,
                       const QWidget* widget)
{
    const Content content = contentOf(option, widget);
    const bool enabled = option.state & QStyle::State_Enabled;
    const bool checked = option.state & QStyle::State_On;
    const bool framed = widget != nullptr && widget->property("framed").toBool();
    const Role tint = !enabled ? Role::Disabled : checked || framed ? Role::Text : Role::Text2;
    const QRect& rect = option.rect;
    int x = rect.left() + (rect.width() - content.width()) / 2;
    const auto take = [&](int width) {
        const QRect logical(x, rect.top(), width, rect.height());
        x += width + scaled(kGap);
        return QStyle::visualRect(option.direction, rect, logical);
    };
    painter.save();
    if (content.icon > 0) {
        const QRect box = take(content.icon);
        const QRect square(
            box.left(), rect.center().y() - content.icon / 2, box.width(), box.width());
        const auto mode = enabled ? QIcon::Normal : QIcon::Disabled;
        option.icon.paint(
            &painter, square, Qt::AlignCenter, mode, checked ? QIcon::On : QIcon::Off);
    }
    if (content.text > 0) {
        QFont font = option.font;
        if (checked && option.toolButtonStyle == Qt::ToolButtonTextBesideIcon) {
            font.setWeight(QFont::DemiBold);
        }
        painter.setFont(font);
        painter.setPen(colour(tint));
        painter.drawText(take(content.text),
                         Qt::AlignVCenter | Qt::TextSingleLine | Qt::TextHideMnemonic,
                         content.label);
    }
    if (content.keys > 0) {
        paintKeyCap(painter, content.keyText, take(content.keys), enabled);
    }
    if (content.chevron > 0) {
        const QRect box = take(content.chevron);
        paintIcon(
            painter,
            Icon::ChevronDown,
            QRectF(box.left(), rect.center().y() - box.width() / 2.0, box.width(), box.width()),
            colour(tint));
    }
    painter.restore();
}

void menuBarItem(QPainter& painter, const QStyleOptionMenuItem& option)
{
    painter.save();
    painter.fillRect(option.rect, colour(Role::Window));
    const bool open = option.state & QStyle::State_Sunken;
    if ((option.state & QStyle::State_Selected) || open) {
        painter.fillRect(option.rect, colour(open ? Role::Pressed : Role::Hover));
    }
    painter.setPen(colour(option.state & QStyle::State_Enabled ? Role::Text : Role::Disabled));
    painter.drawText(
        option.rect, Qt::AlignCenter | Qt::TextSingleLine | Qt::TextHideMnemonic, option.text);
    painter.restore();
}

} // namespace exhibit::ui::parts
