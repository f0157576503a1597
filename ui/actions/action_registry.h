// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/actions/action_spec.h"

#include <QAction>
#include <QHash>
#include <QPointer>
#include <QWidget>

#include <functional>

class QMenuBar;
class QMenu;

namespace exhibit::ui {

/// The QActions of one window, built from the action table. An action nobody handles is disabled:
/// menus and palette never offer what does nothing.
class ActionRegistry : public QObject {
    Q_OBJECT

public:
    /// The window owns the actions; those of Context::Window are live in the whole window.
    /// `ownKeys`: those that a person chose instead of the table's.
    explicit ActionRegistry(QWidget* window, bool ownKeys = true);

    /// The action of that id; unknown ids are a programmer's error.
    [[nodiscard]] QAction* action(QStringView id) const;
    /// Handles an action while `owner` lives. Actions of a context other than Window are live while
    /// the focus is inside `owner`, which must then be a widget.
    void handle(QStringView id, QObject* owner, std::function<void()> run);
    void handleToggle(QStringView id, QObject* owner, std::function<void(bool)> run);
    /// Asked before an action runs, however it was reached; false: it does not run.
    void setGate(std::function<bool(const ActionSpec&)> gate) { m_gate = std::move(gate); }
    /// Whether somebody does it, now or when there is something to do it with.
    [[nodiscard]] bool isHandled(QStringView id) const { return m_handled.contains(id.toString()); }
    /// Puts the actions of a context within reach of the keyboard inside `scope`.
    void bindContext(Context context, QWidget* scope);

    void fillMenuBar(QMenuBar* bar);
    [[nodiscard]] QMenu* menu(MenuId menu) const { return m_menus.value(static_cast<int>(menu)); }
    /// Runs an action that is enabled; false otherwise.
    bool trigger(QStringView id) const;

    [[nodiscard]] const ActionSpec* spec(const QAction* action) const;
    [[nodiscard]] QList<QAction*> all() const { return m_ordered; }
    /// Text without the mnemonic's ampersand.
    [[nodiscard]] static QString plainText(const QAction* action);

private:
    void claim(QAction* action, QObject* owner);
    [[nodiscard]] bool mayRun(const QAction* action) const;

    QWidget* m_window;
    QHash<QString, QAction*> m_actions;
    QList<QAction*> m_ordered;
    QHash<int, QMenu*> m_menus;
    std::function<bool(const ActionSpec&)> m_gate;
    QHash<QString, int> m_handled; ///< How many do it.
};

} // namespace exhibit::ui
