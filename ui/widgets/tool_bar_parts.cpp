// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/tool_bar_parts.h"

#include "ui/theme/fonts.h"
#include "ui/theme/key_cap.h"
#include "ui/theme/style.h"

#include <QAction>
#include <QLabel>
#include <QPainter>

namespace exhibit::ui {
namespace {

/// Painted, because a tool button cannot hold a key cap.
class PaletteField : public QToolButton {
public:
    PaletteField(QAction* action, QString hint, QWidget* parent)
        : QToolButton(parent)
        , m_keys(keyCapText(action->shortcut()))
        , m_hint(std::move(hint))
    {
        setAccessibleName(m_hint);
        setFocusPolicy(Qt::TabFocus);
        setAttribute(Qt::WA_Hover);
        connect(this, &QToolButton::clicked, action, &QAction::trigger);
    }
    [[nodiscard]] QSize sizeHint() const override { return {scaled(264), scaled(26)}; }

protected:
    void paintEvent(QPaintEvent* event) override
    {
        Q_UNUSED(event);
        QPainter painter(this);
        painter.setLayoutDirection(Qt::LeftToRight); // Sign, hint and cap keep their places.
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(QPen(colour(hasFocus() ? Role::Accent : Role::Control), hasFocus() ? 2 : 1));
        painter.setBrush(colour(underMouse() ? Role::Hover : Role::Base));
        painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3);
        const int side = scaled(13);
        paintIcon(painter,
                  Icon::Search,
                  QRect(scaled(10), (height() - side) / 2, side, side),
                  colour(Role::Text2));
        painter.setFont(typeFont(TypeRole::Body));
        painter.setPen(colour(Role::Text3));
        painter.drawText(rect().adjusted(scaled(32), 0, -scaled(60), 0), Qt::AlignVCenter, m_hint);
        const int cap = keyCapWidth(m_keys);
        paintKeyCap(painter, m_keys, QRect(width() - scaled(5) - cap, 0, cap, height()));
    }

private:
    QString m_keys;
    QString m_hint;
};

QFrame* rule(QWidget* parent, bool vertical)
{
    auto* line = new QFrame(parent);
    line->setFrameShape(QFrame::NoFrame);
    line->setAutoFillBackground(true);
    line->setBackgroundRole(QPalette::Dark); // The hairline.
    vertical ? line->setFixedWidth(1) : line->setFixedHeight(1);
    return line;
}

} // namespace

QToolButton* iconButton(Icon which, const QString& name, QWidget* parent)
{
    auto* button = new QToolButton(parent);
    button->setIcon(icon(which));
    button->setIconSize(QSize(scaled(12), scaled(12)));
    button->setAutoRaise(true);
    button->setToolTip(name);
    button->setAccessibleName(name);
    button->setFixedSize(scaled(24), scaled(24));
    button->setFocusPolicy(Qt::TabFocus);
    return button;
}

QToolButton* actionButton(QAction* action, QWidget* parent, bool framed, const QString& text)
{
    if (!text.isEmpty()) {
        action->setIconText(text); // What tool buttons show, also after the action changed.
    }
    auto* button = new QToolButton(parent);
    button->setDefaultAction(action);
    button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    button->setAutoRaise(!framed);
    button->setProperty("framed", framed);
    button->setFocusPolicy(Qt::TabFocus);
    button->setAccessibleName(action->text().remove(QLatin1Char('&')));
    return button;
}

QToolButton* paletteField(QAction* action, const QString& hint, QWidget* parent)
{
    return new PaletteField(action, hint, parent);
}

QFrame* verticalRule(QWidget* parent)
{
    return rule(parent, true);
}

QFrame* horizontalRule(QWidget* parent)
{
    return rule(parent, false);
}

void makeFailed(QLabel* label)
{
    label->setForegroundRole(QPalette::BrightText);
}

void makeSecondary(QLabel* label)
{
    label->setForegroundRole(QPalette::PlaceholderText);
}

} // namespace exhibit::ui
