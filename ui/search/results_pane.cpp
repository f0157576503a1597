// SPDX-License-Identifier: Apache-2.0
#include "ui/search/results_pane.h"

#include "ui/search/chip_row.h"
#include "ui/search/histogram_widget.h"
#include "ui/search/record_finder.h"
#include "ui/search/result_ordering.h"
#include "ui/search/results_view.h"
#include "ui/search/selected_rows.h"
#include "ui/search/wanted_row.h"
#include "ui/text.h"
#include "ui/theme/style.h"
#include "ui/widgets/dock_title.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/message_bar.h"
#include "ui/widgets/time_display.h"
#include "ui/widgets/tool_bar_parts.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QMenu>
#include <QStackedWidget>
#include <QVBoxLayout>

namespace exhibit::ui {
namespace {

using namespace Qt::StringLiterals;

constexpr int kHeightWithHistogram = 170;

/// What the query says of time, for the brush.
std::pair<std::optional<UtcTime>, std::optional<UtcTime>> rangeOf(const query::Query& query)
{
    std::pair<std::optional<UtcTime>, std::optional<UtcTime>> range;
    for (const auto& group : query.groups) {
        if (group.size() == 1 && !group.front().negated
            && group.front().field == query::Field::After) {
            range.first = group.front().time;
        }
        if (group.size() == 1 && !group.front().negated
            && group.front().field == query::Field::Before) {
            range.second = group.front().time;
        }
    }
    return range;
}

} // namespace

ResultsPane::ResultsPane(SearchController& search, QWidget* parent)
    : QWidget(parent)
    , m_search(search)
    , m_bar(new MessageBar(this))
    , m_histogram(new HistogramWidget(this))
    , m_stack(new QStackedWidget(this))
    , m_view(new ResultsView(search.results(), !search.services().safeMode, m_stack))
    , m_empty(new EmptyState(m_stack))
    , m_ordering(new ResultOrdering(search, *m_view, *m_bar))
    , m_selected(new SelectedRows(search, *m_view))
    , m_wanted(new WantedRow(search))
{
    m_histogram->setMinimumHeight(1); // It gives way before the rows do.
    m_stack->setMinimumHeight(scaled(72)); // Whatever the empty state would like.
    m_stack->addWidget(m_view);
    m_stack->addWidget(m_empty);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_bar);
    layout->addWidget(m_histogram);
    layout->addWidget(m_stack, 1);
    setFocusProxy(m_view);
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::Base);
    if (auto* title = titleOf(this)) {
        auto* group = iconButton(Icon::List, tr("Group results"), title);
        auto* menu = new QMenu(group); // The button owns it.
        group->setMenu(menu);
        group->setPopupMode(QToolButton::InstantPopup);
        group->setMinimumWidth(scaled(38)); // Sign and arrow, apart from the note before them.
        connect(menu, &QMenu::aboutToShow, this, [this, menu] { m_ordering->fillMenu(*menu); });
        title->addTool(group);
        auto* columns = iconButton(Icon::Columns, tr("Choose columns"), title);
        connect(columns, &QToolButton::clicked, m_view, [this] { m_view->chooseColumns(); });
        title->addTool(columns);
    }
    new RecordFinder(search, *m_view, *m_bar); // The view owns it.
    connectSearch();
    handleActions();
}

void ResultsPane::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    m_histogram->setVisible(height() >= scaled(kHeightWithHistogram)); // Rows first.
}

void ResultsPane::connectSearch()
{
    connect(&m_search, &SearchController::stateChanged, this, &ResultsPane::showState);
    connect(&m_search, &SearchController::resultsShown, this, &ResultsPane::selectFirst);
    connect(&m_search, &SearchController::returned, this, &ResultsPane::showReturned);
    connect(&m_search.results(), &QAbstractItemModel::modelAboutToBeReset, this, [this] {
        if (m_search.isRefresh()) {
            m_kept = state();
        }
    });
    connect(&m_search, &SearchController::countsChanged, this, &ResultsPane::showCounts);
    connect(&m_search, &SearchController::countsFailed, this, &ResultsPane::showCountsFailure);
    connect(&m_search.results(), &ResultsModel::pageFailed, this, [this](const QString& why) {
        m_bar->showMessage(MessageBar::Kind::Warning, tr("Some rows could not be read."), why);
        m_bar->addAction(tr("Try again"), [this] {
            m_bar->clear();
            m_view->viewport()->update();
        });
    });
    connect(&m_search, &SearchController::columnsAsked, m_view, &ResultsView::showColumns);
    const auto tellColumns = [this] { m_search.setColumns(m_view->visibleColumns()); };
    connect(m_view, &ResultsView::columnsChanged, this, tellColumns);
    tellColumns();
    connect(m_view->selectionModel(),
            &QItemSelectionModel::currentRowChanged,
            this,
            &ResultsPane::selectionChanged);
    connect(m_view->selectionModel(), &QItemSelectionModel::selectionChanged, this, [this] {
        showCounts();
    });
    connect(&m_search.results(), &QAbstractItemModel::dataChanged, this, [this] {
        const bool none = m_search.services().selection->hit() == nullptr;
        const bool isLeaving = m_search.way().isReturning(); // These rows are not those of there.
        if (!isLeaving && !m_wanted->isSeeking() && (m_awaited || none)) {
            showCurrent(m_awaited && m_awaitedIsStep);
        }
    });
    connect(m_search.services().sources, &SourceHub::reconnected, this, [this] {
        const int last = m_view->rowAt(m_view->viewport()->height() - 1);
        m_search.results().readAgain(m_view->rowAt(0),
                                     last < 0 ? m_search.results().rowCount() - 1 : last);
    });
    connect(m_wanted, &WantedRow::found, this, &ResultsPane::selectFound);
    connect(m_view, &QWidget::customContextMenuRequested, this, &ResultsPane::openMenu);
    connect(m_histogram, &HistogramWidget::rangeChosen, this, [this](UtcTime from, UtcTime to) {
        m_search.setQuery(query::withRange(m_search.query(), from, to));
    });
    connect(m_histogram,
            &HistogramWidget::rangeGrows,
            this,
            [this](UtcTime from, UtcTime to, bool begins) {
                m_search.growQuery(query::withRange(m_search.query(), from, to), begins);
            });
    connect(m_histogram, &HistogramWidget::rangeCleared, this, [this] {
        m_search.setQuery(query::withoutField(m_search.query(), query::Field::After));
    });
}

void ResultsPane::showState()
{
    if (m_search.state() == SearchState::Failed) {
        showFailure();
    } else if (m_search.state() == SearchState::Cancelled) {
        showCancelled();
    } else if (m_search.state() == SearchState::Done) {
        m_bar->clear();
    }
    const bool ended
        = m_search.state() == SearchState::Done || m_search.state() == SearchState::Cancelled;
    const bool none = ended && m_search.results().rowCount() == 0;
    if (none && m_search.state() == SearchState::Done) {
        showEmpty();
    }
    m_stack->setCurrentWidget(none ? static_cast<QWidget*>(m_empty) : m_view);
}

void ResultsPane::showFailure()
{
    const auto& failure = *m_search.failure();
    QString more = m_search.results().rowCount() > 0
        ? tr("Shown below: the result of %1.").arg(TimeDisplay::instance().clock(m_search.asOf()))
        : QString();
    if (!failure.requestId.empty()) {
        more += tr(" Request %1").arg(isolated(toQt(failure.requestId)));
    }
    const QString what = tr("The search did not finish: %1").arg(toQt(failure.error.message));
    m_bar->showMessage(MessageBar::Kind::Error, what, more);
    m_bar->addAction(tr("Retry"), [this] { m_search.search(); });
    m_bar->addAction(tr("Copy"), [what, more] {
        QGuiApplication::clipboard()->setText(withoutIsolates(what + QLatin1Char('\n') + more));
    });
}

void ResultsPane::showCancelled()
{
    const QString what = tr("The search was cancelled");
    if (m_search.results().rowCount() > 0) {
        const QString clock = TimeDisplay::instance().clock(m_search.asOf());
        m_bar->showMessage(MessageBar::Kind::Note, what, tr("Below: the result of %1.").arg(clock));
        return;
    }
    m_empty->clearWays();
    m_empty->setTexts(what, tr("Whether any incident fits is not known."));
    m_empty->addWay(Icon::Search, tr("Search again"), [this] { m_search.search(); });
}

void ResultsPane::showCountsFailure()
{
    m_bar->showMessage(MessageBar::Kind::Warning,
                       tr("The counts of these results could not be read."),
                       toQt(m_search.countsFailure()->error.message));
    m_bar->addAction(tr("Retry"), [this] {
        m_bar->clear();
        m_search.countAgain();
    });
}

void ResultsPane::showCounts()
{
    m_histogram->setBars(m_search.histogram(), m_search.bars());
    const auto [from, to] = rangeOf(m_search.query());
    m_histogram->setRange(from, to);
    if (auto* title = titleOf(this)) {
        const QString order = m_ordering->note();
        const QString bars = m_histogram->summary();
        title->setNote(order.isEmpty() ? bars : bars.isEmpty() ? order : order + u" · "_s + bars);
    }
    m_search.services().selection->setCounts(
        m_selected->count(), m_search.total(), m_search.totalIsEstimate());
}

void ResultsPane::showEmpty()
{
    m_empty->clearWays();
    const auto restrictions = query::restrictions(m_search.query());
    if (restrictions.empty()) {
        m_empty->setTexts(
            tr("No incidents yet"),
            tr("Incidents appear here when a policy blocks, redacts or fails on a call that "
               "passes the gateway."));
        return offerFirstSteps();
    }
    m_empty->setTexts(tr("No incident fits all of this"), tr("Take one away to see more:"));
    for (const auto& restriction : restrictions) {
        const auto text = chipText(restriction);
        const auto without = query::withoutGroups(m_search.query(), restriction.groups);
        const int way
            = m_empty->addWay(Icon::Close,
                              tr("without %1: %2").arg(text.name, isolatedText(text.value)),
                              [this, without] { m_search.setQuery(without); });
        m_search.countOf(without, this, [this, way](const Total& found) {
            m_empty->setWayNote(
                way,
                tr("%1 incident(s)", nullptr, forPlural(found.count))
                    .arg(u"<b>"_s + totalText(found.count, found.isEstimate) + u"</b>"_s));
        });
    }
    if (m_search.way().canGoBack()) {
        const int way = m_empty->addWay(
            Icon::ChevronLeft, tr("Back to the search before"), [this] { m_search.back(); });
        m_empty->setWayKeys(way, m_search.services().actions->action(u"search.back")->shortcut());
    }
}

/// Where nothing happened yet.
void ResultsPane::offerFirstSteps()
{
    struct Step {
        Icon sign;
        QString text;
        const char* action;
    };
    const Step steps[] = {
        {Icon::Plug, tr("Point an application at the gateway"), "help.gateway"},
        {Icon::Server, tr("Search all calls"), "search.calls"},
        {Icon::Play, tr("Start a gateway with sample traffic"), "file.sample"},
        {Icon::Folder, tr("Open evidence…"), "evidence.open"},
    };
    const auto* actions = m_search.services().actions;
    for (const auto& step : steps) {
        const QString id = QString::fromLatin1(step.action);
        if (actions->action(id)->isEnabled()) {
            m_empty->addWay(step.sign, step.text, [actions, id] { actions->trigger(id); });
        }
    }
}

bool ResultsPane::showsEmpty() const
{
    return m_stack->currentWidget() == m_empty;
}

} // namespace exhibit::ui
