// SPDX-License-Identifier: Apache-2.0
#include "ui/search/search_way.h"

#include <utility>

namespace exhibit::ui {
namespace {

constexpr int kTypedMs = 2000;

} // namespace

SearchWay::SearchWay(Selection& selection, const ResultsModel& results, QObject* parent)
    : QObject(parent)
    , m_selection(selection)
    , m_results(results)
{
    m_typed.setSingleShot(true);
    m_typed.setInterval(kTypedMs);
    connect(&m_typed, &QTimer::timeout, this, &SearchWay::keepTyped);
    connect(&selection, &Selection::stepBegins, this, &SearchWay::begin);
}

bool SearchWay::isCurrent(const SearchStep& step) const
{
    return !m_trail.isEmpty() && m_trail.current().search == step;
}

SearchPlace SearchWay::place() const
{
    if (m_isReturning) {
        return m_trail.current(); // It is not reached yet.
    }
    const Place chosen = m_selection.place();
    const int row = chosen.hit ? m_results.rowOf(chosen.hit->incident.incidentId) : -1;
    return {m_trail.current().search, chosen, row};
}

void SearchWay::forgetChosen()
{
    const auto walked = m_trail.walked();
    m_trail = {};
    for (const auto& place : walked) {
        if (!isCurrent(place.search)) {
            m_trail.push({place.search});
        }
    }
    m_isReturning = false;
    Q_EMIT changed();
}

void SearchWay::leaveFor(const SearchStep& next)
{
    // What was typed is no place to come back to yet: the one before it was written down by then.
    if (!m_trail.isEmpty() && !m_isTyped && !isCurrent(next)) {
        m_trail.settle(place());
    }
}

void SearchWay::arrive(const SearchStep& step, bool isMeant)
{
    m_shown = step;
    m_isReturning = m_isReturning && isCurrent(step);
    m_isTyped = isMeant || !isCurrent(step);
    if (isMeant || m_trail.isEmpty()) {
        keepTyped();
    } else if (m_isTyped) {
        m_typed.start();
    }
    Q_EMIT changed();
}

void SearchWay::step(const SearchStep& next)
{
    leaveFor(next);
    m_shown = next;
    if (!isCurrent(next)) {
        m_trail.push({next});
    }
    Q_EMIT changed();
}

/// Nothing that was looked at is skipped on the way back.
void SearchWay::keepTyped()
{
    m_typed.stop();
    if (std::exchange(m_isTyped, false)) {
        if (!isCurrent(m_shown)) { // The same again is no step.
            m_trail.push({m_shown});
        }
        Q_EMIT kept();
        Q_EMIT changed();
    }
}

void SearchWay::begin(StepKind kind)
{
    keepTyped(); // Who chooses among its results meant that search.
    if (!m_trail.isEmpty()) {
        m_trail.begin(place(), kind, Trail<SearchPlace>::Clock::now());
        m_isReturning = false;
        Q_EMIT changed();
    }
}

SearchPlace SearchWay::go(SearchPlace (Trail<SearchPlace>::*way)(SearchPlace))
{
    if (!m_isReturning) {
        m_left = m_trail.at();
    }
    auto to = (m_trail.*way)(place());
    m_isReturning = true;
    Q_EMIT changed();
    return to;
}

void SearchWay::ask(const SearchStep& step)
{
    if (m_isReturning && !isCurrent(step)) {
        (void)stay();
    }
}

std::optional<SearchPlace> SearchWay::stay()
{
    if (!std::exchange(m_isReturning, false)) {
        return std::nullopt;
    }
    m_trail.goTo(m_left);
    Q_EMIT changed();
    return m_trail.current();
}

std::optional<SearchPlace> SearchWay::back()
{
    keepTyped();
    if (!m_trail.canGoBack()) {
        return std::nullopt;
    }
    return go(&Trail<SearchPlace>::back);
}

std::optional<SearchPlace> SearchWay::forward()
{
    keepTyped(); // A step of its own, with nothing ahead of it.
    if (!m_trail.canGoForward()) {
        return std::nullopt;
    }
    return go(&Trail<SearchPlace>::forward);
}

} // namespace exhibit::ui
