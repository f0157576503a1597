// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/search/search_controller.h"

#include <QDialog>

class QLabel;
class QPushButton;
class QVBoxLayout;

namespace exhibit::ui {

class BuilderRow;

/// Writes a query from fields, operators and values that exist: for those who do not know the
/// language yet, and to learn it from, since the text stands below and is all that counts. Shows
/// the query that is searched for, whoever changes it. Not modal; one for each window.
class QueryBuilder : public QDialog {
    Q_OBJECT

public:
    /// The one of the window, made on first use.
    static QueryBuilder& open(SearchController& search);

    [[nodiscard]] QList<BuilderRow*> rows() const { return m_rows; }
    [[nodiscard]] QString text() const; ///< Canonical; empty while a row is wrong.
    [[nodiscard]] QString countText() const;
    BuilderRow& addRow();
    void apply();

private:
    explicit QueryBuilder(SearchController& search);
    void showQuery(const query::Query& query);
    void clear();
    void remove(BuilderRow* row);
    void changed();
    void count();
    void wantValues(BuilderRow* row);
    /// nullopt while a row is wrong.
    [[nodiscard]] std::optional<query::Query> query() const;

    SearchController& m_search;
    QList<BuilderRow*> m_rows; ///< Owned by this dialog.
    QVBoxLayout* m_list;
    QLabel* m_text;
    QLabel* m_count;
    QPushButton* m_apply;
    QTimer m_countDelay;
    std::map<std::string, domain::Question> m_valueQuestions; ///< By field.
    std::map<std::string, QStringList> m_values;
    bool m_applying = false;
};

} // namespace exhibit::ui
