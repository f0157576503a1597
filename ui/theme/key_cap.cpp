// SPDX-License-Identifier: Apache-2.0
#include "ui/theme/key_cap.h"

#include "ui/theme/fonts.h"
#include "ui/theme/style.h"
#include "ui/theme/theme.h"

#include <QFontMetrics>
#include <QPainter>

namespace exhibit::ui {

QString keyCapText(const QKeySequence& keys)
{
    // Both keys are meant; "Enter" is what stands on most keyboards.
    return keys.toString(QKeySequence::NativeText)
        .replace(QLatin1String("Return"), QLatin1String("Enter"));
}

int keyCapWidth(const QString& keys)
{
    const int width = QFontMetrics(typeFont(TypeRole::Caption)).horizontalAdvance(keys);
    return std::max(width + scaled(8), scaled(17));
}

void paintKeyCap(QPainter& painter, const QString& keys, const QRect& box, bool enabled)
{
    painter.save();
    painter.setFont(typeFont(TypeRole::Caption));
    const int height = scaled(17);
    const QRect cap(box.left(), box.center().y() - height / 2, keyCapWidth(keys), height);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(colour(Role::Line2));
    painter.setBrush(Qt::NoBrush);
    painter.drawRoundedRect(QRectF(cap).adjusted(0.5, 0.5, -0.5, -0.5), 2, 2);
    painter.setPen(colour(enabled ? Role::Text2 : Role::Disabled));
    painter.drawText(cap, Qt::AlignCenter, keys);
    painter.restore();
}

} // namespace exhibit::ui
