// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/filter_chip.h"

#include "ui/theme/fonts.h"
#include "ui/theme/icons.h"
#include "ui/theme/style.h"

#include <QKeyEvent>
#include <QPainter>

namespace exhibit::ui {
namespace {

constexpr int kPadding = 8;
constexpr int kGap = 6;
constexpr int kCross = 9;
constexpr int kValueWidthMax = 320;

} // namespace

FilterChip::FilterChip(const QString& name, const QString& value, QWidget* parent)
    : QAbstractButton(parent)
    , m_name(name)
    , m_value(value)
{
    setFocusPolicy(Qt::StrongFocus);
    setCursor(Qt::PointingHandCursor);
    setAttribute(Qt::WA_Hover);
    setAccessibleName(tr("Filter %1 %2").arg(name, value));
    setAccessibleDescription(tr("Enter edits, Delete removes"));
    setToolTip(value);
    connect(this, &QAbstractButton::clicked, this, &FilterChip::edited);
}

QSize FilterChip::sizeHint() const
{
    const QFontMetrics names(typeFont(TypeRole::Small));
    const int value = std::min(names.horizontalAdvance(m_value), scaled(kValueWidthMax));
    const int width
        = names.horizontalAdvance(m_name) + value + scaled(2 * kPadding + 2 * kGap + kCross);
    return {width, scaled(22)};
}

QRect FilterChip::crossRect() const
{
    const int side = scaled(kCross);
    const QRect box(width() - scaled(kPadding) - side, (height() - side) / 2, side, side);
    return QStyle::visualRect(layoutDirection(), rect(), box);
}

void FilterChip::paintEvent(QPaintEvent* event)
{
    Q_UNUSED(event);
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QColor edge = hasFocus() ? colour(Role::Accent) : colour(Role::Line2);
    painter.setPen(QPen(edge, hasFocus() ? 2 : 1));
    painter.setBrush(colour(underMouse() ? Role::Hover : Role::Base));
    const double inset = hasFocus() ? 1 : 0.5;
    painter.drawRoundedRect(QRectF(rect()).adjusted(inset, inset, -inset, -inset), 3, 3);
    painter.setFont(typeFont(TypeRole::Small));
    const QRect inner = rect().adjusted(scaled(kPadding), 0, -scaled(2 * kPadding + kCross - 2), 0);
    const int names = painter.fontMetrics().horizontalAdvance(m_name);
    const auto place
        = [&](const QRect& box) { return QStyle::visualRect(layoutDirection(), rect(), box); };
    painter.setPen(colour(Role::Text2));
    painter.drawText(place(QRect(inner.left(), 0, names, height())), Qt::AlignVCenter, m_name);
    const QRect value(
        inner.left() + names + scaled(kGap), 0, inner.width() - names - scaled(kGap) + 2, height());
    painter.setPen(colour(Role::Text));
    painter.drawText(place(value),
                     Qt::AlignVCenter,
                     painter.fontMetrics().elidedText(m_value, Qt::ElideRight, value.width()));
    paintIcon(painter, Icon::Close, crossRect(), colour(Role::Text2));
}

void FilterChip::keyPressEvent(QKeyEvent* event)
{
    switch (event->key()) {
    case Qt::Key_Delete:
    case Qt::Key_Backspace:
        Q_EMIT removed();
        return;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        Q_EMIT edited();
        return;
    default:
        QAbstractButton::keyPressEvent(event);
    }
}

void FilterChip::mouseReleaseEvent(QMouseEvent* event)
{
    if (crossRect().adjusted(-4, -6, 6, 6).contains(event->position().toPoint())) {
        setDown(false);
        Q_EMIT removed();
        return;
    }
    QAbstractButton::mouseReleaseEvent(event);
}

} // namespace exhibit::ui
