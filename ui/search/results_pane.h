// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/search/search_controller.h"
#include "ui/search/value_filter.h"

#include <QWidget>

class QStackedWidget;

namespace exhibit::ui {

class EmptyState;
class HistogramWidget;
class MessageBar;
class ResultOrdering;
class ResultsView;
class SelectedRows;
class WantedRow;

/// Histogram and table of the incidents found, with what is said when there are none or the search
/// failed.
class ResultsPane : public QWidget {
    Q_OBJECT

public:
    ResultsPane(SearchController& search, QWidget* parent);
    [[nodiscard]] ResultsView& view() { return *m_view; }
    [[nodiscard]] HistogramWidget& histogram() { return *m_histogram; }
    [[nodiscard]] MessageBar& bar() { return *m_bar; }
    [[nodiscard]] bool showsEmpty() const;
    /// The rows that are seen, and the current one.
    [[nodiscard]] QJsonObject state() const;
    /// Of the next results; the incident is the selection's wanted().
    void restore(const QJsonObject& state) { m_kept = state; }

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void connectSearch();
    void handleActions();
    void showState();
    void showFailure();
    void showCancelled();
    void showCounts();
    void showCountsFailure();
    void showEmpty();
    void offerFirstSteps();
    void selectFirst();
    void selectFound(int row);
    void place(int row);
    void scrollAsKept(int row);
    void selectionChanged();
    void showCurrent(bool isStep);
    void showReturned();
    void openMenu(const QPoint& at);
    void handleChanges();
    [[nodiscard]] FilterValues valuesAt(const QModelIndex& index) const;
    /// Of several values one is chosen from a menu, where each stands in `text`.
    void withCurrentValue(const QString& text, const std::function<void(const FilterValue&)>& run);
    void sayNoFilter(const QModelIndex& index);

    SearchController& m_search;
    MessageBar* m_bar;
    HistogramWidget* m_histogram;
    QStackedWidget* m_stack;
    ResultsView* m_view;
    EmptyState* m_empty;
    ResultOrdering* m_ordering;
    SelectedRows* m_selected;
    WantedRow* m_wanted;
    QJsonObject m_kept; ///< Where the next results are shown: of an earlier session, or a refresh.
    bool m_awaited = false; ///< The row to select is on its way.
    bool m_awaitedIsStep = false; ///< A person chose it.
    bool m_placing = false; ///< Not a person makes it the current row.
};

} // namespace exhibit::ui
