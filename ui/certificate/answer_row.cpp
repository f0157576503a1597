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
#include <QRegularExpression>

namespace exhibit::ui {
namespace {

using namespace Qt::StringLiterals;

/// Hashes and key ids cannot be broken into lines: their beginning and end tell them apart.
QString withShortHashes(const QString& text)
{
    static const QRegularExpression kLong(u"[0-9a-f]{24,}"_s);
    QString shown;
    qsizetype from = 0;
    for (auto found = kLong.globalMatch(text); found.hasNext();) {
        const auto one = found.next();
        shown += text.mid(from, one.capturedStart() - from) + shortId(one.captured());
        from = one.capturedEnd();
    }
    return shown + text.mid(from);
}

} // namespace

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
    m_reason->setAlignment(Qt::AlignLeading | Qt::AlignTop);
    m_reason->setTextFormat(Qt::PlainText);
    // What stands in it never moves the columns.
    m_reason->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
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
    row->addWidget(m_reason, 50);
}

void AnswerRow::show(const evidence::AnswerSummary& summary)
{
    m_result = summary.result;
    m_mark->setMark(markOf(summary.result));
    const QString reason = toQt(summary.reason);
    m_whole = summary.result == evidence::CheckResult::NotChecked
        ? tr("Not checked, because %1.").arg(reason)
        : reason + u'.';
    m_reason->setText(withShortHashes(m_whole));
    m_reason->setToolTip(m_reason->text() == m_whole ? QString() : m_whole);
    setAccessibleName(titleOf(m_answer) + u": "_s + wordOf(markOf(m_result)) + u". "_s + m_whole);
    update();
}

QString AnswerRow::reason() const
{
    return m_whole;
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
