// SPDX-License-Identifier: Apache-2.0
#include "ui/certificate/answer_row.h"

#include "ui/certificate/check_marks.h"
#include "ui/text.h"
#include "ui/theme/fonts.h"
#include "ui/theme/style.h"
#include "ui/theme/theme.h"
#include "ui/widgets/mark_row.h"
#include "ui/widgets/tool_bar_parts.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>

namespace exhibit::ui {

using namespace Qt::StringLiterals;

AnswerRow::AnswerRow(evidence::Answer answer, QWidget* parent)
    : QWidget(parent)
    , m_answer(answer)
    , m_mark(new MarkRow(Mark::NotChecked, {}, this))
    , m_reason(new QLabel(this))
{
    setFocusPolicy(Qt::TabFocus);
    auto* title
        = new QLabel(u"%1 %2"_s.arg(static_cast<int>(answer) + 1).arg(titleOf(answer)), this);
    title->setFont(boldFont(TypeRole::Body));
    auto* question = new QLabel(questionOf(answer), this);
    question->setFont(typeFont(TypeRole::Small));
    makeSecondary(question);
    m_reason->setWordWrap(true);
    m_reason->setTextFormat(Qt::PlainText);
    m_reason->setTextInteractionFlags(Qt::TextSelectableByMouse);
    auto* names = new QVBoxLayout;
    names->setSpacing(scaled(2));
    names->addWidget(title);
    names->addWidget(question);
    names->addStretch(1);
    auto* verdict = new QVBoxLayout;
    verdict->addWidget(m_mark);
    verdict->addStretch(1);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(scaled(16), scaled(8), scaled(16), scaled(8));
    row->setSpacing(scaled(12));
    row->addLayout(names, 26);
    row->addLayout(verdict, 15);
    row->addWidget(m_reason, 50, Qt::AlignTop);
}

void AnswerRow::show(const evidence::AnswerSummary& summary)
{
    m_result = summary.result;
    m_mark->setMark(markOf(summary.result));
    const QString reason = toQt(summary.reason);
    m_reason->setText(summary.result == evidence::CheckResult::NotChecked
                          ? tr("Not checked, because %1.").arg(reason)
                          : reason + u'.');
    setAccessibleName(titleOf(m_answer) + u": "_s + wordOf(markOf(m_result)) + u". "_s
                      + m_reason->text());
    update();
}

QString AnswerRow::reason() const
{
    return m_reason->text();
}

void AnswerRow::paintEvent(QPaintEvent* event)
{
    Q_UNUSED(event);
    QPainter painter(this);
    const bool failed = m_result == evidence::CheckResult::Failed;
    painter.fillRect(rect(), colour(failed ? Role::FailedTint : Role::Base));
    painter.setPen(colour(Role::Hairline));
    painter.drawLine(rect().bottomLeft(), rect().bottomRight());
    if (hasFocus()) {
        painter.setPen(QPen(colour(Role::Accent), 2));
        painter.drawRect(rect().adjusted(1, 1, -2, -2));
    }
}

} // namespace exhibit::ui
