// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/windows/pane_registry.h"

namespace exhibit::ui {

/// What every window of the console does, with a search or without one: palettes, keys, menus of a
/// place, theme, font, zone of times. What is chosen of the last three is chosen in all windows.
/// `providers` outlives the window's actions.
void handleWindowActions(const Services& services, const QList<PaletteProvider>& providers);

/// A part of a page that F6 stops at, as at a pane.
void makeStop(QWidget* part);
[[nodiscard]] QList<QWidget*> stopsIn(const QWidget& page);
/// Leads the keys from the part that has them to the next one, or the one before, that takes any.
void cycleFocus(const QList<QWidget*>& stops, int step);

} // namespace exhibit::ui
