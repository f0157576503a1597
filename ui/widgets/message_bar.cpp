// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/message_bar.h"

#include "ui/theme/icons.h"
#include "ui/theme/marks.h"
#include "ui/theme/style.h"
#include "ui/widgets/phrase_label.h"

#include <QAccessible>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>

namespace exhibit::ui {
namespace {

Role edgeOf(MessageBar::Kind kind)
{
    switch (kind) {
    case MessageBar::Kind::Error:
        return Role::Failed;
    case MessageBar::Kind::Warning:
        return Role::Warn;
    case MessageBar::Kind::Note:
    case MessageBar::Kind::Done:
        break;
    }
    return Role::Text2;
}

Role groundOf(MessageBar::Kind kind)
{
    switch (kind) {
    case MessageBar::Kind::Error:
        return Role::FailedTint;
    case MessageBar::Kind::Warning:
        return Role::WarnTint;
    case MessageBar::Kind::Note:
    case MessageBar::Kind::Done:
        break;
    }
    return Role::Base;
}

} // namespace

MessageBar::MessageBar(QWidget* parent)
    : QFrame(parent)
    , m_what(new PhraseLabel(this))
    , m_buttons(new QHBoxLayout)
{
    m_what->setWordWrap(true);
    m_what->setTextFormat(Qt::RichText);
    m_what->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(scaled(38), scaled(8), scaled(10), scaled(8));
    layout->addWidget(m_what, 1);
    layout->addLayout(m_buttons);
    hide();
    connect(&Theme::instance(), &Theme::changed, this, &MessageBar::write);
}

void MessageBar::showMessage(Kind kind, const QString& what, const QString& more)
{
    clear();
    m_kind = kind;
    rewrite(what, more);
    show();
    QAccessibleEvent event(this, QAccessible::Alert);
    QAccessible::updateAccessibility(&event);
}

void MessageBar::rewrite(const QString& what, const QString& more)
{
    setAccessibleName(what);
    setAccessibleDescription(more);
    write();
}

void MessageBar::write()
{
    m_what->setText(QStringLiteral("<b>%1</b> <span style=\"color:%2\">%3</span>")
                        .arg(accessibleName().toHtmlEscaped(),
                             colour(Role::Text2).name(),
                             accessibleDescription().toHtmlEscaped()));
}

QPushButton* MessageBar::addAction(const QString& text, std::function<void()> run)
{
    auto* button = new QPushButton(text, this);
    button->setProperty("small", true);
    button->setAutoDefault(false);
    connect(button, &QPushButton::clicked, this, [run = std::move(run)] { run(); });
    m_buttons->addWidget(button);
    return button;
}

void MessageBar::clear()
{
    while (auto* item = m_buttons->takeAt(0)) {
        item->widget()->deleteLater();
        delete item;
    }
    hide();
}

QString MessageBar::text() const
{
    return isHidden() ? QString() : accessibleName() + QLatin1Char(' ') + accessibleDescription();
}

void MessageBar::paintEvent(QPaintEvent* event)
{
    Q_UNUSED(event);
    QPainter painter(this);
    const QColor edge = colour(edgeOf(m_kind));
    painter.fillRect(rect(), colour(groundOf(m_kind)));
    const bool says = m_kind == Kind::Error || m_kind == Kind::Warning;
    painter.setPen(says ? edge : colour(Role::Line2));
    painter.drawLine(rect().bottomLeft(), rect().bottomRight());
    painter.drawLine(rect().topLeft(), rect().topRight());
    painter.fillRect(QStyle::visualRect(layoutDirection(), rect(), QRect(0, 0, 4, height())), edge);
    const QPoint centre
        = QStyle::visualPos(layoutDirection(), rect(), QPoint(scaled(22), scaled(18)));
    const double side = scaled(14);
    if (m_kind == Kind::Note) {
        paintIcon(painter,
                  Icon::Undo,
                  QRectF(centre.x() - side / 2, centre.y() - side / 2, side, side),
                  edge);
    } else {
        const Mark mark = m_kind == Kind::Error ? Mark::Failed
            : m_kind == Kind::Done              ? Mark::Passed
                                                : Mark::Warn;
        paintMark(painter, mark, centre, side);
    }
}

} // namespace exhibit::ui
