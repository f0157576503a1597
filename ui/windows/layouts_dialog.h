// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/windows/layouts.h"

#include <QDialog>

#include <functional>

class QLabel;
class QLineEdit;
class QListWidget;
class QListWidgetItem;
class QPushButton;

namespace exhibit::ui {

class MessageBar;

/// The named layouts: shown, saved, renamed (F2) and deleted (Del). What was deleted, replaced or
/// renamed is named with a way back, until the next such step.
class LayoutsDialog : public QDialog {
    Q_OBJECT

public:
    /// `apply` shows a layout by its name. Both outlive this.
    LayoutsDialog(Layouts& layouts, std::function<void(const QString&)> apply, QWidget* parent);

    /// A page where the panes would be has no layout to be saved, and none to be shown on.
    void setPanesShown(bool shown);

Q_SIGNALS:
    /// There are other names than before.
    void changed();

protected:
    void keyPressEvent(QKeyEvent* event) override;

private:
    void build();
    void fill(const QString& current);
    void applyCurrent();
    void saveAs();
    void renamed(QListWidgetItem* item);
    void removeCurrent();
    /// Says what was done; the way back touches that one layout. False where another one by now
    /// stands in its way.
    void offerUndo(const QString& what, std::function<bool()> undo, const QString& name);
    void enableButtons();
    void refuse(const QString& what, const QString& more);
    [[nodiscard]] QString current() const;

    Layouts& m_layouts;
    std::function<void(const QString&)> m_apply;
    MessageBar* m_bar;
    QLineEdit* m_name;
    QPushButton* m_save;
    QListWidget* m_list;
    QLabel* m_none; ///< Stands where the list would.
    QPushButton* m_show = nullptr;
    QPushButton* m_rename = nullptr;
    QPushButton* m_delete = nullptr;
    bool m_filling = false;
    bool m_panesShown = true;
};

} // namespace exhibit::ui
