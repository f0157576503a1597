// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/windows/pane_registry.h"

namespace exhibit::ui {

/// What a pane shows: the window's selection, or while the pane is pinned what that was then. Of
/// the same incident it still follows what becomes of it and which event is looked at. Actions are
/// never of it: they are of the window's selection, which the list shows.
class PinnedSelection : public Selection {
    Q_OBJECT

public:
    /// Where the pane stands in a dock, its title has the pin.
    PinnedSelection(const Services& services, QWidget* pane);
    [[nodiscard]] bool isPinned() const { return m_isPinned; }

Q_SIGNALS:
    void pinnedChanged(bool isPinned);

private:
    void setPinned(bool pinned);
    void handlePin(const Services& services, QWidget& pane);
    /// The window's incident is the one that is shown, or may become it.
    [[nodiscard]] bool isFollowing() const;
    void takeIncident();
    void takeTimeline();
    void takeEvent();

    Selection& m_window;
    bool m_isPinned = false;
};

} // namespace exhibit::ui
