// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/column_chooser.h"

#include "ui/theme/fonts.h"
#include "ui/theme/style.h"
#include "ui/widgets/tool_bar_parts.h"

#include <QDialogButtonBox>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QShortcut>
#include <QVBoxLayout>

#include <algorithm>

namespace exhibit::ui {
namespace {

using namespace Qt::StringLiterals;

constexpr int kSection = Qt::UserRole;

} // namespace

ColumnChooser::ColumnChooser(Table table, const QString& title, QWidget* parent)
    : QDialog(parent)
    , m_table(std::move(table))
    , m_search(new QLineEdit(this))
    , m_list(new QListWidget(this))
    , m_note(new QLabel(this))
{
    setObjectName(u"columns.chooser"_s);
    setWindowTitle(title);
    setAttribute(Qt::WA_DeleteOnClose);
    build();
    fill();
    connect(m_search, &QLineEdit::textChanged, this, &ColumnChooser::filter);
    connect(m_list, &QListWidget::itemChanged, this, &ColumnChooser::changed);
    connect(m_list->model(), &QAbstractItemModel::rowsMoved, this, &ColumnChooser::takeOrder);
    connect(m_list, &QListWidget::currentRowChanged, this, &ColumnChooser::note);
    // Columns can be dragged in the table too while this is open.
    connect(&m_table.header, &QHeaderView::sectionMoved, this, [this] {
        if (!m_filling) {
            fill();
        }
    });
    connect(&m_table.header, &QObject::destroyed, this, &QWidget::close);
}

void ColumnChooser::open(Table table, const QString& title, QWidget* parent)
{
    for (auto* chooser : parent->findChildren<ColumnChooser*>()) {
        if (&chooser->m_table.header == &table.header && chooser->isVisible()) {
            chooser->raise();
            chooser->activateWindow();
            return;
        }
    }
    auto* chooser = new ColumnChooser(std::move(table), title, parent); // Deletes itself.
    chooser->m_search->setFocus();
    chooser->show();
    chooser->activateWindow();
}

void ColumnChooser::build()
{
    m_search->setPlaceholderText(tr("Search columns"));
    m_search->setAccessibleName(tr("Search columns"));
    m_search->setClearButtonEnabled(true);
    m_search->installEventFilter(this);
    m_list->setAccessibleName(tr("Columns, in their order"));
    m_list->setDragDropMode(QAbstractItemView::InternalMove);
    m_list->setDefaultDropAction(Qt::MoveAction);
    m_list->installEventFilter(this);
    auto* part = new QHBoxLayout;
    part->addWidget(m_list, 1);
    part->addWidget(moves());
    m_note->setFont(typeFont(TypeRole::Small));
    m_note->setWordWrap(true);
    makeSecondary(m_note);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    auto* reset = buttons->addButton(tr("Reset"), QDialogButtonBox::ResetRole);
    reset->setObjectName(u"columns.reset"_s);
    reset->setAccessibleDescription(tr("The columns, order and widths of the program"));
    connect(reset, &QPushButton::clicked, this, [this] {
        m_filling = true; // Once, not at every section that moves.
        m_table.reset();
        m_filling = false;
        fill();
    });
    for (auto* button : findChildren<QPushButton*>()) {
        button->setAutoDefault(false); // Return belongs to the list.
    }
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::close);
    auto* layout = new QVBoxLayout(this);
    layout->addWidget(m_search);
    layout->addLayout(part, 1);
    layout->addWidget(m_note);
    layout->addWidget(buttons);
    resize(scaled(360), scaled(460));
}

QWidget* ColumnChooser::moves()
{
    auto* part = new QWidget(this);
    auto* column = new QVBoxLayout(part);
    column->setContentsMargins(0, 0, 0, 0);
    const auto add = [&](const QString& text, int step, const QString& name, const QString& keys) {
        auto* button = new QPushButton(text, part);
        button->setObjectName(name);
        button->setToolTip(keys);
        connect(button, &QPushButton::clicked, this, [this, step] { move(step); });
        column->addWidget(button);
        auto* key = new QShortcut(QKeySequence(keys), this); // This owns it.
        connect(key, &QShortcut::activated, this, [this, step] { move(step); });
        return button;
    };
    m_up = add(tr("Move &up"), -1, u"columns.up"_s, u"Alt+Up"_s);
    m_down = add(tr("Move &down"), 1, u"columns.down"_s, u"Alt+Down"_s);
    column->addStretch(1);
    return part;
}

void ColumnChooser::fill()
{
    m_filling = true;
    const auto* header = &m_table.header;
    const QVariant current
        = m_list->currentItem() != nullptr ? m_list->currentItem()->data(kSection) : QVariant();
    m_list->clear();
    for (int visual = 0; visual < header->count(); ++visual) {
        const int section = header->logicalIndex(visual);
        const QString text
            = header->model()->headerData(section, Qt::Horizontal, Qt::DisplayRole).toString();
        auto* item = new QListWidgetItem(text, m_list); // The list owns it.
        item->setData(kSection, section);
        item->setSizeHint({scaled(120), scaled(24)});
        item->setFlags(Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemIsUserCheckable
                       | Qt::ItemIsDragEnabled);
        item->setCheckState(header->isSectionHidden(section) ? Qt::Unchecked : Qt::Checked);
        if (current == QVariant(section) || m_list->currentItem() == nullptr) {
            m_list->setCurrentItem(item);
        }
    }
    m_filling = false;
    filter();
}

void ColumnChooser::filter()
{
    const QString text = m_search->text().trimmed();
    QListWidgetItem* first = nullptr;
    for (int row = 0; row < m_list->count(); ++row) {
        auto* item = m_list->item(row);
        item->setHidden(!item->text().contains(text, Qt::CaseInsensitive));
        first = first == nullptr && !item->isHidden() ? item : first;
    }
    if (m_list->currentItem() == nullptr || m_list->currentItem()->isHidden()) {
        m_list->setCurrentItem(first);
    }
    // Where some are not seen, nobody can say between which a column comes to stand.
    m_list->setDragEnabled(text.isEmpty());
    note();
}

void ColumnChooser::note()
{
    int shown = 0;
    for (int row = 0; row < m_list->count(); ++row) {
        shown += m_list->item(row)->checkState() == Qt::Checked ? 1 : 0;
    }
    const bool all = m_search->text().trimmed().isEmpty();
    const int row = m_list->currentRow();
    m_up->setEnabled(all && row > 0);
    m_down->setEnabled(all && row >= 0 && row + 1 < m_list->count());
    const QString count = tr("%1 of %2 are shown.").arg(shown).arg(m_list->count());
    m_note->setText(count + u' '
                    + (all ? tr("Space shows or hides, Alt+Up and Alt+Down move.")
                           : tr("Clear the search to move columns.")));
}

void ColumnChooser::changed(QListWidgetItem* item)
{
    if (m_filling) {
        return;
    }
    const bool shown = item->checkState() == Qt::Checked;
    if (!shown && m_table.header.hiddenSectionCount() + 1 >= m_table.header.count()) {
        m_filling = true;
        item->setCheckState(Qt::Checked);
        m_filling = false;
        m_note->setText(tr("One column stays: show another one first."));
        return;
    }
    m_table.show(item->data(kSection).toInt(), shown);
    note();
}

void ColumnChooser::takeOrder()
{
    m_filling = true;
    for (int row = 0; row < m_list->count(); ++row) {
        const int section = m_list->item(row)->data(kSection).toInt();
        m_table.header.moveSection(m_table.header.visualIndex(section), row);
    }
    m_filling = false;
    note();
}

void ColumnChooser::move(int step)
{
    const int row = m_list->currentRow();
    const int to = row + step;
    if (row < 0 || to < 0 || to >= m_list->count() || !m_search->text().trimmed().isEmpty()) {
        return;
    }
    m_filling = true;
    auto* item = m_list->takeItem(row);
    m_list->insertItem(to, item);
    m_list->setCurrentItem(item);
    m_filling = false;
    takeOrder();
}

/// From the search down into the list, and from the list by typing back into the search.
bool ColumnChooser::eventFilter(QObject* object, QEvent* event)
{
    if (event->type() != QEvent::KeyPress) {
        return QDialog::eventFilter(object, event);
    }
    auto* key = static_cast<QKeyEvent*>(event);
    if (object == m_search && key->modifiers() == Qt::NoModifier
        && (key->key() == Qt::Key_Down || key->key() == Qt::Key_Return)) {
        m_list->setFocus(Qt::ShortcutFocusReason);
        return true;
    }
    const QString text = key->text();
    if (object == m_list && !text.isEmpty() && text.front().isPrint() && text != u" "_s
        && (key->modifiers() & ~Qt::ShiftModifier) == Qt::NoModifier) {
        m_search->setFocus(Qt::ShortcutFocusReason);
        m_search->setText(m_search->text() + text);
        return true;
    }
    return QDialog::eventFilter(object, event);
}

} // namespace exhibit::ui
