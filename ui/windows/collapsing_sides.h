// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QMainWindow>

class QDockWidget;

namespace exhibit::ui {

/// Gives a narrow window to its middle: the left pane closes and the right one becomes a tab of the
/// one below the middle. A window that is wide again has all panes back as large as they were: Qt
/// has squeezed them by the time a window hears of its new size, so their extents are noted while
/// the window stands still.
class CollapsingSides : public QObject {
    Q_OBJECT

public:
    struct Docks {
        QDockWidget* left;
        QDockWidget* middle;
        QDockWidget* bottom;
        QDockWidget* right;
    };

    /// The window owns this and the docks; all of one thread, the GUI's.
    CollapsingSides(QMainWindow* window, Docks docks);

    /// To be called with each new size of the window; one without panes has nothing to collapse.
    void follow(bool showsPanes);
    /// Widths of the sides, heights of the middle and of what is below it, in pixels. Where the
    /// window is of another size, the middle takes the rest and the heights are shares.
    struct Extents {
        int left;
        int right;
        int middle;
        int bottom;
    };
    void apply(Extents extents);

protected:
    bool eventFilter(QObject* dock, QEvent* event) override;

private:
    void collapse();
    void expand();

    QMainWindow* m_window;
    Docks m_docks;
    QSize m_windowSize; ///< As of the last follow(): differs while a new size is being laid out.
    Extents m_extents{};
    bool m_narrow = false;
    QByteArray m_wideState; ///< What stood where before.
};

} // namespace exhibit::ui
