// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QMainWindow>

class QDockWidget;

namespace exhibit::ui {

/// Gives a narrow window to its middle: the left pane closes and the right one becomes a tab of the
/// one below the middle. A window that is wide again has both back, as wide as they were: Qt has
/// squeezed them by the time a window hears of its new size, so their widths are noted while the
/// window stands still.
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

    /// To be called when the window has a new size and shows its panes.
    void follow();
    /// The widths to give the sides, in pixels; the middle takes the rest.
    void setWidths(int left, int right);

protected:
    bool eventFilter(QObject* dock, QEvent* event) override;

private:
    void collapse();
    void expand();

    QMainWindow* m_window;
    Docks m_docks;
    int m_windowWidth; ///< As of the last follow(): differs while a new size is being laid out.
    int m_left = 0;
    int m_right = 0;
    bool m_narrow = false;
    QByteArray m_wideState; ///< What stood where before.
};

} // namespace exhibit::ui
