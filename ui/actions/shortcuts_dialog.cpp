// SPDX-License-Identifier: Apache-2.0
#include "ui/actions/shortcuts_dialog.h"

#include "ui/actions/key_map.h"
#include "ui/theme/style.h"

#include <QAccessible>
#include <QCoreApplication>
#include <QDialogButtonBox>
#include <QHeaderView>
#include <QKeySequenceEdit>
#include <QLabel>
#include <QPushButton>
#include <QTableWidget>
#include <QVBoxLayout>

#include <algorithm>

namespace exhibit::ui {
namespace {

using namespace Qt::StringLiterals;

QString contextName(Context context)
{
    constexpr const char* kNames[] = {
        QT_TRANSLATE_NOOP("Contexts", "Everywhere"),
        QT_TRANSLATE_NOOP("Contexts", "Query"),
        QT_TRANSLATE_NOOP("Contexts", "Results"),
        QT_TRANSLATE_NOOP("Contexts", "Timeline"),
        QT_TRANSLATE_NOOP("Contexts", "Record"),
    };
    return QCoreApplication::translate("Contexts", kNames[static_cast<std::size_t>(context)]);
}

} // namespace

ShortcutsDialog::ShortcutsDialog(ActionRegistry& actions, Context here, QWidget* parent)
    : QDialog(parent)
    , m_actions(actions)
    , m_table(new QTableWidget(this))
    , m_said(new QLabel(this))
{
    setWindowTitle(tr("Keys"));
    setAttribute(Qt::WA_DeleteOnClose);
    m_table->setColumnCount(3);
    m_table->setHorizontalHeaderLabels({tr("Where"), tr("Action"), tr("Keys")});
    m_table->horizontalHeader()->setSectionResizeMode(1, QHeaderView::Stretch);
    m_table->horizontalHeader()->setSectionResizeMode(2, QHeaderView::ResizeToContents);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setDefaultSectionSize(scaled(24));
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setShowGrid(false);
    m_table->setAccessibleName(tr("Actions and their keys"));
    fill(here);
    connect(
        m_table, &QTableWidget::cellActivated, this, [this](int row) { edit(row, Edit::First); });
    m_said->setText(tr("Enter changes a key, in all windows."));
    m_said->setWordWrap(true);
    auto* layout = new QVBoxLayout(this);
    layout->addWidget(m_table);
    layout->addWidget(m_said);
    layout->addWidget(buttons());
    resize(scaled(620), scaled(520));
}

QWidget* ShortcutsDialog::buttons()
{
    auto* box = new QDialogButtonBox(QDialogButtonBox::Close, this);
    const auto add = [this, box](const QString& text, const char* name, auto run) {
        auto* button = box->addButton(text, QDialogButtonBox::ActionRole);
        button->setObjectName(QString::fromLatin1(name));
        button->setAutoDefault(false); // Enter belongs to the table.
        connect(button, &QPushButton::clicked, this, [this, run] {
            if (const int row = m_table->currentRow(); row >= 0) {
                run(row);
            }
        });
    };
    add(tr("&Change…"), "keys.change", [this](int row) { edit(row, Edit::First); });
    add(tr("&Add another…"), "keys.add", [this](int row) { edit(row, Edit::Another); });
    add(tr("&Take away"), "keys.remove", [this](int row) {
        KeyMap::instance().set(*m_actions.spec(actionAt(row)), {});
        showKeys(row);
    });
    add(tr("&Default"), "keys.reset", [this](int row) { reset(row); });
    add(tr("All de&faults"), "keys.reset_all", [this](int) { resetAll(); });
    box->button(QDialogButtonBox::Close)->setAutoDefault(false);
    connect(box, &QDialogButtonBox::rejected, this, &QDialog::close);
    return box;
}

void ShortcutsDialog::fill(Context here)
{
    QList<QAction*> actions = m_actions.all();
    std::stable_sort(actions.begin(), actions.end(), [this, here](QAction* a, QAction* b) {
        const bool first = m_actions.spec(a)->context == here;
        const bool second = m_actions.spec(b)->context == here;
        return first && !second;
    });
    m_table->setRowCount(static_cast<int>(actions.size()));
    for (int row = 0; row < actions.size(); ++row) {
        QAction* action = actions.at(row);
        auto* where = new QTableWidgetItem(contextName(m_actions.spec(action)->context));
        where->setData(Qt::UserRole, action->objectName());
        m_table->setItem(row, 0, where);
        m_table->setItem(row, 1, new QTableWidgetItem(ActionRegistry::plainText(action)));
        m_table->setItem(row, 2, new QTableWidgetItem);
        showKeys(row);
    }
    m_table->setCurrentCell(0, 1);
}

QAction* ShortcutsDialog::conflict(const ActionRegistry& actions,
                                   const QAction* action,
                                   const QKeySequence& keys)
{
    const Context context = actions.spec(action)->context;
    for (QAction* other : actions.all()) {
        const Context theirs = actions.spec(other)->context;
        const bool meet = KeyMap::overlap(theirs, context);
        if (other != action && meet && !keys.isEmpty() && other->shortcuts().contains(keys)) {
            return other;
        }
    }
    return nullptr;
}

QAction* ShortcutsDialog::actionAt(int row) const
{
    return m_actions.action(m_table->item(row, 0)->data(Qt::UserRole).toString());
}

void ShortcutsDialog::showKeys(int row)
{
    const QAction* action = actionAt(row);
    m_table->item(row, 2)->setText(
        QKeySequence::listToString(action->shortcuts(), QKeySequence::NativeText));
    m_said->setText(tr("Enter changes a key, in all windows."));
}

bool ShortcutsDialog::saysTaken(int row, const QKeySequence& keys)
{
    const QAction* taken = conflict(m_actions, actionAt(row), keys);
    if (taken != nullptr) {
        m_said->setText(
            tr("%1 is taken by “%2”.")
                .arg(keys.toString(QKeySequence::NativeText), ActionRegistry::plainText(taken)));
        QAccessibleEvent event(m_said, QAccessible::Alert);
        QAccessible::updateAccessibility(&event);
    }
    return taken != nullptr;
}

void ShortcutsDialog::edit(int row, Edit what)
{
    auto* field = new QKeySequenceEdit(m_table); // The table owns it.
    field->setAccessibleName(tr("New keys of %1").arg(ActionRegistry::plainText(actionAt(row))));
    if (what == Edit::First) {
        field->setKeySequence(actionAt(row)->shortcut());
    }
    m_table->setCellWidget(row, 2, field);
    field->setFocus();
    connect(field, &QKeySequenceEdit::editingFinished, this, [this, row, what, field] {
        field->disconnect(this); // It loses the focus while it goes.
        const QKeySequence keys = field->keySequence();
        m_table->removeCellWidget(row, 2);
        m_table->setFocus();
        take(row, what, keys);
    });
}

/// The other keys of the action stay.
void ShortcutsDialog::take(int row, Edit what, const QKeySequence& keys)
{
    auto now = actionAt(row)->shortcuts();
    if (keys.isEmpty() || now.contains(keys) || saysTaken(row, keys)) {
        return;
    }
    if (what == Edit::Another || now.isEmpty()) {
        now << keys;
    } else {
        now.first() = keys;
    }
    KeyMap::instance().set(*m_actions.spec(actionAt(row)), now);
    showKeys(row);
}

void ShortcutsDialog::reset(int row)
{
    const auto& spec = *m_actions.spec(actionAt(row));
    const auto keys = KeyMap::defaults(spec);
    const bool taken = std::any_of(
        keys.begin(), keys.end(), [this, row](const auto& one) { return saysTaken(row, one); });
    if (!taken) {
        KeyMap::instance().reset(spec);
        showKeys(row);
    }
}

/// All of them together have no conflict: the table is checked for that.
void ShortcutsDialog::resetAll()
{
    for (const auto& spec : actionTable()) {
        KeyMap::instance().reset(spec);
    }
    for (int row = 0; row < m_table->rowCount(); ++row) {
        showKeys(row);
    }
}

} // namespace exhibit::ui
