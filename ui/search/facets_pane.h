// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/search/search_controller.h"

#include <QSet>
#include <QWidget>

#include <map>
#include <set>

class QLineEdit;
class QStandardItem;
class QStandardItemModel;
class QTreeView;

namespace exhibit::ui {

class FacetDelegate;

/// Values of each field with their counts over all matches; a check adds one to the query. "more…"
/// and the filter ask for all that the server lists.
class FacetsPane : public QWidget {
    Q_OBJECT

public:
    FacetsPane(SearchController& search, QWidget* parent);
    [[nodiscard]] QTreeView& view() { return *m_view; }
    /// Checks or unchecks a value as a person would; false when it is not listed.
    bool toggle(const QString& field, const QString& value);
    /// As if somebody had chosen "more…" under that field.
    void showMore(const std::string& field);

private:
    void refill();
    void fill();
    void addFacet(const domain::Facet& counted);
    void addValue(QStandardItem& heading,
                  const std::string& field,
                  const domain::FacetValue& value);
    void addRest(QStandardItem& heading, const domain::Facet& facet, bool all);
    /// A row without a box; `key` empty: nothing to choose.
    QStandardItem* addNote(QStandardItem& heading, const QString& text, const QString& key);
    void activate(const QModelIndex& index);
    void openMenu(const QPoint& at);
    void askAll();
    void changed(QStandardItem* item);

    SearchController& m_search;
    QLineEdit* m_filter;
    QTreeView* m_view;
    QStandardItemModel* m_model;
    FacetDelegate* m_delegate;
    std::map<std::string, domain::Facet> m_all; ///< By field, of the rows that are shown.
    std::set<std::string> m_open; ///< Fields whose "more…" was chosen.
    QSet<QString> m_folded; ///< Keys of headings.
    bool m_asked = false;
    bool m_filling = false;
};

} // namespace exhibit::ui
