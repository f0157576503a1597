// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/windows/pane_registry.h"

namespace exhibit::ui {

class ResultsView;
class SearchController;

/// The rows of the list that are selected, for what is done with several of them. Actions say how
/// many they are about, or that they are about the current one alone, before they are used.
class SelectedRows : public QObject {
    Q_OBJECT

public:
    SelectedRows(SearchController& search, ResultsView& view);
    /// Of more than Selection::kMarkedMax rows, headers of groups count.
    [[nodiscard]] qint64 count() const;
    /// Several rows; none where not more than one is selected. Asks for those that are not read
    /// yet. Where all are selected, with the search that finds them.
    [[nodiscard]] Selection::Marked marked() const;

private:
    void nameActions();

    SearchController& m_search;
    ResultsView& m_view;
    const ResultsModel& m_results;
    bool m_isNamed = false; ///< Actions have the texts for several rows.
};

} // namespace exhibit::ui
