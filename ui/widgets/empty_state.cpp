// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/empty_state.h"

#include "ui/theme/fonts.h"
#include "ui/theme/style.h"

#include <QLabel>
#include <QPushButton>
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

void EmptyState::addWay(const QString& text, const QString& note, std::function<void()> run)
{
    auto* row = new QWidget(this);
    auto* layout = new QHBoxLayout(row);
    layout->setContentsMargins(0, 0, 0, 0);
    auto* button = new QPushButton(text, row);
    button->setProperty("small", true);
    connect(button, &QPushButton::clicked, this, [run = std::move(run)] { run(); });
    layout->addWidget(button);
    layout->addWidget(new QLabel(note, row));
    layout->addStretch(1);
    m_ways->addWidget(row);
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
