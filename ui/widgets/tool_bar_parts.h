// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/theme/icons.h"

#include <QFrame>
#include <QToolButton>

class QLabel;

namespace exhibit::ui {

/// A button of 24 px with a sign and no word: its name is said to those who cannot see it.
[[nodiscard]] QToolButton* iconButton(Icon which, const QString& name, QWidget* parent);
/// A button that runs an action, with its text and icon; framed like a push button on request.
/// `text` is the short word of the action on buttons; empty: its menu text.
[[nodiscard]] QToolButton* actionButton(QAction* action,
                                        QWidget* parent,
                                        bool framed = false,
                                        const QString& text = {});
/// A button that looks like a field and opens the palette: "Go to record, case, action  Ctrl+K".
[[nodiscard]] QToolButton* paletteField(QAction* action, const QString& hint, QWidget* parent);
/// A hairline between tools.
[[nodiscard]] QFrame* verticalRule(QWidget* parent);
[[nodiscard]] QFrame* horizontalRule(QWidget* parent);

/// Secondary and tertiary text in palette terms, so that a theme change recolours it.
void makeSecondary(QLabel* label);
void makeFailed(QLabel* label);

} // namespace exhibit::ui
