// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/evidence/inspection.h"
#include "ui/theme/marks.h"

#include <QString>
#include <QStyledItemDelegate>

class QAbstractItemView;

namespace exhibit::ui {

[[nodiscard]] Mark markOf(evidence::CheckResult result);
/// "Integrity", and the question it answers.
[[nodiscard]] QString titleOf(evidence::Answer answer);
[[nodiscard]] QString questionOf(evidence::Answer answer);
/// The sentence above the five answers: what the file is worth, no more than its checks say.
[[nodiscard]] QString headlineOf(const evidence::Inspection& inspection);

/// Rows whose one column shows the verdict of a check, which a role of the model has as a
/// CheckResult. A selection without the focus keeps its text readable in every theme.
class CheckDelegate : public QStyledItemDelegate {
    Q_OBJECT

public:
    enum class Shows : std::uint8_t { Mark, Word }; ///< The mark behind the text; mark and word.
    struct Verdict {
        int column;
        int role;
        Shows shows;
    };

    CheckDelegate(Verdict verdict, QAbstractItemView* view);
    void paint(QPainter* painter,
               const QStyleOptionViewItem& option,
               const QModelIndex& index) const override;
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem& option,
                                 const QModelIndex& index) const override;

private:
    void paintVerdict(QPainter& painter, const QRect& cell, Mark mark, bool loud) const;

    Verdict m_verdict;
    QAbstractItemView* m_view;
};

} // namespace exhibit::ui
