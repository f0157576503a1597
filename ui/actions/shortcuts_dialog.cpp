// SPDX-License-Identifier: Apache-2.0
#include "ui/actions/shortcuts_dialog.h"

#include "ui/theme/style.h"

#include <QCoreApplication>
#include <QDialogButtonBox>
#include <QHeaderView>
#include <QKeySequenceEdit>
#include <QLabel>
#include <QSettings>
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
{
    setWindowTitle(tr("Keys"));
    setAttribute(Qt::WA_DeleteOnClose);
    m_table->setColumnCount(3);
    m_table->setHorizontalHeaderLabels({tr("Where"), tr("Action"), tr("Keys")});
    m_table->horizontalHeader()->setSectionResizeMode(1, QHeaderView::Stretch);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setDefaultSectionSize(scaled(24));
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setShowGrid(false);
    m_table->setAccessibleName(tr("Actions and their keys"));
    fill(here);
    connect(m_table, &QTableWidget::cellActivated, this, [this](int row) { edit(row); });
    auto* hint = new QLabel(tr("Enter changes a key."), this);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::close);
    auto* layout = new QVBoxLayout(this);
    layout->addWidget(m_table);
    layout->addWidget(hint);
    layout->addWidget(buttons);
    resize(scaled(620), scaled(520));
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
        m_table->setItem(row,
                         2,
                         new QTableWidgetItem(QKeySequence::listToString(
                             action->shortcuts(), QKeySequence::NativeText)));
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
        const bool meet
            = theirs == context || theirs == Context::Window || context == Context::Window;
        if (other != action && meet && !keys.isEmpty() && other->shortcuts().contains(keys)) {
            return other;
        }
    }
    return nullptr;
}

void ShortcutsDialog::edit(int row)
{
    QAction* action = m_actions.action(m_table->item(row, 0)->data(Qt::UserRole).toString());
    auto* field = new QKeySequenceEdit(action->shortcut(), m_table); // The table owns it.
    m_table->setCellWidget(row, 2, field);
    field->setFocus();
    connect(field, &QKeySequenceEdit::editingFinished, this, [this, row, action, field] {
        const QKeySequence keys = field->keySequence();
        QString shown = keys.toString(QKeySequence::NativeText);
        if (const QAction* taken = conflict(m_actions, action, keys)) {
            shown = tr("%1 is taken by “%2”").arg(shown, ActionRegistry::plainText(taken));
        } else {
            action->setShortcut(keys);
            QSettings().setValue(u"shortcuts/"_s + action->objectName(),
                                 keys.toString(QKeySequence::PortableText));
        }
        m_table->removeCellWidget(row, 2);
        m_table->item(row, 2)->setText(shown);
    });
}

} // namespace exhibit::ui
