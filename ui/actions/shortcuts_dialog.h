// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/actions/action_registry.h"

#include <QDialog>

class QLabel;
class QTableWidget;

namespace exhibit::ui {

/// "?": every key, those of the place with the focus first. Keys can be changed, added, taken away
/// and set back there; one that another action of the same context has is refused and named.
class ShortcutsDialog : public QDialog {
    Q_OBJECT

public:
    ShortcutsDialog(ActionRegistry& actions, Context here, QWidget* parent);
    /// The action that already has `keys` where `action` is live; nullptr when they are free.
    [[nodiscard]] static QAction* conflict(const ActionRegistry& actions,
                                           const QAction* action,
                                           const QKeySequence& keys);

private:
    enum class Edit : std::uint8_t { First, Another };

    QWidget* buttons();
    void fill(Context here);
    void edit(int row, Edit what);
    void take(int row, Edit what, const QKeySequence& keys);
    void reset(int row);
    void resetAll();
    void showKeys(int row);
    [[nodiscard]] QAction* actionAt(int row) const;
    /// True when it was said that another action has them.
    [[nodiscard]] bool saysTaken(int row, const QKeySequence& keys);

    ActionRegistry& m_actions;
    QTableWidget* m_table;
    QLabel* m_said;
};

} // namespace exhibit::ui
