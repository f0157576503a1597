// SPDX-License-Identifier: Apache-2.0
#include "ui/search/search_controller.h"

#include "ui/text.h"

#include <QMainWindow>

namespace exhibit::ui {
namespace {

using namespace Qt::StringLiterals;

constexpr int kDebounceMs = 200;
constexpr int kNewDelayMs = 800; ///< Many arrivals are counted once.

} // namespace

SearchController::SearchController(const Services& services)
    : QObject(services.window)
    , m_services(services)
    , m_results(new ResultsModel(this))
    , m_way(new SearchWay(*services.selection, *m_results, this))
{
    m_debounce.setSingleShot(true);
    m_debounce.setInterval(kDebounceMs);
    connect(&m_debounce, &QTimer::timeout, this, [this] { ask(false); });
    connect(m_way, &SearchWay::kept, this, [this] {
        if (!m_shown.asked.step.query.trimmed().isEmpty()) {
            m_memory.remember(m_shown.asked.step.query, m_shown.total);
        }
    });
    m_newDelay.setSingleShot(true);
    m_newDelay.setInterval(kNewDelayMs);
    connect(&m_newDelay, &QTimer::timeout, this, &SearchController::countNew);
    connect(services.sources, &SourceHub::sourceChanged, this, &SearchController::followSource);
    for (const auto signal : {&SourceHub::reconnected, &SourceHub::listeningBegan}) {
        connect(services.sources, signal, this, [this] {
            m_newDelay.start();
            if (const auto* hit = m_services.selection->hit()) {
                readAgain(hit->incident.incidentId);
            }
        });
    }
    connect(services.sources, &SourceHub::live, this, &SearchController::followLive);
    services.window->installEventFilter(this);
    handleActions();
    followSource();
}

SearchController& SearchController::of(const Services& services)
{
    auto* found
        = services.window->findChild<SearchController*>(QString(), Qt::FindDirectChildrenOnly);
    return found != nullptr ? *found : *new SearchController(services); // The window owns it.
}

void SearchController::handleActions()
{
    auto& actions = *m_services.actions;
    actions.handle(u"search.back", this, [this] { back(); });
    actions.handle(u"search.forward", this, [this] { forward(); });
    actions.handle(u"search.refresh", this, [this] { refresh(); });
    actions.handle(u"search.show_new", this, [this] { showNew(); });
    actions.handle(u"search.cancel", this, [this] { cancel(); });
    actions.handle(u"search.clear", this, [this] { show({{}, m_order}); });
    const auto enable = [this] {
        auto& registry = *m_services.actions;
        registry.action(u"search.back")->setEnabled(m_way->canGoBack());
        registry.action(u"search.forward")->setEnabled(m_way->canGoForward());
        registry.action(u"search.cancel")->setEnabled(m_state == SearchState::Working);
        registry.action(u"search.show_new")->setEnabled(m_newCount.count > 0);
        registry.action(u"search.clear")->setEnabled(!m_query.empty() || !m_outcome.isEmpty());
    };
    connect(m_way, &SearchWay::changed, this, enable);
    connect(this, &SearchController::stateChanged, this, enable);
    connect(this, &SearchController::countsChanged, this, enable);
    connect(this, &SearchController::outcomeChanged, this, enable);
    connect(this, &SearchController::textChanged, this, enable);
    enable();
}

void SearchController::refresh()
{
    ask(false);
    m_isRefresh = isOfShownRows() && !m_order.group;
}

void SearchController::showNew()
{
    ask(false);
    m_isShowingNew = isOfShownRows();
}

bool SearchController::isOfShownRows() const
{
    return m_text == m_shown.asked.step.query && m_order == m_shown.asked.step.order;
}

void SearchController::followSource()
{
    m_search.reset();
    m_facetsQuestion.reset();
    m_valuesQuestion.reset();
    m_histogramQuestion.reset();
    m_grandQuestion.reset();
    m_newQuestion.reset();
    m_changed.clear();
    m_changedQuestions.clear();
    m_isRefresh = false;
    m_isShowingNew = false;
    m_way->forgetChosen();
    m_results->setSource(m_services.sources->source());
    m_grandTotal.reset();
    if (m_services.sources->source() != nullptr) {
        ask(true);
    } else {
        m_results->setStale(true);
        m_state = SearchState::Idle;
        Q_EMIT stateChanged();
    }
}

void SearchController::setText(const QString& text, bool now)
{
    const bool changed = text != m_text;
    m_text = text;
    m_way->ask(step());
    m_way->holdTyped();
    parse();
    if (changed) {
        Q_EMIT textChanged();
    }
    if (now) {
        m_debounce.stop();
        ask(true);
    } else if (!m_error) {
        m_debounce.start();
    }
}

void SearchController::setQuery(const query::Query& query)
{
    m_way->keepTyped();
    setText(toQt(query::print(query)), true);
}

void SearchController::growQuery(const query::Query& query, bool begins)
{
    if (begins) {
        m_way->keepTyped();
    }
    setText(toQt(query::print(query)), false);
}

void SearchController::parse()
{
    auto parsed = query::parse(fromQt(m_text));
    if (parsed) {
        m_query = *std::move(parsed);
        m_error.reset();
    } else {
        m_error = parsed.error();
    }
}

void SearchController::search()
{
    m_debounce.stop();
    ask(true);
}

void SearchController::cancel()
{
    if (m_search) {
        m_search.reset(); // The rows stay stale: they answer the search before.
        m_state = SearchState::Cancelled;
        const auto here = stay();
        if (here) {
            (void)take(here->search);
        }
        if (here && here->search == m_shown.asked.step) {
            m_state = SearchState::Done; // The rows are what is asked for.
            m_results->setStale(false);
        }
        Q_EMIT stateChanged();
        if (here) {
            Q_EMIT outcomeChanged(); // Calls of the place that is not reached were waited for.
        }
        readChanged();
    }
}

/// A place on the way back that is not reached is none.
std::optional<SearchPlace> SearchController::stay()
{
    const auto here = m_way->stay();
    if (here) {
        m_services.selection->goTo(here->place);
        Q_EMIT returned();
    }
    return here;
}

/// What was chosen is shown at once, its rows when they are here.
void SearchController::goTo(const SearchPlace& to)
{
    const bool isShown
        = m_state == SearchState::Done && to.search == step() && to.search == m_shown.asked.step;
    m_services.selection->goTo(to.place);
    if (isShown) {
        Q_EMIT returned();
        m_way->reached();
        return;
    }
    const bool isOther = take(to.search);
    ask(false);
    if (isOther) {
        Q_EMIT outcomeChanged();
    }
}

/// Whether its outcome is another: who follows that is told when the rest stands.
bool SearchController::take(const SearchStep& step)
{
    m_debounce.stop();
    m_text = step.query;
    m_order = step.order;
    const bool isOther = std::exchange(m_outcome, step.outcome) != step.outcome;
    parse();
    Q_EMIT textChanged();
    Q_EMIT orderChanged();
    return isOther;
}

void SearchController::back()
{
    if (const auto to = m_way->back()) {
        goTo(*to);
    }
}

void SearchController::forward()
{
    if (const auto to = m_way->forward()) {
        goTo(*to);
    }
}

void SearchController::show(const SearchStep& step)
{
    if (m_services.showPanes) {
        m_services.showPanes(); // What is asked from a page is not found unseen.
    }
    m_way->keepTyped();
    m_order = step.order;
    const bool isOther = std::exchange(m_outcome, step.outcome) != step.outcome;
    Q_EMIT orderChanged();
    setText(step.query, true);
    if (isOther) {
        Q_EMIT outcomeChanged();
    }
}

void SearchController::showSaved(const SavedSearch& search)
{
    if (!search.columns.isEmpty()) {
        Q_EMIT columnsAsked(search.columns);
    }
    show(search.step);
}

/// The incidents stay: they have no outcome.
void SearchController::chooseOutcome(const QString& outcome)
{
    if (outcome == m_outcome) {
        return;
    }
    m_way->keepTyped();
    m_outcome = outcome;
    if (m_state == SearchState::Done) {
        m_shown.asked.step.outcome = outcome;
        m_way->step(m_shown.asked.step);
    }
    Q_EMIT outcomeChanged();
}

void SearchController::setOrder(const ResultOrder& order)
{
    if (order != m_order) {
        show({m_text, order, m_outcome});
    }
}

domain::SearchRequest SearchController::queryOf(const Asked& asked)
{
    domain::SearchRequest request;
    request.query = query::print(asked.query);
    return request;
}

domain::SearchRequest SearchController::requestOf(const Asked& asked)
{
    auto request = queryOf(asked);
    if (!asked.step.order.isNewestFirst()) {
        request.sort = asked.step.order.sort;
        request.order = asked.step.order.order;
    }
    return request;
}

void SearchController::ask(bool remember)
{
    auto* source = m_services.sources->source();
    if (source == nullptr || m_error) {
        return;
    }
    m_isRefresh = false;
    m_isShowingNew = false;
    m_way->ask(step());
    const Shown next{{step(), m_query}, 0, {}};
    domain::SearchRequest asked = requestOf(next.asked);
    asked.limit = PageCache::kPageRows;
    m_countQuestions.clear();
    m_state = SearchState::Working;
    m_results->setStale(m_results->rowCount() > 0);
    // The question before is dropped with its answer: a newer query cancels an older one.
    m_search = source->search(
        asked, [this, next, remember](domain::SourceResult<domain::SearchReply> reply) {
            showAnswer(next, std::move(reply), remember);
        });
    Q_EMIT stateChanged();
}

void SearchController::fail(const domain::SourceFailure& failure)
{
    m_failure = failure;
    m_state = SearchState::Failed;
    (void)stay();
    if (m_failure->position) { // A newer server knows more than this parser.
        m_error = query::QueryError{m_failure->error.message,
                                    m_failure->position->first,
                                    m_failure->position->second,
                                    m_failure->suggestion};
        Q_EMIT textChanged();
    }
    Q_EMIT stateChanged();
    readChanged();
}

void SearchController::showAnswer(Shown found,
                                  domain::SourceResult<domain::SearchReply> reply,
                                  bool remember)
{
    const auto done = std::exchange(m_search, nullptr);
    if (!reply) {
        return fail(reply.error());
    }
    found.total = reply->total;
    found.asOf = reply->asOf;
    if (found.asked.step.order.group && found.total > 0) {
        return askGroups(found, reply->totalIsEstimate, remember);
    }
    m_way->leaveFor(found.asked.step);
    m_results->showResult(requestOf(found.asked), *std::move(reply));
    finish(found, remember);
}

/// The rows stand: from here on everything else is said of them.
void SearchController::finish(const Shown& shown, bool remember)
{
    m_shown = shown;
    m_failure.reset();
    m_newCount = {};
    m_way->arrive(m_shown.asked.step, remember);
    m_state = SearchState::Done;
    Q_EMIT stateChanged();
    Q_EMIT resultsShown();
    m_way->reached();
    Q_EMIT countsChanged();
    askCounts();
    readChanged();
}

} // namespace exhibit::ui
