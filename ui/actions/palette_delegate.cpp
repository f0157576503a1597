// SPDX-License-Identifier: Apache-2.0
#include "ui/actions/palette_delegate.h"

#include "ui/actions/command_palette.h"
#include "ui/theme/fonts.h"
#include "ui/theme/key_cap.h"
#include "ui/theme/style.h"

#include <QPainter>

namespace exhibit::ui {
namespace {

/// Draws `text` with the letters at `positions` bold and underlined; returns the width.
int paintMatched(QPainter& painter, QPoint at, const QString& text, const QList<int>& positions)
{
    const QFont plain = typeFont(TypeRole::Body);
    QFont marked = boldFont(TypeRole::Body);
    marked.setUnderline(true);
    int x = at.x();
    for (qsizetype begin = 0; begin < text.size();) {
        const bool hit = positions.contains(static_cast<int>(begin));
        qsizetype end = begin;
        while (end < text.size() && positions.contains(static_cast<int>(end)) == hit) {
            ++end;
        }
        painter.setFont(hit ? marked : plain);
        const QString piece = text.mid(begin, end - begin);
        painter.drawText(x, at.y(), piece);
        x += painter.fontMetrics().horizontalAdvance(piece);
        begin = end;
    }
    return x - at.x();
}

} // namespace

void PaletteDelegate::paint(QPainter* painter,
                            const QStyleOptionViewItem& option,
                            const QModelIndex& index) const
{
    painter->save();
    const QRect rect = option.rect;
    const QString text = index.data(Qt::DisplayRole).toString();
    if (index.data(kHeadingRole).toBool()) {
        painter->setFont(boldFont(TypeRole::Caption));
        painter->setPen(colour(Role::Text3));
        painter->drawText(rect.adjusted(scaled(12), 0, 0, -scaled(2)), Qt::AlignBottom, text);
        painter->restore();
        return;
    }
    if (option.state & QStyle::State_Selected) {
        painter->fillRect(rect, colour(Role::Sel));
    }
    const bool loud = Theme::instance().isHighContrast() && (option.state & QStyle::State_Selected);
    const QColor main = colour(loud ? Role::SelText : Role::Text);
    const auto symbol = static_cast<Icon>(index.data(kIconRole).toInt());
    const int side = scaled(14);
    paintIcon(*painter,
              symbol,
              QRect(rect.left() + scaled(12), rect.center().y() - side / 2, side, side),
              colour(loud ? Role::SelText : Role::Text2));
    painter->setPen(main);
    const QFontMetrics metrics(typeFont(TypeRole::Body));
    const QPoint at(rect.left() + scaled(36),
                    rect.center().y() + metrics.ascent() / 2 - metrics.descent() / 4);
    const int width
        = paintMatched(*painter, at, text, index.data(kPositionsRole).value<QList<int>>());
    painter->setFont(typeFont(TypeRole::Small));
    painter->setPen(colour(loud ? Role::SelText : Role::Text2));
    painter->drawText(at + QPoint(width + scaled(10), 0), index.data(kDetailRole).toString());
    if (const QString keys = index.data(kKeyRole).toString(); !keys.isEmpty()) {
        const int cap = keyCapWidth(keys);
        paintKeyCap(
            *painter, keys, QRect(rect.right() - scaled(12) - cap, rect.top(), cap, rect.height()));
    }
    painter->restore();
}

QSize PaletteDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    Q_UNUSED(option);
    return {0, scaled(index.data(kHeadingRole).toBool() ? 26 : 30)};
}

} // namespace exhibit::ui
