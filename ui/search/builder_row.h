// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/query/fields.h"

#include <QWidget>

#include <span>

class QComboBox;
class QLabel;
class QToolButton;

namespace exhibit::ui {

/// What a row of the builder can do to its value, as words.
struct BuilderOperator {
    bool negated;
    query::Comparison comparison;
    const char* text; ///< Translated at use, context "Builder".
};
/// nullptr: words in the text.
[[nodiscard]] std::span<const BuilderOperator> operatorsOf(const query::FieldSpec* field);

/// One clause of a query as controls: [and|or] [field] [operator] [value] [remove]. "Or" joins the
/// row before, as in the language.
class BuilderRow : public QWidget {
    Q_OBJECT

public:
    explicit BuilderRow(QWidget* parent);

    void showClause(const query::Clause& clause, bool isOr);
    /// The first row joins nothing.
    void setFirst(bool first);
    void setValues(const QStringList& values);
    /// Fills and chooses as people do, for tests and for help.
    void choose(const QString& field, int operatorIndex, const QString& value);

    [[nodiscard]] bool isOr() const;
    /// The name of the language's field; empty for words.
    [[nodiscard]] QString field() const;
    [[nodiscard]] QString value() const;
    /// The clause that stands here; what is wrong with it otherwise. Without a value: no clause.
    [[nodiscard]] tl::expected<std::optional<query::Clause>, QString> clause() const;
    /// What is wrong, under the row; empty: nothing.
    void showError(const QString& message);

Q_SIGNALS:
    void changed();
    void fieldChosen(); ///< Its values are wanted.
    void removed();

private:
    void fillOperators();
    [[nodiscard]] const query::FieldSpec* spec() const;

    QComboBox* m_join;
    QComboBox* m_field;
    QComboBox* m_operator;
    QComboBox* m_value;
    QToolButton* m_remove;
    QLabel* m_error;
};

} // namespace exhibit::ui
