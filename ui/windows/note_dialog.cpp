// SPDX-License-Identifier: Apache-2.0
#include "ui/windows/note_dialog.h"

#include "ui/text.h"
#include "ui/theme/style.h"

#include <QAccessible>
#include <QDialogButtonBox>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QShortcut>
#include <QVBoxLayout>

namespace exhibit::ui {
namespace {

using namespace Qt::StringLiterals;

} // namespace

NoteDialog::NoteDialog(IncidentChanges& changes,
                       NoteDrafts& drafts,
                       std::vector<domain::Incident> incidents,
                       QWidget* parent)
    : QDialog(parent)
    , m_changes(changes)
    , m_drafts(drafts)
    , m_incidents(std::move(incidents))
    , m_key(drafts.keyOf(m_incidents))
    , m_text(new QPlainTextEdit(this))
    , m_said(new QLabel(this))
    , m_buttons(new QDialogButtonBox(QDialogButtonBox::Cancel | QDialogButtonBox::Discard, this))
{
    setObjectName(u"note.dialog"_s);
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Note"));
    auto* label = new QLabel(m_incidents.size() == 1
                                 ? tr("Note for this incident")
                                 : tr("Note for these %1 incidents").arg(m_incidents.size()),
                             this);
    label->setBuddy(m_text);
    m_text->setAccessibleName(label->text());
    m_text->setTabChangesFocus(true);
    m_text->setPlainText(m_drafts.text(m_key));
    m_text->moveCursor(QTextCursor::End);
    auto* accepts = m_buttons->addButton(tr("Add note"), QDialogButtonBox::AcceptRole);
    accepts->setObjectName(u"note.add"_s);
    accepts->setToolTip(tr("Ctrl+Return"));
    m_buttons->button(QDialogButtonBox::Cancel)->setText(tr("Keep for later"));
    auto* layout = new QVBoxLayout(this);
    layout->addWidget(label);
    layout->addWidget(m_text, 1);
    m_said->setObjectName(u"note.said"_s);
    m_said->setWordWrap(true);
    m_said->hide();
    layout->addWidget(m_said);
    layout->addWidget(m_buttons);
    connect(m_text, &QPlainTextEdit::textChanged, this, &NoteDialog::written);
    connect(m_buttons, &QDialogButtonBox::accepted, this, &NoteDialog::add);
    connect(m_buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(m_buttons->button(QDialogButtonBox::Discard), &QPushButton::clicked, this, [this] {
        m_drafts.forget(m_key);
        reject();
    });
    auto* send = new QShortcut(QKeySequence(Qt::CTRL | Qt::Key_Return), this); // This owns it.
    connect(send, &QShortcut::activated, this, &NoteDialog::add);
    resize(scaled(480), scaled(240));
    check();
}

/// What would be lost with the dialog is said in it, not only on a button that nobody points at.
void NoteDialog::written()
{
    const auto kept = m_drafts.keep(m_key, m_text->toPlainText());
    check();
    const bool wasHidden = m_said->isHidden();
    m_said->setText(kept == NoteDrafts::Kept::Beginning
                        ? tr("A note has at most %1 bytes. What is beyond them is not kept.")
                              .arg(grouped(NoteDrafts::kBytesMax))
                        : tr("%1 notes wait to be added already: this one is not kept when the "
                             "dialog closes.")
                              .arg(NoteDrafts::kDraftsMax));
    m_said->setHidden(kept == NoteDrafts::Kept::Whole);
    if (wasHidden && kept != NoteDrafts::Kept::Whole) {
        QAccessibleEvent event(m_said, QAccessible::Alert);
        QAccessible::updateAccessibility(&event);
    }
}

void NoteDialog::check()
{
    const QString text = m_text->toPlainText().trimmed();
    auto* accepts = findChild<QPushButton*>(u"note.add"_s);
    const bool tooLong = text.toUtf8().size() > NoteDrafts::kBytesMax;
    accepts->setEnabled(!text.isEmpty() && !tooLong);
    accepts->setToolTip(tooLong ? tr("A note has at most 8192 bytes.") : tr("Ctrl+Return"));
}

void NoteDialog::add()
{
    if (findChild<QPushButton*>(u"note.add"_s)->isEnabled()) {
        m_changes.note(m_incidents, m_text->toPlainText().trimmed());
        accept();
    }
}

} // namespace exhibit::ui
