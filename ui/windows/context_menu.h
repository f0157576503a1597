// SPDX-License-Identifier: Apache-2.0
#pragma once

class QWidget;

namespace exhibit::ui {

/// Asks what has the focus within `window` for its menu, at the current item, as the menu key does:
/// keyboards without that key, and platforms that do not pass it on, have Shift+F10.
void openContextMenu(const QWidget& window);

} // namespace exhibit::ui
