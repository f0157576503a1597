// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/windows/pane_registry.h"

namespace exhibit::ui {

class ResultsModel;
class ResultsView;

/// The rows of the list that are selected, for what is done with several of them. Actions say how
/// many they are about, or that they are about the current one alone, before they are used.
class SelectedRows : public QObject {
    Q_OBJECT

public:
    SelectedRows(const Services& services, ResultsView& view, const ResultsModel& results);
    /// Of more than Selection::kMarkedMax rows, headers of groups count.
    [[nodiscard]] qint64 count() const;
    /// Several rows; none where not more than one is selected. Asks for those that are not read
    /// yet.
    [[nodiscard]] Selection::Marked marked() const;

private:
    void nameActions();

    Services m_services;
    ResultsView& m_view;
    const ResultsModel& m_results;
    bool m_isNamed = false; ///< Actions have the texts for several rows.
};

} // namespace exhibit::ui
