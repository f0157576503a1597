// SPDX-License-Identifier: Apache-2.0
#include "ui/detail/answer_box.h"

#include "ui/text.h"
#include "ui/theme/fonts.h"
#include "ui/theme/marks.h"
#include "ui/theme/style.h"
#include "ui/widgets/tool_bar_parts.h"

#include <QLabel>
#include <QPainter>
#include <QVBoxLayout>

namespace exhibit::ui {
namespace {

QLabel* evidence(QWidget* parent)
{
    auto* label = new QLabel(parent);
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    return label;
}

/// The bar between what was released and what was held: solid, in the colour of a failure.
class CutStrip : public QLabel {
public:
    using QLabel::QLabel;

protected:
    void paintEvent(QPaintEvent* event) override
    {
        Q_UNUSED(event);
        QPainter painter(this);
        painter.fillRect(rect(), colour(Role::Failed));
        painter.setFont(font());
        painter.setPen(colour(Role::Ink));
        const QRect inner = rect().adjusted(scaled(10), 0, -scaled(10), 0);
        painter.drawText(inner,
                         Qt::AlignVCenter,
                         painter.fontMetrics().elidedText(text(), Qt::ElideRight, inner.width()));
    }
};

QLabel* caption(QWidget* parent)
{
    auto* label = new QLabel(parent);
    label->setFont(typeFont(TypeRole::Caption));
    label->setWordWrap(true);
    makeSecondary(label);
    return label;
}

/// Says so when the record has only the beginning of a text.
QString kept(const QString& text, std::int64_t bytes)
{
    const auto size = text.toUtf8().size();
    return size < bytes ? AnswerBox::tr("; the record keeps the first %1").arg(grouped(size))
                        : QString();
}

} // namespace

AnswerBox::AnswerBox(QWidget* parent)
    : QFrame(parent)
    , m_releasedHead(caption(this))
    , m_released(evidence(this))
    , m_cut(new CutStrip(this))
    , m_withheldHead(caption(this))
    , m_withheld(evidence(this))
{
    m_cut->setFont(boldFont(TypeRole::Small));
    m_cut->setFixedHeight(scaled(20));
    m_cut->setMinimumWidth(1); // It is cut at its end, never the reason for the pane's width.
    m_withheld->setFont(boldFont(TypeRole::Body));
    m_released->setAccessibleName(tr("Released"));
    m_withheld->setAccessibleName(tr("Withheld, never released"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(1, scaled(6), 1, scaled(8));
    layout->setSpacing(scaled(2));
    for (auto* label : {m_releasedHead, m_released, m_cut, m_withheldHead, m_withheld}) {
        layout->addWidget(label);
        if (label != m_cut) {
            label->setContentsMargins(scaled(10), 0, scaled(10), 0);
        }
    }
}

void AnswerBox::show(const AnswerText& answer)
{
    const auto [out, held, redacted, recovered] = answer.bytes;
    QString head = (recovered ? tr("Released at most, after a crash: bytes 0%1%2")
                              : tr("Released, bytes 0%1%2"))
                       .arg(QChar(0x2013))
                       .arg(out);
    if (redacted) {
        head += tr(" of the provider's text, with placeholders for what a policy redacts");
    }
    const auto& sent = redacted ? answer.original : answer.released;
    m_releasedHead->setText(head + kept(sent, out));
    m_released->setText(out == 0 ? tr("Nothing was released.") : answer.released);
    m_cut->setText(tr("Cut here. Nothing after byte %1 was released.").arg(out));
    m_withheldHead->setText(
        tr("Withheld, never released, %1 bytes", nullptr, forPlural(held)).arg(grouped(held))
        + kept(answer.withheld, held));
    m_withheld->setText(answer.withheld);
    for (auto* label : {m_cut, m_withheldHead, m_withheld}) {
        label->setVisible(held > 0);
    }
}

QString AnswerBox::releasedText() const
{
    return m_released->text();
}

QString AnswerBox::releasedHeading() const
{
    return m_releasedHead->text();
}

QString AnswerBox::withheldText() const
{
    return m_withheld->isHidden() ? QString() : m_withheld->text();
}

void AnswerBox::paintEvent(QPaintEvent* event)
{
    Q_UNUSED(event);
    QPainter painter(this);
    painter.fillRect(rect(), colour(Role::Base));
    if (!m_withheld->isHidden()) {
        const int top = m_cut->geometry().bottom() + 1;
        paintWithheld(painter, QRect(1, top, width() - 2, height() - top - 1), Role::Hairline);
    }
    painter.setPen(colour(Role::Control));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(rect().adjusted(0, 0, -1, -1));
}

} // namespace exhibit::ui
