// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/dock_title.h"

#include "ui/theme/fonts.h"
#include "ui/theme/icons.h"
#include "ui/theme/style.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/tool_bar_parts.h"

#include <QDockWidget>
#include <QHBoxLayout>
#include <QPainter>
#include <QToolButton>

namespace exhibit::ui {

DockTitle::DockTitle(QDockWidget* dock)
    : QWidget(dock)
    , m_dock(dock)
    , m_note(new ElidedLabel(this, Qt::ElideMiddle))
    , m_tools(new QHBoxLayout)
{
    auto* name = new QLabel(dock->windowTitle(), this);
    name->setFont(boldFont(TypeRole::Small));
    connect(dock, &QDockWidget::windowTitleChanged, name, &QLabel::setText);
    m_note->setFont(typeFont(TypeRole::Small));
    m_note->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    m_note->setTextInteractionFlags(Qt::TextSelectableByMouse);
    QPalette secondary = m_note->palette();
    m_note->setForegroundRole(QPalette::PlaceholderText);
    auto* floating = iconButton(Icon::Float, tr("Float or dock %1").arg(dock->windowTitle()), this);
    connect(
        floating, &QToolButton::clicked, dock, [dock] { dock->setFloating(!dock->isFloating()); });
    auto* closing = iconButton(Icon::Close, tr("Close %1").arg(dock->windowTitle()), this);
    connect(closing, &QToolButton::clicked, dock, &QWidget::hide);
    m_tools->setSpacing(0);
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(scaled(8), 0, scaled(4), 0);
    layout->setSpacing(scaled(2));
    layout->addWidget(name);
    layout->addSpacing(scaled(8));
    layout->addWidget(m_note, 1);
    layout->addLayout(m_tools);
    layout->addWidget(floating);
    layout->addWidget(closing);
}

void DockTitle::setNote(const QString& note, bool evidence)
{
    m_note->setFont(typeFont(evidence ? TypeRole::Mono : TypeRole::Small));
    m_note->setText(note);
}

QString DockTitle::note() const
{
    return m_note->text();
}

void DockTitle::addTool(QWidget* tool)
{
    m_tools->addWidget(tool);
}

QSize DockTitle::sizeHint() const
{
    return {scaled(120), scaled(26)};
}

void DockTitle::paintEvent(QPaintEvent* event)
{
    Q_UNUSED(event);
    QPainter painter(this);
    painter.fillRect(rect(), colour(Role::Panel));
    painter.setPen(colour(Role::Hairline));
    painter.drawLine(rect().bottomLeft(), rect().bottomRight());
}

DockTitle* titleOf(const QWidget* inside)
{
    for (const QWidget* at = inside; at != nullptr; at = at->parentWidget()) {
        if (const auto* dock = qobject_cast<const QDockWidget*>(at)) {
            return qobject_cast<DockTitle*>(dock->titleBarWidget());
        }
    }
    return nullptr;
}

} // namespace exhibit::ui
