// SPDX-License-Identifier: Apache-2.0
#include "ui/timeline/timeline_headline.h"

#include "ui/theme/fonts.h"
#include "ui/theme/style.h"
#include "ui/timeline/timeline_painter.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/tool_bar_parts.h"

#include <QPainter>
#include <QVBoxLayout>

namespace exhibit::ui {

TimelineHeadline::TimelineHeadline(QWidget* parent)
    : QFrame(parent)
    , m_sentence(new ElidedLabel(this))
    , m_detail(new ElidedLabel(this))
{
    m_sentence->setFont(typeFont(TypeRole::RootCause));
    m_detail->setFont(typeFont(TypeRole::Small));
    makeSecondary(m_detail);
    for (auto* label : {m_sentence, m_detail}) {
        label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    }
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(scaled(118), scaled(6), scaled(12), scaled(6));
    layout->setSpacing(scaled(1));
    layout->addWidget(m_sentence);
    layout->addWidget(m_detail);
}

void TimelineHeadline::show(const Headline& headline)
{
    m_hasCause = headline.hasCause;
    layout()->setContentsMargins(scaled(m_hasCause ? 118 : 12), scaled(6), scaled(12), scaled(6));
    m_sentence->setText(headline.sentence);
    m_detail->setText(headline.detail);
    setAccessibleName(headline.sentence);
    setAccessibleDescription(headline.detail);
    update();
}

QString TimelineHeadline::sentence() const
{
    return m_sentence->text();
}

void TimelineHeadline::paintEvent(QPaintEvent* event)
{
    Q_UNUSED(event);
    QPainter painter(this);
    painter.fillRect(rect(), colour(Role::Base));
    painter.setPen(colour(Role::Hairline));
    painter.drawLine(rect().bottomLeft(), rect().bottomRight());
    if (m_hasCause) {
        paintRootCauseLabel(painter, QPoint(scaled(12), rect().center().y()));
    }
}

} // namespace exhibit::ui
