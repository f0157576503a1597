// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QStyledItemDelegate>

namespace exhibit::ui {

class TimelineModel;

/// Cards of three widths: plain ones, the root cause, and the inflection point with what should
/// have happened beside what did.
class CardDelegate : public QStyledItemDelegate {
    Q_OBJECT

public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter,
               const QStyleOptionViewItem& option,
               const QModelIndex& index) const override;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
};

/// What stands at the top of a card: the offset is whole, with its unit, and what is left of the
/// width is the step's.
struct CardHead {
    QString step;
    QString offset;
};
[[nodiscard]] CardHead cardHead(const TimelineModel& model, int row, int width);

/// A fact's value as it stands in evidence: plain, "null" in a solid box, "absent" in a dashed one.
/// Returns the width; `at` is the left end of the middle line.
int paintFactValue(
    QPainter& painter, const QPoint& at, const QString& value, bool isNull, bool isAbsent);

} // namespace exhibit::ui
