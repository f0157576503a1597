// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/search/search_controller.h"

class QMenu;

namespace exhibit::ui {

class MessageBar;
class ResultsView;

/// How results are sorted and grouped, by header, keys and menus. Belongs to the pane of `view`.
class ResultOrdering : public QObject {
    Q_OBJECT

public:
    ResultOrdering(SearchController& search, ResultsView& view, MessageBar& bar);
    /// "by cost, grouped by policy"; empty while the newest stand first in one list.
    [[nodiscard]] QString note() const;
    /// The same choices for a button and for the menu under the key.
    void fillMenu(QMenu& menu);

private:
    void sortBy(int section, bool none);
    void groupBy(std::optional<query::Field> field);
    void openMenu();
    void showOrder();
    void explain(int section);

    SearchController& m_search;
    ResultsView& m_view;
    MessageBar& m_bar;
};

} // namespace exhibit::ui
