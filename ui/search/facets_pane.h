// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/search/search_controller.h"

#include <QWidget>

class QLineEdit;
class QStandardItem;
class QStandardItemModel;
class QTreeView;

namespace exhibit::ui {

/// Values of each field with their counts over all matches; a check adds one to the query.
class FacetsPane : public QWidget {
    Q_OBJECT

public:
    FacetsPane(SearchController& search, QWidget* parent);
    [[nodiscard]] QTreeView& view() { return *m_view; }
    /// Checks or unchecks a value as a person would; false when it is not listed.
    bool toggle(const QString& field, const QString& value);

private:
    void fill();
    void addFacet(const domain::Facet& facet, const QString& filter);
    void changed(QStandardItem* item);

    SearchController& m_search;
    QLineEdit* m_filter;
    QTreeView* m_view;
    QStandardItemModel* m_model;
    bool m_filling = false;
};

} // namespace exhibit::ui
