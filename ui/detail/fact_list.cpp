// SPDX-License-Identifier: Apache-2.0
#include "ui/detail/fact_list.h"

#include "ui/theme/fonts.h"
#include "ui/theme/style.h"
#include "ui/timeline/card_delegate.h"

#include <QPainter>

namespace exhibit::ui {
namespace {

constexpr int kRow = 24;

} // namespace

FactList::FactList(QWidget* parent)
    : QWidget(parent)
{
    setLayoutDirection(Qt::LeftToRight); // Paths and values are evidence.
}

QString FactList::emptyText() const
{
    return m_complete ? tr("The application sent no facts.")
                      : tr("They are not among the events that were fetched.");
}

void FactList::setFacts(std::vector<Fact> facts, bool complete)
{
    m_facts = std::move(facts);
    m_complete = complete;
    QStringList words;
    for (const auto& fact : m_facts) {
        words << fact.path + QLatin1Char(' ') + fact.value + QLatin1Char(' ')
                + stateWord(fact.state);
    }
    setAccessibleName(words.join(QStringLiteral(", ")));
    updateGeometry();
    update();
}

QSize FactList::sizeHint() const
{
    return {scaled(280), std::max(1, static_cast<int>(m_facts.size())) * scaled(kRow)};
}

void FactList::paintEvent(QPaintEvent* event)
{
    Q_UNUSED(event);
    QPainter painter(this);
    painter.setLayoutDirection(Qt::LeftToRight);
    if (m_facts.empty()) {
        painter.setFont(typeFont(TypeRole::Small));
        painter.setPen(colour(Role::Text3));
        painter.drawText(rect(), Qt::AlignVCenter, emptyText());
        return;
    }
    int y = 0;
    for (const auto& fact : m_facts) {
        const QRect row(0, y, width(), scaled(kRow));
        painter.setPen(colour(Role::Hairline));
        painter.drawLine(row.bottomLeft(), row.bottomRight());
        painter.setFont(fact.state == FactState::Present ? typeFont(TypeRole::Mono)
                                                         : boldFont(TypeRole::Mono));
        painter.setPen(colour(Role::Text));
        const int half = width() * 42 / 100;
        painter.drawText(
            row,
            Qt::AlignVCenter,
            painter.fontMetrics().elidedText(fact.path, Qt::ElideMiddle, half - scaled(8)));
        painter.setFont(typeFont(TypeRole::Small));
        const int words = painter.fontMetrics().horizontalAdvance(stateWord(FactState::Null));
        const int third = std::max(scaled(48), width() - half - words - scaled(4));
        painter.setFont(typeFont(TypeRole::Mono));
        const QString value
            = painter.fontMetrics().elidedText(fact.value, Qt::ElideRight, third - scaled(8));
        paintFactValue(painter,
                       QPoint(half, row.center().y()),
                       value,
                       fact.state == FactState::Null,
                       fact.state == FactState::Absent);
        painter.setFont(typeFont(TypeRole::Small));
        painter.setPen(colour(Role::Text2));
        painter.drawText(
            row.adjusted(half + third, 0, 0, 0), Qt::AlignVCenter, stateWord(fact.state));
        y += scaled(kRow);
    }
}

} // namespace exhibit::ui
