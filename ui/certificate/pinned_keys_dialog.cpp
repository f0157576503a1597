// SPDX-License-Identifier: Apache-2.0
#include "ui/certificate/pinned_keys_dialog.h"

#include "ui/text.h"
#include "ui/theme/fonts.h"
#include "ui/theme/style.h"
#include "ui/widgets/message_bar.h"
#include "ui/widgets/tool_bar_parts.h"

#include <QDialogButtonBox>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QVBoxLayout>

namespace exhibit::ui {

using namespace Qt::StringLiterals;

PinnedKeysDialog::PinnedKeysDialog(TrustStore& trust, QWidget* parent)
    : QDialog(parent)
    , m_trust(trust)
    , m_message(new MessageBar(this))
    , m_list(new QListWidget(this))
    , m_key(new QPlainTextEdit(this))
    , m_note(new QLineEdit(this))
    , m_remove(new QPushButton(tr("&Remove"), this))
{
    setWindowTitle(tr("Pinned keys"));
    setAttribute(Qt::WA_DeleteOnClose);
    resize(scaled(640), scaled(460));
    auto* why = new QLabel(
        tr("A file is trusted when keys that you pinned here signed it. Take them from "
           "the operator by another way than the file: a letter, a call."),
        this);
    why->setWordWrap(true);
    makeSecondary(why);
    m_list->setAccessibleName(tr("Pinned keys"));
    m_key->setAccessibleName(tr("Key"));
    m_key->setFont(typeFont(TypeRole::Mono));
    m_key->setPlaceholderText(
        tr("log key (name+id+base64), certificate key (PEM or hex), or the certificate of those "
           "who sign reports (PEM)"));
    m_key->setTabChangesFocus(true);
    m_key->setFixedHeight(scaled(64));
    m_note->setAccessibleName(tr("Where it came from"));
    auto* pinButton = new QPushButton(tr("&Pin"), this);
    pinButton->setProperty("default", true);
    auto* form = new QFormLayout;
    form->addRow(tr("&Key"), m_key);
    form->addRow(tr("&Where it came from"), m_note);
    auto* buttons = new QDialogButtonBox(this);
    buttons->addButton(pinButton, QDialogButtonBox::ActionRole);
    buttons->addButton(m_remove, QDialogButtonBox::ActionRole);
    buttons->addButton(QDialogButtonBox::Close);
    auto* column = new QVBoxLayout(this);
    column->addWidget(m_message);
    column->addWidget(why);
    column->addWidget(m_list, 1);
    column->addLayout(form);
    column->addWidget(buttons);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(pinButton, &QPushButton::clicked, this, [this] {
        pin(m_key->toPlainText(), m_note->text());
    });
    connect(m_remove, &QPushButton::clicked, this, [this] {
        if (m_list->currentRow() >= 0) {
            m_trust.unpin(m_list->currentRow());
        }
    });
    connect(&m_trust, &TrustStore::changed, this, &PinnedKeysDialog::fill);
    fill();
    m_key->setFocus();
}

bool PinnedKeysDialog::pin(const QString& key, const QString& note)
{
    if (const auto pinned = m_trust.pin(key, note); !pinned) {
        m_message->showMessage(
            MessageBar::Kind::Error, tr("This key was not pinned."), toQt(pinned.error().message));
        return false;
    }
    m_message->clear();
    m_key->clear();
    m_note->clear();
    return true;
}

void PinnedKeysDialog::fill()
{
    m_list->clear();
    for (const auto& key : m_trust.keys()) {
        const QString note = key.note.isEmpty() ? tr("no note") : key.note;
        auto* item = new QListWidgetItem( // The list owns it.
            u"%1\n%2 · %3"_s.arg(describeKey(key), note, key.pinnedAt),
            m_list);
        item->setToolTip(key.text);
    }
    m_remove->setEnabled(m_list->count() > 0);
    if (m_list->count() > 0) {
        m_list->setCurrentRow(0);
    }
}

} // namespace exhibit::ui
