// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QDialog>

namespace exhibit::query {
struct FieldSpec;
}

namespace exhibit::ui {

/// F1: what a query can say, written from the language's own table of fields, so that it cannot say
/// anything else. Stays open beside the query.
class QueryReference : public QDialog {
    Q_OBJECT

public:
    /// The one of that window, made where there is none.
    static void open(QWidget* window);
    /// As HTML.
    [[nodiscard]] static QString text();
    /// A query with that field.
    [[nodiscard]] static QString exampleOf(const query::FieldSpec& field);
    /// Queries of words, phrases and joints; all of them are in text().
    [[nodiscard]] static QStringList examples();

private:
    explicit QueryReference(QWidget* parent);
};

} // namespace exhibit::ui
