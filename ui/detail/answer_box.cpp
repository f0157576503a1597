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
    const auto out = answer.bytes.released;
    const auto held = answer.bytes.withheld;
    const bool redacted = answer.bytes.redacted;
    QString head = (answer.bytes.recovered ? tr("Released at most, after a crash: bytes 0%1%2")
                                           : tr("Released, bytes 0%1%2"))
                       .arg(QChar(0x2013))
                       .arg(out);
    if (redacted) {
        head += tr(" of the provider's text, with placeholders for what a policy redacts");
    }
    const auto& sent = redacted ? answer.original : answer.released;
    m_releasedHead->setText(head + kept(sent, out));
    m_released->setText(out == 0 ? tr("Nothing was released.") : answer.released);
    showWithheld(
        tr("Cut here. Nothing after byte %1 was released.").arg(out), held, answer.withheld);
    m_withheldHead->setText(m_withheldHead->text() + kept(answer.withheld, held));
}

void AnswerBox::showWithoutText(const AnswerBytes& wire, const QString& tools)
{
    m_releasedHead->setText(
        (wire.recovered ? tr("Released at most, after a crash: %1 bytes of the "
                             "stream",
                             nullptr,
                             forPlural(wire.released))
                        : tr("Released: %1 bytes of the stream", nullptr, forPlural(wire.released)))
            .arg(grouped(wire.released)));
    m_released->setText(tools.isEmpty()
                            ? tr("No text of the answer is recorded. What is stands under Bytes.")
                            : tr("The answer has no text. It calls tools, which are events of the "
                                 "timeline: %1.")
                                  .arg(tools));
    showWithheld(
        tr("Cut here. Nothing after byte %1 of the stream was released.").arg(wire.released),
        wire.withheld,
        {});
}

void AnswerBox::showWithheld(const QString& cut, std::int64_t held, const QString& text)
{
    m_cut->setText(cut);
    m_withheldHead->setText(
        tr("Withheld, never released, %1 bytes", nullptr, forPlural(held)).arg(grouped(held)));
    m_withheld->setText(text);
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
