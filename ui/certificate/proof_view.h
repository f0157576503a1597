// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/evidence/inclusion_path.h"

#include <QWidget>

#include <optional>

namespace exhibit::ui {

/// The path of one entry through its Merkle tree, the root above, the leaf below; at each level the
/// node beside it, on the side where it stands. The same as lines for those who do not see it, and
/// to copy.
class ProofView : public QWidget {
    Q_OBJECT

public:
    explicit ProofView(QWidget* parent);
    /// nullopt: the pack has no proof of this entry.
    void show(const std::optional<evidence::InclusionPath>& path);
    [[nodiscard]] QString text() const;
    [[nodiscard]] QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    struct Box {
        QString title;
        QString hash;
        bool failed = false;
        bool strong = false; ///< On the path.
    };
    void paintBox(QPainter& painter, const QRect& rect, const Box& box) const;
    void paintPath(QPainter& painter) const;
    [[nodiscard]] int rowHeight() const;

    std::optional<evidence::InclusionPath> m_path;
};

} // namespace exhibit::ui
