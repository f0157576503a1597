// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/empty_state.h"

#include "ui/theme/fonts.h"
#include "ui/theme/key_cap.h"
#include "ui/theme/style.h"
#include "ui/widgets/tool_bar_parts.h"

#include <QLabel>
#include <QToolButton>
#include <QVBoxLayout>

namespace exhibit::ui {

EmptyState::EmptyState(QWidget* parent)
    : QWidget(parent)
    , m_heading(new QLabel(this))
    , m_explanation(new QLabel(this))
    , m_ways(new QVBoxLayout)
{
    m_heading->setFont(typeFont(TypeRole::Heading));
    m_explanation->setWordWrap(true);
    m_explanation->setMaximumWidth(scaled(460));
    m_explanation->setForegroundRole(QPalette::PlaceholderText);
    auto* column = new QVBoxLayout;
    column->setSpacing(scaled(8));
    column->addStretch(1);
    column->addWidget(m_heading);
    column->addWidget(m_explanation);
    column->addLayout(m_ways);
    column->addStretch(2);
    auto* layout = new QHBoxLayout(this);
    layout->addStretch(1);
    layout->addLayout(column, 3);
    layout->addStretch(1);
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::Base);
}

void EmptyState::setTexts(const QString& heading, const QString& explanation)
{
    m_heading->setText(heading);
    m_explanation->setText(explanation);
    setAccessibleName(heading);
    setAccessibleDescription(explanation);
}

int EmptyState::addWay(Icon sign, const QString& text, std::function<void()> run)
{
    auto* row = new QWidget(this);
    auto* layout = new QHBoxLayout(row);
    layout->setContentsMargins(0, 0, 0, 0);
    auto* button = new QToolButton(row);
    button->setProperty("framed", true);
    button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    button->setIcon(icon(sign));
    button->setIconSize(QSize(scaled(10), scaled(10)));
    button->setText(text);
    button->setFocusPolicy(Qt::TabFocus);
    connect(button, &QToolButton::clicked, this, [run = std::move(run)] { run(); });
    auto* note = new QLabel(row);
    note->setObjectName(QStringLiteral("note"));
    layout->addWidget(button);
    layout->addWidget(note);
    layout->addStretch(1);
    m_ways->addWidget(row);
    return m_ways->count() - 1;
}

void EmptyState::setWayNote(int way, const QString& note)
{
    if (auto* item = m_ways->itemAt(way)) {
        item->widget()->findChild<QLabel*>(QStringLiteral("note"))->setText(note);
    }
}

void EmptyState::setWayKeys(int way, const QKeySequence& keys)
{
    const QString text = keyCapText(keys);
    auto* label = m_ways->itemAt(way)->widget()->findChild<QLabel*>(QStringLiteral("note"));
    label->setText(text);
    makeSecondary(label);
}

QStringList EmptyState::notes() const
{
    QStringList notes;
    for (int way = 0; way < m_ways->count(); ++way) {
        notes << m_ways->itemAt(way)->widget()->findChild<QLabel*>(QStringLiteral("note"))->text();
    }
    return notes;
}

void EmptyState::clearWays()
{
    while (auto* item = m_ways->takeAt(0)) {
        item->widget()->deleteLater();
        delete item;
    }
}

QString EmptyState::heading() const
{
    return m_heading->text();
}

} // namespace exhibit::ui
