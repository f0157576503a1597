// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/windows/pane_registry.h"

#include <QTimer>

namespace exhibit::ui {

class ExplainSection;

/// Reads what the record says of a moment of the selected run, and adds it to what the section
/// shows of that moment. A playhead that is dragged asks where it rests; the newest moment wins.
class InstantRecord : public QObject {
    Q_OBJECT

public:
    /// `section` lives as long.
    InstantRecord(const Services& services, ExplainSection& section, QObject* parent);
    /// The section shows this moment of the run, and nothing of the record yet.
    void follow(const RunId& run, UtcTime at);
    /// The section shows nothing.
    void stop();

private:
    void read();
    void show();

    Services m_services;
    ExplainSection& m_section;
    QTimer m_delay;
    domain::Question m_question;
    std::string m_run;
    UtcTime m_at{};
    std::optional<domain::RunExplanation> m_record; ///< Of that moment, once it is here.
};

} // namespace exhibit::ui
