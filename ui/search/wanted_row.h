// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/search/search_controller.h"

namespace exhibit::ui {

/// Looks for the row of one incident wherever it stands in the results: that of a session before,
/// which is seldom among the first. In the order of time the server counts what stands before it;
/// in other orders it is looked for around the row that it had. The record is shown as soon as it
/// is known.
class WantedRow : public QObject {
    Q_OBJECT

public:
    explicit WantedRow(SearchController& search);

    /// `near`: where it stood; -1: not known. One search at a time.
    void seek(const std::string& incident, int near);
    void stop();
    [[nodiscard]] bool isSeeking() const { return !m_incident.empty(); }

Q_SIGNALS:
    /// -1: it is none of the rows, or cannot be found among them.
    void found(int row);

private:
    void askPlace(const domain::Incident& incident);
    void look(int row);
    void check();
    void end(int row);

    SearchController& m_search;
    std::string m_incident; ///< Empty: nothing is looked for.
    IncidentId m_id;
    int m_near = -1;
    int m_looked = -1; ///< The row that was looked at, with a page on both sides.
    domain::Question m_question;
};

} // namespace exhibit::ui
