// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QStyledItemDelegate>

namespace exhibit::ui {

enum FacetRole : int { kFacetKeyRole = Qt::UserRole + 20, kFacetCountRole, kFacetAboutRole };

/// Cells of the results: marks, placeholders of rows on their way, the outline of the current row.
class ResultDelegate : public QStyledItemDelegate {
    Q_OBJECT

public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter,
               const QStyleOptionViewItem& option,
               const QModelIndex& index) const override;
};

/// Rows of the facets: heading, or check box, mark, label and count at the end.
class FacetDelegate : public QStyledItemDelegate {
    Q_OBJECT

public:
    using QStyledItemDelegate::QStyledItemDelegate;
    /// The counts are those of the rows before.
    void setStale(bool stale) { m_stale = stale; }
    void paint(QPainter* painter,
               const QStyleOptionViewItem& option,
               const QModelIndex& index) const override;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    bool editorEvent(QEvent* event,
                     QAbstractItemModel* model,
                     const QStyleOptionViewItem& option,
                     const QModelIndex& index) override;

private:
    void paintHeading(QPainter& painter,
                      const QModelIndex& index,
                      const QRect& rect,
                      bool open) const;

    bool m_stale = false;
};

} // namespace exhibit::ui
