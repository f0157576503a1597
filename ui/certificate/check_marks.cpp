// SPDX-License-Identifier: Apache-2.0
#include "ui/certificate/check_marks.h"

#include "ui/text.h"
#include "ui/theme/fonts.h"
#include "ui/theme/style.h"

#include <QAbstractItemView>
#include <QCoreApplication>
#include <QPainter>

namespace exhibit::ui {
namespace {

using evidence::Answer;
using evidence::CheckResult;
using evidence::Verdict;

constexpr int kRowHeight = 22;
constexpr int kMarkSide = 13;

QString say(const char* text)
{
    return QCoreApplication::translate("Certificate", text);
}

/// A verdict is about what was checked; the headline must not say more of the rest.
bool leavesPartsOpen(const evidence::VerificationReport& report)
{
    const auto answers = evidence::answersOf(report);
    return answers[static_cast<std::size_t>(Answer::Integrity)].result != CheckResult::Passed
        || answers[static_cast<std::size_t>(Answer::Coverage)].result != CheckResult::Passed;
}

} // namespace

Mark markOf(CheckResult result)
{
    return result == CheckResult::Passed ? Mark::Passed
        : result == CheckResult::Failed  ? Mark::Failed
                                         : Mark::NotChecked;
}

QString titleOf(Answer answer)
{
    constexpr const char* kTitles[] = {QT_TRANSLATE_NOOP("Certificate", "Integrity"),
                                       QT_TRANSLATE_NOOP("Certificate", "Coverage"),
                                       QT_TRANSLATE_NOOP("Certificate", "Signer"),
                                       QT_TRANSLATE_NOOP("Certificate", "Trust"),
                                       QT_TRANSLATE_NOOP("Certificate", "Time")};
    return say(kTitles[static_cast<std::size_t>(answer)]);
}

QString questionOf(Answer answer)
{
    constexpr const char* kQuestions[]
        = {QT_TRANSLATE_NOOP("Certificate", "Are the bytes the recorded ones?"),
           QT_TRANSLATE_NOOP("Certificate", "Is anything missing in the range?"),
           QT_TRANSLATE_NOOP("Certificate", "Did the named key sign?"),
           QT_TRANSLATE_NOOP("Certificate", "Is it a key you decided to trust?"),
           QT_TRANSLATE_NOOP("Certificate", "When did it happen?")};
    return say(kQuestions[static_cast<std::size_t>(answer)]);
}

QString headlineOf(const evidence::Inspection& inspection)
{
    switch (inspection.report.verdict) {
    case Verdict::Valid:
        return leavesPartsOpen(inspection.report)
            ? say("Signed by a key you trust; a part of it is not checked, see below")
            : say("Intact, complete in its range, and signed by a key you trust");
    case Verdict::Untrusted:
        return say("Consistent in itself, but not all that vouches for it is pinned by you");
    case Verdict::Unauthenticated:
        return say("The hashes match, but no known key signed it");
    case Verdict::Invalid: {
        const QString about = toQt(firstBlamed(inspection));
        return about.isEmpty()
            ? say("Do not rely on this file: a check failed")
            : say("Do not rely on this file: %1 is not as it was recorded").arg(isolated(about));
    }
    case Verdict::Unreadable:
        return say("This is not evidence that can be read here; nothing inside was believed");
    }
    return {};
}

CheckDelegate::CheckDelegate(Verdict verdict, QAbstractItemView* view)
    : QStyledItemDelegate(view)
    , m_verdict(verdict)
    , m_view(view)
{
}

void CheckDelegate::paint(QPainter* painter,
                          const QStyleOptionViewItem& option,
                          const QModelIndex& index) const
{
    QStyleOptionViewItem cell = option;
    initStyleOption(&cell, index);
    m_view->style()->drawPrimitive(QStyle::PE_PanelItemViewItem, &cell, painter, m_view);
    const bool loud = (option.state & QStyle::State_Selected) && m_view->hasFocus();
    if (!loud) {
        cell.palette.setColor(QPalette::HighlightedText, colour(Role::Text));
    }
    const bool isVerdict = index.column() == m_verdict.column;
    if (isVerdict && m_verdict.shows == Shows::Word) {
        cell.text.clear();
    } else if (isVerdict) {
        cell.rect.adjust(0, 0, -scaled(kMarkSide + 10), 0);
    }
    m_view->style()->drawControl(QStyle::CE_ItemViewItem, &cell, painter, m_view);
    if (isVerdict) {
        const auto result = static_cast<CheckResult>(index.data(m_verdict.role).toInt());
        paintVerdict(*painter, option.rect, markOf(result), loud);
    }
}

void CheckDelegate::paintVerdict(QPainter& painter, const QRect& cell, Mark mark, bool loud) const
{
    const int side = scaled(kMarkSide);
    const QRect inner = cell.adjusted(scaled(8), 0, -scaled(8), 0);
    const QColor single
        = loud && Theme::instance().isHighContrast() ? colour(Role::SelText) : QColor();
    const bool word = m_verdict.shows == Shows::Word;
    const double x = word ? inner.left() + side / 2.0 : inner.right() - side / 2.0;
    painter.save();
    paintMark(painter, mark, QPointF(x, inner.center().y() + 1), side, single);
    if (word) {
        painter.setFont(boldFont(TypeRole::Small));
        painter.setPen(single.isValid() ? single : colour(roleOf(mark)));
        painter.drawText(inner.adjusted(side + scaled(6), 0, 0, 0), Qt::AlignVCenter, wordOf(mark));
    }
    painter.restore();
}

QSize CheckDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    QSize size = QStyledItemDelegate::sizeHint(option, index);
    size.setHeight(scaled(kRowHeight));
    const bool isVerdict = index.column() == m_verdict.column;
    return size + QSize(isVerdict ? scaled(kMarkSide + 14) : 0, 0);
}

} // namespace exhibit::ui
