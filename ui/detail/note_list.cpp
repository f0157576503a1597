// SPDX-License-Identifier: Apache-2.0
#include "ui/detail/note_list.h"

#include "ui/text.h"
#include "ui/theme/fonts.h"
#include "ui/theme/style.h"
#include "ui/widgets/phrase_label.h"
#include "ui/widgets/time_display.h"

#include <QLabel>
#include <QVBoxLayout>

#include <utility>

namespace exhibit::ui {
namespace {

template <class Label>
QLabel* line(const QString& text, TypeRole role, QWidget* parent)
{
    auto* label = new Label(text, parent); // That owns it.
    label->setTextFormat(Qt::PlainText); // Nothing that somebody wrote is markup.
    label->setFont(typeFont(role));
    label->setWordWrap(true);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    return label;
}

} // namespace

NoteList::NoteList(QWidget* parent)
    : Section(tr("Notes"), parent)
    , m_lines(new QWidget(this))
    , m_column(new QVBoxLayout(m_lines))
{
    setContent(m_lines);
    m_column->setContentsMargins(scaled(8), 0, scaled(12), 0);
    m_column->setSpacing(scaled(2));
    connect(&TimeDisplay::instance(), &TimeDisplay::changed, this, &NoteList::fill);
    hide();
}

void NoteList::follow(const domain::Incident& incident, domain::IncidentSource* source)
{
    m_question.reset();
    setNotes(incident.notes.value_or(std::vector<domain::IncidentNote>{}));
    if (incident.notes || source == nullptr) {
        return;
    }
    m_question = source->incident(incident.incidentId.text(),
                                  [this](const domain::SourceResult<domain::Incident>& reply) {
                                      const auto done = std::exchange(m_question, nullptr);
                                      if (reply && reply->notes) {
                                          setNotes(*reply->notes);
                                      }
                                  });
}

void NoteList::setNotes(std::vector<domain::IncidentNote> notes)
{
    m_notes = std::move(notes);
    fill();
    setVisible(!m_notes.empty());
}

void NoteList::fill()
{
    qDeleteAll(m_lines->findChildren<QLabel*>(QString(), Qt::FindDirectChildrenOnly));
    for (const auto& note : m_notes) {
        const auto& times = TimeDisplay::instance();
        const QString heading = tr("%1, %2").arg(times.clock(note.createdAt),
                                                 isolatedText(shortId(toQt(note.author))));
        auto* head = line<PhraseLabel>(
            note.withdrawnAt ? tr("%1 – taken back %2").arg(heading, times.clock(*note.withdrawnAt))
                             : heading,
            TypeRole::Caption,
            m_lines);
        makeSecondary(head);
        head->setContentsMargins(0, scaled(4), 0, 0);
        auto* text = line<QLabel>(
            note.text.empty() ? tr("(erased)") : toQt(note.text), TypeRole::Body, m_lines);
        if (note.withdrawnAt) {
            makeSecondary(text);
        }
        m_column->addWidget(head);
        m_column->addWidget(text);
    }
}

QStringList NoteList::texts() const
{
    QStringList all;
    for (int i = 0; i + 1 < m_column->count(); i += 2) {
        const auto* head = qobject_cast<QLabel*>(m_column->itemAt(i)->widget());
        const auto* text = qobject_cast<QLabel*>(m_column->itemAt(i + 1)->widget());
        all << head->text() + QLatin1Char('\n') + text->text();
    }
    return all;
}

} // namespace exhibit::ui
