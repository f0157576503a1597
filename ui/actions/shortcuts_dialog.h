// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/actions/action_registry.h"

#include <QDialog>

class QTableWidget;

namespace exhibit::ui {

/// "?": every key, those of the place with the focus first. A key can be changed there; one that
/// another action of the same context has is refused and named.
class ShortcutsDialog : public QDialog {
    Q_OBJECT

public:
    ShortcutsDialog(ActionRegistry& actions, Context here, QWidget* parent);
    /// The action that already has `keys` where `action` is live; nullptr when they are free.
    [[nodiscard]] static QAction* conflict(const ActionRegistry& actions,
                                           const QAction* action,
                                           const QKeySequence& keys);

private:
    void fill(Context here);
    void edit(int row);

    ActionRegistry& m_actions;
    QTableWidget* m_table;
};

} // namespace exhibit::ui
