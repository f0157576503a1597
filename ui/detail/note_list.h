// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/domain/incident_source.h"
#include "ui/widgets/section.h"

class QVBoxLayout;

namespace exhibit::ui {

/// The notes of an incident, oldest first: when, by whom, the text; one that was taken back says
/// so. Hidden where there are none.
class NoteList : public Section {
    Q_OBJECT

public:
    explicit NoteList(QWidget* parent);
    /// Lists of incidents have no notes: then the source, where there is one, is asked for them.
    void follow(const domain::Incident& incident, domain::IncidentSource* source);
    [[nodiscard]] QStringList texts() const; ///< As they are read, heading and text of each.

private:
    void setNotes(std::vector<domain::IncidentNote> notes);
    void fill();

    QWidget* m_lines;
    domain::Question m_question;
    std::vector<domain::IncidentNote> m_notes;
    QVBoxLayout* m_column;
};

} // namespace exhibit::ui
