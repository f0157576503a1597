// SPDX-License-Identifier: Apache-2.0
#include "ui/calls/calls_pane.h"

#include "ui/calls/calls_view.h"
#include "ui/text.h"
#include "ui/theme/fonts.h"
#include "ui/theme/style.h"
#include "ui/widgets/busy_line.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/message_bar.h"
#include "ui/widgets/time_display.h"
#include "ui/widgets/tool_bar_parts.h"

#include <QComboBox>
#include <QKeyEvent>
#include <QSplitter>
#include <QStackedWidget>
#include <QTextEdit>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace exhibit::ui {
namespace {

using namespace Qt::StringLiterals;

constexpr int kLongMs = 250;
constexpr const char* kOutcomes[] = {"completed",
                                     "refused",
                                     "stopped",
                                     "client_gone",
                                     "server_stopped",
                                     "upstream_error",
                                     "timeout",
                                     "recovered"};

QString paragraph(const QString& title, const QString& text)
{
    return u"<p><b>"_s + title.toHtmlEscaped() + u"</b><br>"_s
        + text.toHtmlEscaped().replace(u"\n"_s, u"<br>"_s) + u"</p>"_s;
}

} // namespace

CallsPane::CallsPane(SearchController& search, QWidget* parent)
    : QWidget(parent)
    , m_search(search)
    , m_model(new CallsModel(this))
    , m_bar(new MessageBar(this))
    , m_busy(new BusyLine(this))
    , m_outcome(new QComboBox(this))
    , m_counts(new QLabel(this))
    , m_export(new QToolButton(this))
    , m_stack(new QStackedWidget(this))
    , m_view(new CallsView(*m_model, !search.services().safeMode, m_stack))
    , m_empty(new EmptyState(m_stack))
    , m_detail(new QTextEdit(this))
{
    followView();
    m_stack->addWidget(m_view);
    m_stack->addWidget(m_empty);
    m_stack->setMinimumHeight(scaled(72));
    m_empty->setTexts(tr("No call fits"),
                      tr("Every call that passed the gateway is searched here, by the same query, "
                         "a moment after it ended."));
    m_detail->setReadOnly(true);
    m_detail->setFrameShape(QFrame::NoFrame);
    m_detail->setAccessibleName(tr("Asked and answered"));
    auto* parts = new QSplitter(Qt::Vertical, this);
    parts->addWidget(m_stack);
    parts->addWidget(m_detail);
    parts->setStretchFactor(0, 1);
    parts->setSizes({scaled(220), scaled(90)});
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_bar);
    layout->addWidget(filterRow());
    layout->addWidget(m_busy);
    layout->addWidget(parts, 1);
    setFocusProxy(m_view);
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::Base);
    connect(m_model, &CallsModel::stateChanged, this, &CallsPane::showState);
    connect(m_model, &QAbstractItemModel::modelReset, this, &CallsPane::askAll);
    followSearch();
    handleActions();
}

void CallsPane::followSearch()
{
    connect(&m_search, &SearchController::textChanged, this, &CallsPane::await);
    for (const auto signal : {&SearchController::resultsShown, &SearchController::outcomeChanged}) {
        connect(&m_search, signal, this, [this] {
            await();
            askIfSeen();
        });
    }
    connect(&m_search, &SearchController::stateChanged, this, [this] {
        showState();
        if (m_search.state() == SearchState::Failed) {
            askIfSeen(); // Calls may be found all the same.
        }
    });
    connect(m_search.services().sources, &SourceHub::sourceChanged, this, [this] {
        m_all.reset();
        m_question.reset();
        m_model->setSource(m_search.services().sources->source());
        await();
    });
    m_model->setSource(m_search.services().sources->source());
    m_long.setSingleShot(true);
    m_long.setInterval(kLongMs);
    connect(&m_long, &QTimer::timeout, this, [this] { m_cancel->show(); });
}

QWidget* CallsPane::filterRow()
{
    auto* row = new QWidget(this);
    fillOutcomes();
    m_counts->setFont(typeFont(TypeRole::Small));
    makeSecondary(m_counts);
    auto* layout = new QHBoxLayout(row);
    layout->setContentsMargins(scaled(8), scaled(4), scaled(8), scaled(4));
    layout->addWidget(m_outcome);
    layout->addStretch(1);
    layout->addWidget(m_counts);
    m_cancel = actionButton(
        m_search.services().actions->action(u"search.cancel_calls"), row, true, tr("Cancel"));
    m_cancel->setObjectName(u"calls.cancel"_s);
    m_cancel->hide();
    layout->addWidget(m_cancel);
    layout->addSpacing(scaled(8));
    m_export->setObjectName(u"calls.export"_s);
    m_export->setText(tr("Export"));
    m_export->setIcon(icon(Icon::Export));
    m_export->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_export->setPopupMode(QToolButton::InstantPopup);
    m_export->setFocusPolicy(Qt::TabFocus);
    m_export->setProperty("framed", true);
    m_export->setAccessibleName(tr("Export calls"));
    layout->addWidget(m_export);
    auto* columns = iconButton(Icon::Columns, tr("Choose columns of calls"), row);
    connect(columns, &QToolButton::clicked, m_view, &CallsView::chooseColumns);
    layout->addWidget(columns);
    return row;
}

/// What is chosen here restricts the window's search, and stands among its chips.
void CallsPane::fillOutcomes()
{
    m_outcome->addItem(tr("Any outcome"), QString());
    for (const auto* outcome : kOutcomes) {
        const QString wire = QString::fromLatin1(outcome);
        m_outcome->addItem(QString(wire).replace(QLatin1Char('_'), QLatin1Char(' ')), wire);
    }
    m_outcome->setAccessibleName(tr("Outcome"));
    const auto show = [this] {
        m_outcome->setCurrentIndex(std::max(m_outcome->findData(m_search.outcome()), 0));
    };
    connect(&m_search, &SearchController::outcomeChanged, this, show);
    connect(m_outcome, &QComboBox::activated, this, [this] {
        m_search.chooseOutcome(m_outcome->currentData().toString());
    });
    show();
}

void CallsPane::followView()
{
    connect(m_view->selectionModel(),
            &QItemSelectionModel::currentRowChanged,
            this,
            &CallsPane::showCall);
    connect(m_view, &QAbstractItemView::activated, this, &CallsPane::open);
    connect(m_view, &QWidget::customContextMenuRequested, this, &CallsPane::openMenu);
}

void CallsPane::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    askIfSeen();
}

void CallsPane::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Escape && m_model->isWorking()) {
        return m_model->cancel();
    }
    QWidget::keyPressEvent(event);
}

/// What is shown is of another query by now.
void CallsPane::await()
{
    m_isDue = true;
    m_allQuestion.reset();
    m_model->cancel();
    m_model->setStale();
    showState();
}

void CallsPane::askIfSeen()
{
    const auto state = m_search.state();
    const bool isSettled = state == SearchState::Done || state == SearchState::Failed;
    if (m_isDue && isSettled && isVisible()) {
        ask();
    }
}

void CallsPane::ask()
{
    if (m_search.error() || m_search.services().sources->source() == nullptr) {
        return;
    }
    m_isDue = false;
    domain::CallSearchRequest request;
    request.query = query::print(m_search.query());
    if (!m_search.outcome().isEmpty()) {
        request.outcome = fromQt(m_search.outcome());
    }
    m_model->search(std::move(request));
}

/// How many there are when nothing is restricted, as it is said of incidents.
void CallsPane::askAll()
{
    const auto& shown = *m_model->shown();
    if (shown.query.value_or("").empty() && !shown.outcome) {
        m_all = Total{m_model->total(), m_model->isEstimate()};
        return;
    }
    domain::CallSearchRequest all;
    all.limit = 1;
    m_allQuestion = m_search.services().sources->source()->searchCalls(
        std::move(all), [this](const domain::SourceResult<domain::CallSearchReply>& reply) {
            const auto done = std::exchange(m_allQuestion, nullptr);
            if (reply) {
                m_all = Total{reply->total, reply->totalIsEstimate};
                showCounts();
            }
        });
}

void CallsPane::showState()
{
    const bool works = m_model->isWorking();
    m_busy->setBusy(works);
    enableActions();
    showCounts();
    if (works) {
        m_cancel->isVisible() ? void() : m_long.start();
        return;
    }
    m_long.stop();
    m_cancel->hide();
    showProblem();
    const bool none = m_model->rowCount() == 0 && m_model->shown() && !m_isDue
        && !m_model->failure() && !m_model->isCancelled();
    m_stack->setCurrentWidget(none ? static_cast<QWidget*>(m_empty) : m_view);
    m_detail->setVisible(!none);
    if (m_model->rowCount() > 0 && !m_view->currentIndex().isValid()) {
        m_view->setCurrentIndex(m_model->index(0, 0));
    }
}

void CallsPane::showProblem()
{
    if (m_isDue && m_search.state() == SearchState::Cancelled) {
        m_bar->showMessage(MessageBar::Kind::Note, tr("The search was cancelled"), {});
        m_bar->addAction(tr("Search again"), [this] { m_search.search(); });
    } else if (m_isDue) {
        m_bar->clear();
    } else if (m_model->failure()) {
        m_bar->showMessage(
            MessageBar::Kind::Error,
            tr("Calls were not searched: %1").arg(toQt(m_model->failure()->error.message)),
            {});
        m_bar->addAction(tr("Retry"), [this] { ask(); });
    } else if (m_model->isCancelled()) {
        m_bar->showMessage(MessageBar::Kind::Note, tr("The search of calls was cancelled"), {});
        m_bar->addAction(tr("Search again"), [this] { ask(); });
    } else {
        m_bar->clear();
    }
}

void CallsPane::showCounts()
{
    if (m_model->isWorking()) {
        return m_counts->setText(tr("searching …"));
    }
    if (!m_model->shown()) {
        return m_counts->clear();
    }
    const qint64 total = m_model->total();
    const QString clock = TimeDisplay::instance().clock(m_model->asOf());
    if (m_model->isStale()) {
        return m_counts->setText(tr("%1 call(s) as of %2, not current", nullptr, forPlural(total))
                                     .arg(totalText(total, m_model->isEstimate()), clock));
    }
    const auto& asked = *m_model->shown();
    const bool isPart
        = m_all && m_all->count >= total && (!asked.query.value_or("").empty() || asked.outcome);
    QString text = totalText(total, m_model->isEstimate());
    text = isPart ? tr("%1 of %2 call(s)", nullptr, forPlural(m_all->count))
                        .arg(text, totalText(m_all->count, m_all->isEstimate))
                  : tr("%1 call(s)", nullptr, forPlural(total)).arg(text);
    m_counts->setText(tr("%1, indexed up to %2").arg(text, clock));
}

const domain::FoundCall* CallsPane::current() const
{
    const auto index = m_view->currentIndex();
    return index.isValid() ? &m_model->call(index.row()) : nullptr;
}

void CallsPane::showCall()
{
    enableActions();
    const auto* call = current();
    if (call == nullptr) {
        return m_detail->clear();
    }
    QString text = paragraph(tr("Asked"), toQt(call->asked))
        + paragraph(tr("Answered"), toQt(call->answered))
        + paragraph(tr("Incident"),
                    call->incidentIds.empty()
                        ? tr("none, Enter opens the call.")
                        : tr("%1, Enter opens it.")
                              .arg(isolated(toQt(call->incidentIds.front().text()))));
    if (!call->textComplete) {
        text += paragraph(tr("Note"), tr("Only the beginning of this call is searched."));
    }
    m_detail->setHtml(text);
}

QString CallsPane::detailText() const
{
    return m_detail->toPlainText();
}

} // namespace exhibit::ui
