// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/query/query.h"

#include <QLineEdit>
#include <QTimer>

#include <functional>
#include <optional>

class QCompleter;
class QStandardItemModel;

namespace exhibit::ui {

/// The query as text, with exactly two duties: live syntax state and completion. It never rejects a
/// keystroke: a query is routinely invalid while it is typed, so there is no QValidator. While the
/// text changes it is neutral; red comes only after 150 ms of being wrong. Buttons, chips and
/// history stand in QueryBar, never here.
class QueryField : public QLineEdit {
    Q_OBJECT

public:
    explicit QueryField(QWidget* parent);

    /// A value for completion, and where it is known from.
    struct KnownValue {
        QString text;
        QString label;
    };
    using ValueSource
        = std::function<QList<KnownValue>(const QString& field, const QString& prefix)>;

    /// Real values of a field, for completion; called while typing, so it only looks at what is
    /// here.
    void setValueSource(ValueSource values);
    /// There are more values by now: shown where completion still stands open for them.
    void completeAgain();
    void setError(const std::optional<query::QueryError>& error);
    /// Replaces the text without asking for completion.
    void showText(const QString& text);
    [[nodiscard]] bool showsError() const { return m_showError; }
    [[nodiscard]] QStringList completionTexts() const;
    void complete();

Q_SIGNALS:
    void errorShown(const QString& message); ///< Empty when it is gone.
    void committed();

protected:
    void paintEvent(QPaintEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    void paintError(QPainter& painter, const QRect& line);
    void showCompletions();
    void insertCompletion(int row);
    [[nodiscard]] QString errorText() const;

    ValueSource m_values;
    bool m_isCompleting = false; ///< A value is typed, and nobody has put its completion away.
    std::optional<query::QueryError> m_error;
    bool m_showError = false;
    QTimer m_redDelay;
    QCompleter* m_completer;
    QStandardItemModel* m_model;
    std::vector<query::Completion> m_completions;
};

} // namespace exhibit::ui
