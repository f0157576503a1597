// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/windows/incident_changes.h"
#include "ui/windows/note_drafts.h"

#include <QDialog>

class QDialogButtonBox;
class QLabel;
class QPlainTextEdit;

namespace exhibit::ui {

/// A note for some incidents. What is written is kept as a draft with each key, and offered again
/// until the server has it or somebody discards it.
class NoteDialog : public QDialog {
    Q_OBJECT

public:
    NoteDialog(IncidentChanges& changes,
               NoteDrafts& drafts,
               std::vector<domain::Incident> incidents,
               QWidget* parent);

private:
    void written();
    void check();
    void add();

    IncidentChanges& m_changes;
    NoteDrafts& m_drafts;
    std::vector<domain::Incident> m_incidents;
    NoteDrafts::Key m_key;
    QPlainTextEdit* m_text;
    QLabel* m_said; ///< What of a text is too much to be kept.
    QDialogButtonBox* m_buttons;
};

} // namespace exhibit::ui
