// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/query/edit.h"
#include "ui/itemmodels/results_model.h"
#include "ui/search/counted.h"
#include "ui/search/search_way.h"
#include "ui/windows/pane_registry.h"

#include <set>

namespace exhibit::ui {

/// Cancelled: what is shown, if anything, is the result of the search before.
enum class SearchState : std::uint8_t { Idle, Working, Done, Failed, Cancelled };

/// The search of one window: query text, results, facets, histogram, history. The panes of search
/// show it and change it; none of them knows another.
class SearchController : public QObject {
    Q_OBJECT

public:
    static constexpr std::uint32_t kFacetValues = 12; ///< Of each field, at first.

    explicit SearchController(const Services& services);
    /// The one of the window; made on first use, owned by the window.
    [[nodiscard]] static SearchController& of(const Services& services);

    /// What stands in the field. `now`: search at once; else after the debounce of typing. What is
    /// typed becomes a step of history when it stood for a while, or is left by something else.
    void setText(const QString& text, bool now);
    /// A change made by pointing: one step of history.
    void setQuery(const query::Query& query);
    /// The same by keys, of which more follow: searched for, and a step, as what is typed is.
    void growQuery(const query::Query& query, bool begins);
    [[nodiscard]] QString text() const { return m_text; }
    [[nodiscard]] const query::Query& query() const { return m_query; }
    /// What is wrong with the text; empty while it is fine. Positions are bytes of its UTF-8.
    [[nodiscard]] const std::optional<query::QueryError>& error() const { return m_error; }

    /// The incident as it is now, in its row and, when it is selected, everywhere else.
    void showChanged(const domain::Incident& incident);
    /// Asks how many incidents another query finds; no answer when it fails, `owner` goes, or the
    /// next search is asked.
    void countOf(const query::Query& query, QObject* owner, std::function<void(Total)> answer);

    /// Asks for as many values as the server lists of these facets; no answer when it fails,
    /// `owner` goes, or other rows are counted.
    void listValues(std::vector<std::string> fields,
                    QObject* owner,
                    std::function<void(const domain::FacetsReply&)> answer);

    void search();
    /// The same again: whoever looks at a row goes on looking at it. Of groups, the first is open.
    void refresh();
    /// Whether the rows that are shown, or asked for, are those from before, read again.
    [[nodiscard]] bool isRefresh() const { return m_isRefresh; }
    /// The same with what is new: the list begins there, the record that is open stays open.
    void showNew();
    [[nodiscard]] bool isShowingNew() const { return m_isShowingNew; }
    void cancel();
    /// A query together with how its results stand: one step of history.
    void show(const SearchStep& step);
    void showSaved(const SavedSearch& search);
    /// Of the results, as they stand; who shows them tells, and follows columnsAsked().
    void setColumns(const QStringList& ids) { m_columns = ids; }
    [[nodiscard]] const QStringList& columns() const { return m_columns; }
    void setOrder(const ResultOrder& order);
    [[nodiscard]] const ResultOrder& order() const { return m_order; }
    /// Restricts the calls that are found beside incidents, as on the wire; empty: any. One step of
    /// history.
    void chooseOutcome(const QString& outcome);
    [[nodiscard]] const QString& outcome() const { return m_outcome; }
    /// What the window asks for now.
    [[nodiscard]] SearchStep step() const { return {m_text, m_order, m_outcome}; }
    /// What the rows that are shown were asked with: query and order.
    [[nodiscard]] domain::SearchRequest shownRequest() const { return requestOf(m_shown.asked); }
    /// The order they stand in; order() may be on its way, or have failed.
    [[nodiscard]] const ResultOrder& shownOrder() const { return m_shown.asked.step.order; }
    [[nodiscard]] const query::Query& shownQuery() const { return m_shown.asked.query; }
    /// Through queries, and through what was chosen in their results.
    void back();
    void forward();
    [[nodiscard]] const SearchWay& way() const { return *m_way; }

    [[nodiscard]] ResultsModel& results() { return *m_results; }
    [[nodiscard]] SearchState state() const { return m_state; }
    [[nodiscard]] const std::optional<domain::SourceFailure>& failure() const { return m_failure; }
    /// Of the rows that are shown; those of the rows before until they are counted.
    [[nodiscard]] const domain::FacetsReply& facets() const { return m_facets; }
    [[nodiscard]] const domain::HistogramReply& histogram() const { return m_histogram; }
    [[nodiscard]] Counted bars() const { return m_bars; }
    /// NotYet: facets() are still those of the rows before.
    [[nodiscard]] Counted facetsCounted() const { return m_facetsCounted; }
    /// Why facets or histogram are missing.
    [[nodiscard]] const std::optional<domain::SourceFailure>& countsFailure() const
    {
        return m_countsFailure;
    }
    void countAgain() { askCounts(); }
    [[nodiscard]] qint64 total() const { return m_shown.total; }
    [[nodiscard]] bool totalIsEstimate() const { return m_results->isEstimate(); }
    [[nodiscard]] std::optional<Total> grandTotal() const { return m_grandTotal; }
    [[nodiscard]] Total newCount() const { return m_newCount; }
    [[nodiscard]] UtcTime asOf() const { return m_shown.asOf; }
    [[nodiscard]] SearchMemory& memory() { return m_memory; }
    [[nodiscard]] const Services& services() const { return m_services; }
    /// Values of a field that are known to exist, for completion.
    [[nodiscard]] QStringList knownValues(const QString& field) const;

Q_SIGNALS:
    void textChanged(); ///< Also when a pane changed it: the field follows.
    void orderChanged();
    void outcomeChanged();
    void stateChanged();
    void resultsShown();
    void countsChanged(); ///< Facets, histogram, totals, new ones.
    void countsFailed();
    void columnsAsked(const QStringList& ids);
    void returned(); ///< To another place in the rows that are shown.

protected:
    /// A window that is opened again shows what there is by now.
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    struct Asked {
        SearchStep step; ///< Its query as it stood in the field.
        query::Query query;
    };
    /// What stands in the list, whatever was asked since.
    struct Shown {
        Asked asked;
        qint64 total = 0;
        UtcTime asOf{};
    };

    void parse();
    void ask(bool remember);
    void showAnswer(Shown found, domain::SourceResult<domain::SearchReply> reply, bool remember);
    void fail(const domain::SourceFailure& failure);
    void finish(const Shown& shown, bool remember);
    void goTo(const SearchPlace& to);
    [[nodiscard]] bool take(const SearchStep& step);
    std::optional<SearchPlace> stay();
    [[nodiscard]] bool isOfShownRows() const;
    void askGroups(const Shown& found, bool totalIsEstimate, bool remember);
    void showGroups(const Asked& asked, const domain::FacetsReply& reply, bool totalIsEstimate);
    void askCounts();
    void askBars(bool mayBeEstimated);
    void countsAnswered(const domain::SourceFailure* failure);
    void askGrandTotal();
    void countNew();
    void followLive(const domain::LiveEvent& event);
    void readAgain(const IncidentId& incident);
    void readAll();
    void readChanged();
    void followSource();
    void handleActions();
    /// The query alone, as counts are asked.
    [[nodiscard]] static domain::SearchRequest queryOf(const Asked& asked);
    [[nodiscard]] static domain::SearchRequest requestOf(const Asked& asked);

    Services m_services;
    ResultsModel* m_results;
    QString m_text;
    query::Query m_query;
    ResultOrder m_order;
    QString m_outcome;
    Shown m_shown;
    std::optional<query::QueryError> m_error;
    SearchState m_state = SearchState::Idle;
    std::optional<domain::SourceFailure> m_failure;
    domain::FacetsReply m_facets;
    domain::HistogramReply m_histogram;
    Counted m_bars = Counted::NotYet;
    Counted m_facetsCounted = Counted::NotYet;
    std::optional<domain::SourceFailure> m_countsFailure;
    std::optional<Total> m_grandTotal;
    Total m_newCount;
    SearchWay* m_way;
    SearchMemory m_memory;
    QStringList m_columns;
    bool m_isRefresh = false;
    bool m_isShowingNew = false;
    QTimer m_debounce;
    QTimer m_newDelay;
    domain::Question m_search;
    domain::Question m_facetsQuestion;
    domain::Question m_valuesQuestion;
    domain::Question m_histogramQuestion;
    domain::Question m_grandQuestion;
    domain::Question m_newQuestion;
    std::vector<domain::Question> m_countQuestions;
    std::set<IncidentId> m_changed; ///< To be read again.
    std::map<IncidentId, domain::Question> m_changedQuestions;
    bool m_missed = false; ///< Changes while the window was closed.
};

} // namespace exhibit::ui
