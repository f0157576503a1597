// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QKeySequence>
#include <QRect>
#include <QString>

class QPainter;

namespace exhibit::ui {

/// The keys as they are written on caps.
[[nodiscard]] QString keyCapText(const QKeySequence& keys);
/// The width of a key cap as in "Ctrl+K".
[[nodiscard]] int keyCapWidth(const QString& keys);
/// Draws it vertically centred in `box`, at its left.
void paintKeyCap(QPainter& painter, const QString& keys, const QRect& box, bool enabled = true);

} // namespace exhibit::ui
