// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>

class QDockWidget;
class QHBoxLayout;
class QLabel;

namespace exhibit::ui {

/// Title bar of a dock: its name, what the pane adds (notes, buttons), pin, float, close.
class DockTitle : public QWidget {
    Q_OBJECT

public:
    explicit DockTitle(QDockWidget* dock);
    /// Secondary text at the end: "follows selection", a run's id.
    void setNote(const QString& note, bool evidence = false);
    /// Stands before float and close.
    void addTool(QWidget* tool);
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QString note() const;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QDockWidget* m_dock;
    QLabel* m_note;
    QHBoxLayout* m_tools;
};

/// The title bar of the dock that `inside` stands in; nullptr outside a dock.
[[nodiscard]] DockTitle* titleOf(const QWidget* inside);

} // namespace exhibit::ui
