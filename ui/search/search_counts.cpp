// SPDX-License-Identifier: Apache-2.0
// What a search counts beside its rows: facets, histogram, totals, what is new, groups.
#include "models/base/limits.h"
#include "models/query/fields.h"
#include "ui/search/search_controller.h"
#include "ui/text.h"

#include <QPointer>

#include <algorithm>

namespace exhibit::ui {
namespace {

constexpr std::uint32_t kFacetValuesAll = 200; ///< The most that a server lists.
constexpr std::uint32_t kGroupsMax = 40;
constexpr std::uint32_t kBars = 160;

} // namespace

void SearchController::countOf(const query::Query& query,
                               QObject* owner,
                               std::function<void(Total)> answer)
{
    auto* source = m_services.sources->source();
    if (source == nullptr) {
        return;
    }
    domain::SearchRequest asked;
    asked.query = query::print(query);
    asked.limit = 1;
    m_countQuestions.push_back(
        source->search(asked,
                       [guard = QPointer(owner), answer = std::move(answer)](
                           const domain::SourceResult<domain::SearchReply>& reply) {
                           if (reply && guard) {
                               answer({reply->total, reply->totalIsEstimate});
                           }
                       }));
}

void SearchController::listValues(std::vector<std::string> fields,
                                  QObject* owner,
                                  std::function<void(const domain::FacetsReply&)> answer)
{
    auto* source = m_services.sources->source();
    if (source == nullptr) {
        return;
    }
    domain::FacetsRequest asked;
    asked.search = queryOf(m_shown.asked);
    asked.fields = std::move(fields);
    asked.limit = kFacetValuesAll;
    m_valuesQuestion = source->facets(asked,
                                      [this, guard = QPointer(owner), answer = std::move(answer)](
                                          const domain::SourceResult<domain::FacetsReply>& reply) {
                                          const auto done
                                              = std::exchange(m_valuesQuestion, nullptr);
                                          if (reply && guard) {
                                              answer(*reply);
                                          }
                                      });
}

void SearchController::askCounts()
{
    auto* source = m_services.sources->source();
    if (source == nullptr) {
        return;
    }
    m_countsFailure.reset();
    m_valuesQuestion.reset();
    m_facetsCounted = Counted::NotYet;
    domain::FacetsRequest facets;
    facets.search = queryOf(m_shown.asked);
    facets.fields = {"severity", "policy", "status", "model", "user", "tag"};
    facets.limit = kFacetValues;
    m_facetsQuestion
        = source->facets(facets, [this](domain::SourceResult<domain::FacetsReply> reply) {
              m_facetsCounted = reply ? Counted::Yes : Counted::Failed;
              // Without an answer there are none: the counts before are of other rows.
              m_facets = reply ? *std::move(reply) : domain::FacetsReply{};
              countsAnswered(reply ? nullptr : &reply.error());
          });
    m_bars = Counted::NotYet;
    askBars(true);
    askGrandTotal();
    Q_EMIT countsChanged(); // What stands there now is of the rows before.
}

/// Estimated bars of many matches are there at once; the exact ones, by which far rows are found,
/// follow them.
void SearchController::askBars(bool mayBeEstimated)
{
    domain::HistogramRequest asked;
    asked.search = queryOf(m_shown.asked);
    asked.bars = kBars;
    asked.estimate = mayBeEstimated ? std::optional(true) : std::nullopt;
    m_histogramQuestion = m_services.sources->source()->histogram(
        asked, [this, mayBeEstimated](domain::SourceResult<domain::HistogramReply> reply) {
            const auto done = std::exchange(m_histogramQuestion, nullptr);
            const bool isRefused
                = !reply && mayBeEstimated && reply.error().error.code == ErrorCode::InvalidInput;
            if (isRefused || (reply && reply->isEstimate)) {
                askBars(false);
            }
            if (isRefused) { // A server from before there were estimates.
                return;
            }
            if (reply || m_bars == Counted::NotYet) {
                m_bars = reply ? Counted::Yes : Counted::Failed;
                m_histogram = reply ? *std::move(reply) : domain::HistogramReply{};
            }
            if (!m_histogram.isEstimate) {
                m_results->setBars(m_histogram);
            }
            countsAnswered(reply ? nullptr : &reply.error());
        });
}

void SearchController::countsAnswered(const domain::SourceFailure* failure)
{
    if (failure != nullptr) {
        m_countsFailure = *failure;
    }
    Q_EMIT countsChanged();
    if (failure != nullptr) {
        Q_EMIT countsFailed();
    }
}

void SearchController::askGrandTotal()
{
    if (m_shown.asked.query.empty()) {
        m_grandTotal = Total{m_shown.total, totalIsEstimate()};
        return;
    }
    domain::SearchRequest everything;
    everything.limit = 1;
    m_grandQuestion = m_services.sources->source()->search(
        everything, [this](domain::SourceResult<domain::SearchReply> reply) {
            if (reply) {
                m_grandTotal = Total{reply->total, reply->totalIsEstimate};
                Q_EMIT countsChanged();
            }
        });
}

void SearchController::askGroups(const Shown& found, bool totalIsEstimate, bool remember)
{
    domain::FacetsRequest asked;
    asked.search = queryOf(found.asked);
    asked.fields = {std::string(query::specOf(*found.asked.step.order.group).name)};
    asked.limit = kGroupsMax;
    // Still one question to whoever cancels.
    m_search = m_services.sources->source()->facets(
        asked,
        [this, found, totalIsEstimate, remember](domain::SourceResult<domain::FacetsReply> reply) {
            const auto done = std::exchange(m_search, nullptr);
            if (!reply) {
                return fail(reply.error());
            }
            m_way->leaveFor(found.asked.step);
            showGroups(found.asked, *reply, totalIsEstimate);
            finish(found, remember);
        });
}

/// Facets ignore their own restriction: of what the query excludes there is no group.
void SearchController::showGroups(const Asked& asked,
                                  const domain::FacetsReply& reply,
                                  bool totalIsEstimate)
{
    const query::Field field = *asked.step.order.group;
    std::vector<ResultGroup> groups;
    std::vector<domain::SearchRequest> requests;
    query::Query others = asked.query;
    for (const auto& value : reply.facets.at(0).values) {
        if (query::admits(asked.query, field, value.value)) {
            groups.push_back({value.value, value.count, reply.isEstimate, false});
            requests.push_back(requestOf(asked));
            requests.back().query = query::print(query::withOnly(asked.query, field, value.value));
        }
        others = query::withExcluded(others, field, value.value);
    }
    const auto text = query::print(others);
    if (reply.facets.front().others > 0 && query::chosenValues(asked.query, field).empty()) {
        // Without the rows when the query that finds them would be too long to ask.
        const bool canAsk = text.size() <= limits::kQueryBytesMax;
        groups.push_back(
            {std::nullopt, canAsk ? reply.facets.front().others : 0, reply.isEstimate, false});
        requests.push_back(requestOf(asked));
        requests.back().query = text;
    }
    if (!groups.empty()) {
        groups.front().isOpen = true; // So that there is something to look at.
    }
    m_results->setGroupField(field);
    m_results->showGroups(std::move(groups), std::move(requests), totalIsEstimate);
}

void SearchController::countNew()
{
    auto* source = m_services.sources->source();
    const bool newestFirst = shownOrder().isNewestFirst() && !shownOrder().group;
    const auto newest = newestFirst && m_results->rowCount() > 0 ? m_results->hit(0) : nullptr;
    if (source == nullptr || m_state != SearchState::Done) {
        return;
    }
    domain::SearchRequest since = queryOf(m_shown.asked);
    since.limit = 1;
    since.timeFrom
        = newest ? newest->incident.createdAt + std::chrono::microseconds(1) : m_shown.asOf;
    m_newQuestion = source->search(since, [this](domain::SourceResult<domain::SearchReply> reply) {
        const Total found = reply ? Total{reply->total, reply->totalIsEstimate} : m_newCount;
        if (std::exchange(m_newCount, found) != found) {
            Q_EMIT countsChanged();
        }
    });
}

QStringList SearchController::knownValues(const QString& field) const
{
    QStringList values;
    for (const auto& facet : m_facets.facets) {
        if (field == toQt(facet.field)) {
            for (const auto& value : facet.values) {
                values << toQt(value.value);
            }
        }
    }
    return values;
}

} // namespace exhibit::ui
