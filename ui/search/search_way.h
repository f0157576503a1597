// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/itemmodels/results_model.h"
#include "ui/search/search_history.h"
#include "ui/windows/selection.h"

#include <QTimer>

namespace exhibit::ui {

/// Where one stands in a window with a search.
struct SearchPlace {
    SearchStep search;
    Place place{};
    int row = -1; ///< Of the incident in the results; -1: not known.
};

/// The way through one window: its queries, and what was chosen in their results. A query that was
/// typed becomes a step when it stood for a while, or is left by something else.
class SearchWay : public QObject {
    Q_OBJECT

public:
    SearchWay(Selection& selection, const ResultsModel& results, QObject* parent);
    [[nodiscard]] bool canGoBack() const { return m_trail.canGoBack() || m_isTyped; }
    [[nodiscard]] bool canGoForward() const { return m_trail.canGoForward(); }

    /// Queries mean something to another server too, its incidents are others.
    void forgetChosen();
    /// Before the rows of `next` take the place of those that are shown.
    void leaveFor(const SearchStep& next);
    /// They are here. `isMeant`: not while somebody types.
    void arrive(const SearchStep& step, bool isMeant);
    /// A step that changes no rows.
    void step(const SearchStep& next);
    /// Somebody goes on typing.
    void holdTyped() { m_typed.stop(); }
    /// What is shown was meant.
    void keepTyped();

    /// The place to show; none where there is nothing that way.
    [[nodiscard]] std::optional<SearchPlace> back();
    [[nodiscard]] std::optional<SearchPlace> forward();
    /// From then until reached(): its rows may still have to be asked for.
    [[nodiscard]] bool isReturning() const { return m_isReturning; }
    /// Where the row of its incident was; -1: not known.
    [[nodiscard]] int returningRow() const { return m_trail.current().row; }
    void reached() { m_isReturning = false; }
    /// Something is asked, or typed: what was on its way, and is something else, is not reached.
    void ask(const SearchStep& step);
    /// It cannot be shown: one stands where one stood. That place; none when nothing was on its
    /// way.
    std::optional<SearchPlace> stay();

Q_SIGNALS:
    void kept(); ///< The rows that are shown are a step now.
    void changed();

private:
    void begin(StepKind kind);
    [[nodiscard]] SearchPlace place() const;
    [[nodiscard]] SearchPlace go(SearchPlace (Trail<SearchPlace>::*way)(SearchPlace));
    [[nodiscard]] bool isCurrent(const SearchStep& step) const;

    Selection& m_selection;
    const ResultsModel& m_results;
    Trail<SearchPlace> m_trail;
    SearchStep m_shown; ///< Of the rows.
    bool m_isTyped = false; ///< That is no step yet.
    bool m_isReturning = false;
    qsizetype m_left = 0; ///< While returning: the place in the trail whose rows are shown.
    QTimer m_typed; ///< Until it is taken for what was meant.
};

} // namespace exhibit::ui
