// SPDX-License-Identifier: Apache-2.0
// Which row is the current one: of a person, of results that arrived, of a place gone back to.
#include "ui/search/results_pane.h"
#include "ui/search/results_view.h"
#include "ui/search/wanted_row.h"

#include <QScrollBar>

#include <utility>

namespace exhibit::ui {

using namespace Qt::StringLiterals;

void ResultsPane::selectFirst()
{
    auto& model = m_search.results();
    auto& selection = *m_search.services().selection;
    const bool isRefresh = m_search.isRefresh();
    const bool isReturning = m_search.way().isReturning();
    const bool keepsOpen = isRefresh || isReturning || m_search.isShowingNew();
    m_awaited = false; // A row of other results.
    if (m_wanted->isSeeking() && !keepsOpen) {
        selection.want({}); // Somebody searches for something else by now.
    }
    if (m_wanted->isSeeking() && !isRefresh) {
        m_kept = {};
    }
    m_wanted->stop();
    if (model.rowCount() == 0) {
        selection.setIncident(nullptr);
        m_kept = {};
        return;
    }
    // The record that is open stays selected when it is among the first rows.
    const std::string open = selection.hit() != nullptr
        ? selection.hit()->incident.incidentId.text()
        : selection.wanted();
    const int first = model.layout().isGrouped() && model.layout().groups().front().isOpen ? 1 : 0;
    for (int i = 0; !open.empty() && i < std::min(model.rowCount(), PageCache::kPageRows); ++i) {
        const auto hit = model.hit(i);
        if (hit && hit->incident.incidentId.text() == open) {
            place(i);
            scrollAsKept(i);
            if (m_search.isShowingNew()) {
                m_view->scrollToTop();
            }
            return;
        }
    }
    // Of a session before, or of the same rows: further down.
    if (!open.empty() && (selection.hit() == nullptr || keepsOpen)) {
        m_placing = true;
        m_view->setCurrentIndex(model.index(first, m_view->homeColumn()));
        m_placing = false;
        if (keepsOpen) {
            m_view->clearSelection(); // It is not the record that is open.
            m_view->verticalScrollBar()->setValue(m_kept.value("top"_L1).toInt());
        }
        m_wanted->seek(
            open, isReturning ? m_search.way().returningRow() : m_kept.value("row"_L1).toInt(-1));
        return;
    }
    place(first);
    scrollAsKept(first);
}

void ResultsPane::place(int row)
{
    auto& model = m_search.results();
    m_placing = true; // Both say that the current row is another.
    m_view->selectRow(row);
    m_view->setCurrentIndex(model.index(row, m_view->homeColumn()));
    m_placing = false;
    showCurrent(false);
}

void ResultsPane::selectFound(int row)
{
    if (row >= 0) {
        const int top = m_view->verticalScrollBar()->value();
        place(row);
        scrollAsKept(row);
        if (m_search.isShowingNew()) {
            m_view->verticalScrollBar()->setValue(top); // What is new is looked at.
        }
    } else if (m_search.services().selection->hit() != nullptr) {
        m_view->clearSelection(); // The record is none of the rows.
        m_kept = {};
    } else {
        place(m_view->currentIndex().row());
    }
}

/// As far from the edge as the row stood, wherever it stands now.
void ResultsPane::scrollAsKept(int row)
{
    const QJsonObject kept = std::exchange(m_kept, {});
    if (kept.isEmpty()) {
        return;
    }
    const int top = kept.value("top"_L1).toInt();
    m_view->verticalScrollBar()->setValue(top + row - kept.value("row"_L1).toInt());
    if (!m_search.isRefresh()) {
        m_view->scrollTo(m_view->currentIndex()); // Where the window is another.
    }
}

QJsonObject ResultsPane::state() const
{
    if (!m_kept.isEmpty()) {
        return m_kept; // It is still on its way there.
    }
    return {{"top"_L1, m_view->verticalScrollBar()->value()},
            {"row"_L1, m_view->currentIndex().row()}};
}

void ResultsPane::selectionChanged()
{
    if (m_placing) {
        return;
    }
    if (m_wanted->isSeeking()) { // Whoever chooses a row looks for no other.
        m_wanted->stop();
        m_kept = {};
    }
    showCurrent(true);
}

/// As soon as the row is here.
void ResultsPane::showCurrent(bool isStep)
{
    const auto index = m_view->currentIndex();
    const auto hit = index.isValid() ? m_search.results().hit(index.row()) : nullptr;
    m_awaited = hit == nullptr;
    m_awaitedIsStep = isStep;
    if (hit) {
        auto& selection = *m_search.services().selection;
        isStep ? selection.chooseIncident(hit) : selection.setIncident(hit);
    }
}

/// The record is open by now; its row may be anywhere.
void ResultsPane::showReturned()
{
    m_awaited = false;
    m_wanted->stop();
    m_kept = {};
    const auto* hit = m_search.services().selection->hit();
    if (hit == nullptr) {
        return;
    }
    if (const int row = m_search.results().rowOf(hit->incident.incidentId); row >= 0) {
        place(row);
        return;
    }
    m_view->clearSelection();
    m_wanted->seek(hit->incident.incidentId.text(), m_search.way().returningRow());
}

} // namespace exhibit::ui
