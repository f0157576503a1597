// SPDX-License-Identifier: Apache-2.0
#include "ui/windows/layouts_dialog.h"

#include "ui/text.h"
#include "ui/theme/style.h"
#include "ui/widgets/message_bar.h"
#include "ui/widgets/tool_bar_parts.h"

#include <QDialogButtonBox>
#include <QGridLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QVBoxLayout>

namespace exhibit::ui {
namespace {

using namespace Qt::StringLiterals;

constexpr int kName = Qt::UserRole;

} // namespace

LayoutsDialog::LayoutsDialog(Layouts& layouts,
                             std::function<void(const QString&)> apply,
                             QWidget* parent)
    : QDialog(parent)
    , m_layouts(layouts)
    , m_apply(std::move(apply))
    , m_bar(new MessageBar(this))
    , m_name(new QLineEdit(this))
    , m_save(new QPushButton(tr("&Save"), this))
    , m_list(new QListWidget(this))
    , m_none(
          new QLabel(tr("No layout has a name yet. Arrange the panes as you like them, name that "
                        "above and save it."),
                     this))
{
    setObjectName(u"layouts"_s);
    setWindowTitle(tr("Layouts"));
    setAttribute(Qt::WA_DeleteOnClose);
    build();
    fill({});
    connect(m_save, &QPushButton::clicked, this, &LayoutsDialog::saveAs);
    connect(m_name, &QLineEdit::textChanged, this, [this](const QString& text) {
        m_save->setText(m_layouts.names().contains(Layouts::nameOf(text)) ? tr("&Replace")
                                                                          : tr("&Save"));
        enableButtons();
    });
    connect(m_list, &QListWidget::itemChanged, this, &LayoutsDialog::renamed);
    m_name->setFocus();
}

void LayoutsDialog::build()
{
    m_name->setMaxLength(static_cast<int>(Layouts::kNameMax));
    m_name->setObjectName(u"layouts.name"_s);
    m_name->setPlaceholderText(tr("Name for the layout that is shown now"));
    m_name->setAccessibleName(m_name->placeholderText());
    m_save->setObjectName(u"layouts.save"_s);
    m_save->setEnabled(false);
    m_list->setAccessibleName(tr("Named layouts"));
    m_list->setEditTriggers(QAbstractItemView::EditKeyPressed);
    connect(m_list, &QListWidget::itemDoubleClicked, this, &LayoutsDialog::applyCurrent);
    auto* ways = new QVBoxLayout;
    const auto add = [&](const QString& text, const QString& name, const QString& keys) {
        auto* button = new QPushButton(text, this);
        button->setObjectName(name);
        button->setToolTip(keys);
        ways->addWidget(button);
        return button;
    };
    m_show = add(tr("Sho&w"), u"layouts.show"_s, tr("Return"));
    m_rename = add(tr("Re&name"), u"layouts.rename"_s, tr("F2"));
    m_delete = add(tr("&Delete"), u"layouts.delete"_s, tr("Del"));
    ways->addStretch(1);
    connect(m_show, &QPushButton::clicked, this, &LayoutsDialog::applyCurrent);
    connect(
        m_rename, &QPushButton::clicked, this, [this] { m_list->editItem(m_list->currentItem()); });
    connect(m_delete, &QPushButton::clicked, this, &LayoutsDialog::removeCurrent);
    m_none->setWordWrap(true);
    makeSecondary(m_none);
    auto* parts = new QGridLayout;
    parts->addWidget(m_name, 0, 0);
    parts->addWidget(m_save, 0, 1);
    parts->addWidget(m_none, 1, 0, Qt::AlignTop);
    parts->addWidget(m_list, 1, 0);
    parts->addLayout(ways, 1, 1);
    parts->setRowStretch(1, 1);
    parts->setColumnStretch(0, 1);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::close);
    for (auto* button : findChildren<QPushButton*>()) {
        button->setAutoDefault(false); // Return is of the field or the list it is pressed in.
    }
    auto* layout = new QVBoxLayout(this);
    layout->addWidget(m_bar);
    layout->addLayout(parts, 1);
    layout->addWidget(buttons);
    resize(scaled(420), scaled(360));
}

void LayoutsDialog::fill(const QString& current)
{
    m_filling = true;
    m_list->clear();
    for (const QString& name : m_layouts.names()) {
        auto* item = new QListWidgetItem(name, m_list); // The list owns it.
        item->setData(kName, name);
        item->setSizeHint({scaled(120), scaled(24)});
        item->setFlags(item->flags() | Qt::ItemIsEditable);
        if (name == current || m_list->currentItem() == nullptr) {
            m_list->setCurrentItem(item);
        }
    }
    m_filling = false;
    m_none->setVisible(m_list->count() == 0);
    m_list->setVisible(m_list->count() > 0);
    Q_EMIT m_name->textChanged(m_name->text()); // Whether Save replaces one.
}

void LayoutsDialog::enableButtons()
{
    m_save->setEnabled(m_panesShown && !Layouts::nameOf(m_name->text()).isEmpty());
    m_show->setEnabled(m_panesShown && m_list->count() > 0);
    m_rename->setEnabled(m_list->count() > 0);
    m_delete->setEnabled(m_list->count() > 0);
}

void LayoutsDialog::setPanesShown(bool shown)
{
    m_panesShown = shown;
    const QString why
        = shown ? QString() : tr("Layouts are of the panes, and a page stands there.");
    m_save->setToolTip(why);
    m_show->setToolTip(shown ? tr("Return") : why);
    enableButtons();
}

QString LayoutsDialog::current() const
{
    return m_list->currentItem() != nullptr ? m_list->currentItem()->data(kName).toString()
                                            : QString();
}

void LayoutsDialog::applyCurrent()
{
    if (!current().isEmpty()) {
        m_apply(current());
    }
}

void LayoutsDialog::saveAs()
{
    const QString name = Layouts::nameOf(m_name->text());
    const auto before = m_layouts.kept();
    if (name.isEmpty() || !m_panesShown) {
        return;
    }
    if (!m_layouts.save(name)) {
        return refuse(tr("The layout was not saved."),
                      tr("There are %1 already: delete one first.").arg(Layouts::kLayoutsMax));
    }
    m_name->clear();
    fill(name);
    m_list->setFocus();
    if (before.contains(name)) {
        offerUndo(
            tr("%1 was replaced.").arg(inQuotes(name)),
            [this, name, state = before.value(name)] {
                m_layouts.put(name, state);
                return true;
            },
            name);
    } else {
        m_bar->clear();
    }
    Q_EMIT changed();
}

void LayoutsDialog::renamed(QListWidgetItem* item)
{
    const QString from = item->data(kName).toString();
    const QString to = Layouts::nameOf(item->text());
    if (m_filling || to == from) {
        return;
    }
    const bool done = m_layouts.rename(from, to);
    if (done) {
        offerUndo(
            tr("%1 is now %2.").arg(inQuotes(from), inQuotes(to)),
            [this, from, to] { return m_layouts.rename(to, from); },
            from);
        Q_EMIT changed();
    } else {
        refuse(tr("%1 keeps its name.").arg(inQuotes(from)),
               to.isEmpty() ? tr("A name has letters.")
                            : tr("Another layout is called %1.").arg(inQuotes(to)));
    }
    m_filling = true;
    item->setData(kName, done ? to : from);
    m_filling = false;
    // Later: the editor of the item is still closing.
    QMetaObject::invokeMethod(
        this, [this, name = done ? to : from] { fill(name); }, Qt::QueuedConnection);
}

void LayoutsDialog::removeCurrent()
{
    const QString name = current();
    if (name.isEmpty()) {
        return;
    }
    const QByteArray state = m_layouts.kept().value(name);
    const int row = m_list->currentRow();
    m_layouts.remove(name);
    fill({});
    m_list->setCurrentRow(std::min(row, m_list->count() - 1));
    if (m_list->count() == 0) {
        m_name->setFocus(); // The list is gone.
    }
    offerUndo(
        tr("%1 was deleted.").arg(inQuotes(name)),
        [this, name, state] {
            const QStringList names = m_layouts.names();
            const bool isFree = !names.contains(name) && names.size() < Layouts::kLayoutsMax;
            if (isFree) {
                m_layouts.put(name, state);
            }
            return isFree;
        },
        name);
    Q_EMIT changed();
}

void LayoutsDialog::offerUndo(const QString& what, std::function<bool()> undo, const QString& name)
{
    m_bar->showMessage(MessageBar::Kind::Note, what, {});
    m_bar->addAction(tr("Undo"), [this, undo, name] {
        if (!undo()) {
            return refuse(tr("%1 did not come back.").arg(inQuotes(name)),
                          tr("Its name or its place is taken by now."));
        }
        m_bar->clear();
        fill(name);
        m_list->setFocus();
        Q_EMIT changed();
    });
}

void LayoutsDialog::refuse(const QString& what, const QString& more)
{
    m_bar->showMessage(MessageBar::Kind::Warning, what, more);
    m_bar->addAction(tr("Close"), [this] { m_bar->clear(); });
}

void LayoutsDialog::keyPressEvent(QKeyEvent* event)
{
    const bool entered = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter;
    if (entered && m_name->hasFocus()) {
        return saveAs();
    }
    if (entered && m_list->hasFocus()) {
        return applyCurrent();
    }
    if (event->key() == Qt::Key_Delete && m_list->hasFocus()) {
        return removeCurrent();
    }
    QDialog::keyPressEvent(event);
}

} // namespace exhibit::ui
