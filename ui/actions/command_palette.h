// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/actions/action_registry.h"

#include <QDialog>
#include <QKeySequence>

#include <functional>

class QLineEdit;
class QListView;
class QStandardItemModel;

namespace exhibit::ui {

struct PaletteEntry {
    QString section; ///< Translated; entries of one section stand together.
    QString text;
    QString detail;
    Icon icon = Icon::None;
    QKeySequence shortcut;
    std::function<void()> run;
    std::function<void()> runElsewhere
        = {}; ///< In a window of its own; empty where that is the same.
};

/// Gives entries for a text; called on every change, so it only looks at what it already has.
using PaletteProvider = std::function<QList<PaletteEntry>(const QString& text)>;

/// Ctrl+Shift+P: actions; Ctrl+K: everything that providers know as well. Recently used first.
class CommandPalette : public QDialog {
    Q_OBJECT

public:
    enum class Scope : std::uint8_t { Actions, Everything };

    CommandPalette(const ActionRegistry& actions,
                   QList<PaletteProvider> providers,
                   Scope scope,
                   QWidget* parent);
    void setText(const QString& text);
    [[nodiscard]] QStringList visibleTexts() const;

protected:
    void keyPressEvent(QKeyEvent* event) override;
    bool eventFilter(QObject* object, QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    void build();
    void fill();
    enum class Where : std::uint8_t { Here, Elsewhere };
    void runCurrent(Where where);
    void narrow();
    void moveBy(int step);
    [[nodiscard]] QList<PaletteEntry> actionEntries() const;

    const ActionRegistry& m_actions;
    QList<PaletteProvider> m_providers;
    Scope m_scope;
    bool m_isNarrow = false; ///< To actions, by Tab.
    QLineEdit* m_field;
    QListView* m_list;
    QStandardItemModel* m_model;
    QList<PaletteEntry> m_entries; ///< Parallel to the rows; headings have no run.
};

/// Roles of the palette's rows.
enum PaletteRole : int {
    kHeadingRole = Qt::UserRole + 1,
    kDetailRole,
    kPositionsRole,
    kIconRole,
    kKeyRole
};

} // namespace exhibit::ui
