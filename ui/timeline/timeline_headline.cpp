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
namespace {

constexpr int kLabelRoom = 118; ///< For the label "ROOT CAUSE" and what keeps it apart.

} // namespace

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
    layout->setContentsMargins(scaled(kLabelRoom), scaled(6), scaled(12), scaled(6));
    layout->setSpacing(scaled(1));
    layout->addWidget(m_sentence);
    layout->addWidget(m_detail);
}

void TimelineHeadline::show(const Headline& headline)
{
    m_hasCause = headline.hasCause;
    const int start = scaled(m_hasCause ? kLabelRoom : 12);
    const bool mirrored
        = layoutDirection() == Qt::RightToLeft; // Margins do not turn by themselves.
    layout()->setContentsMargins(
        mirrored ? scaled(12) : start, scaled(6), mirrored ? start : scaled(12), scaled(6));
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
        const int x
            = layoutDirection() == Qt::RightToLeft ? width() - scaled(kLabelRoom - 8) : scaled(12);
        paintRootCauseLabel(painter, QPoint(x, rect().center().y()));
    }
}

} // namespace exhibit::ui
