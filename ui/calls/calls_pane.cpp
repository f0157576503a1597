// SPDX-License-Identifier: Apache-2.0
#include "ui/calls/calls_pane.h"

#include "ui/calls/calls_view.h"
#include "ui/search/value_filter.h"
#include "ui/text.h"
#include "ui/theme/fonts.h"
#include "ui/theme/style.h"
#include "ui/widgets/busy_line.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/message_bar.h"
#include "ui/widgets/time_display.h"
#include "ui/widgets/tool_bar_parts.h"

#include <QComboBox>
#include <QDockWidget>
#include <QLabel>
#include <QMenu>
#include <QSplitter>
#include <QStackedWidget>
#include <QTextEdit>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace exhibit::ui {
namespace {

using namespace Qt::StringLiterals;

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
    connect(&search, &SearchController::textChanged, this, &CallsPane::follow);
    connect(&search, &SearchController::resultsShown, this, &CallsPane::follow);
    connect(search.services().sources, &SourceHub::sourceChanged, this, &CallsPane::follow);
    connect(m_model, &CallsModel::stateChanged, this, &CallsPane::showState);
    handleActions();
}

void CallsPane::handleActions()
{
    auto& actions = *m_search.services().actions;
    actions.handle(u"search.calls", this, [this] {
        if (auto* dock = qobject_cast<QDockWidget*>(parentWidget())) {
            dock->show();
            dock->raise();
        }
        m_view->setFocus(Qt::ShortcutFocusReason);
    });
    actions.handle(u"search.call_columns", this, [this] { m_view->chooseColumns(); });
    actions.handle(u"search.export_calls_csv", this, [this] { exportCalls(ExportFormat::Csv); });
    actions.handle(
        u"search.export_calls_ndjson", this, [this] { exportCalls(ExportFormat::Ndjson); });
    auto* menu = new QMenu(m_export); // The button owns it.
    for (const auto* id : {"search.export_calls_csv", "search.export_calls_ndjson"}) {
        menu->addAction(actions.action(QString::fromLatin1(id)));
    }
    m_export->setMenu(menu);
    showState();
}

std::optional<FoundRows> CallsPane::found() const
{
    if (m_stale || !m_model->shown() || m_model->rowCount() == 0) {
        return std::nullopt;
    }
    return FoundRows{tr("Export %1 calls").arg(grouped(m_model->total())),
                     tooManyRows(m_model->total()),
                     u"calls"_s,
                     [request = *m_model->shown()](domain::IncidentSource& source,
                                                   domain::ExportChoice choice,
                                                   domain::AnswerTo<Bytes> answer) {
                         return source.exportCalls(request, std::move(choice), std::move(answer));
                     }};
}

void CallsPane::exportCalls(ExportFormat format)
{
    if (auto rows = found()) {
        ResultExport::askAndStart(m_search, *std::move(rows), format, window());
    }
}

QWidget* CallsPane::filterRow()
{
    auto* row = new QWidget(this);
    m_outcome->addItem(tr("Any outcome"), QString());
    for (const auto* outcome : kOutcomes) {
        const QString wire = QString::fromLatin1(outcome);
        m_outcome->addItem(QString(wire).replace(QLatin1Char('_'), QLatin1Char(' ')), wire);
    }
    m_outcome->setAccessibleName(tr("Outcome"));
    connect(m_outcome, &QComboBox::currentIndexChanged, this, &CallsPane::ask);
    m_counts->setFont(typeFont(TypeRole::Small));
    makeSecondary(m_counts);
    auto* layout = new QHBoxLayout(row);
    layout->setContentsMargins(scaled(8), scaled(4), scaled(8), scaled(4));
    layout->addWidget(m_outcome);
    layout->addStretch(1);
    layout->addWidget(m_counts);
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

void CallsPane::followView()
{
    connect(m_view->selectionModel(),
            &QItemSelectionModel::currentRowChanged,
            this,
            &CallsPane::showCall);
    connect(m_view, &QAbstractItemView::activated, this, &CallsPane::openIncident);
    connect(m_view, &QWidget::customContextMenuRequested, this, &CallsPane::openMenu);
}

void CallsPane::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    if (m_stale) {
        ask();
    }
}

void CallsPane::follow()
{
    m_question.reset();
    m_model->setSource(m_search.services().sources->source());
    m_stale = true;
    enableExport();
    if (isVisible() && m_search.state() == SearchState::Done) {
        ask();
    }
}

void CallsPane::ask()
{
    if (m_search.error()) {
        return;
    }
    m_stale = false;
    domain::CallSearchRequest request;
    request.query = query::print(m_search.query());
    const QString outcome = m_outcome->currentData().toString();
    if (!outcome.isEmpty()) {
        request.outcome = fromQt(outcome);
    }
    m_model->search(std::move(request));
}

void CallsPane::chooseOutcome(const QString& outcome)
{
    m_outcome->setCurrentIndex(std::max(m_outcome->findData(outcome), 0));
}

void CallsPane::enableExport()
{
    const bool can = found().has_value();
    for (const auto* id : {"search.export_calls_csv", "search.export_calls_ndjson"}) {
        m_search.services().actions->action(QString::fromLatin1(id))->setEnabled(can);
    }
    m_export->setEnabled(can);
}

void CallsPane::showState()
{
    m_busy->setBusy(m_model->isWorking());
    enableExport();
    if (m_model->isWorking()) {
        return;
    }
    if (m_model->failure()) {
        m_bar->showMessage(
            MessageBar::Kind::Error,
            tr("Calls were not searched: %1").arg(toQt(m_model->failure()->error.message)),
            {});
        m_bar->addAction(tr("Retry"), [this] { ask(); });
        return;
    }
    m_bar->clear();
    const QString total
        = (m_model->isEstimate() ? tr("about %1 call(s)", nullptr, forPlural(m_model->total()))
                                 : tr("%1 call(s)", nullptr, forPlural(m_model->total())))
              .arg(grouped(m_model->total()));
    m_counts->setText(
        tr("%1, indexed up to %2").arg(total, TimeDisplay::instance().clock(m_model->asOf())));
    const bool none = m_model->rowCount() == 0;
    m_stack->setCurrentWidget(none ? static_cast<QWidget*>(m_empty) : m_view);
    m_detail->setVisible(!none);
    if (!none && !m_view->currentIndex().isValid()) {
        m_view->setCurrentIndex(m_model->index(0, 0));
    }
}

void CallsPane::showCall()
{
    const auto index = m_view->currentIndex();
    if (!index.isValid()) {
        return m_detail->clear();
    }
    const auto& call = m_model->call(index.row());
    QString text
        = paragraph(tr("Asked"), toQt(call.asked)) + paragraph(tr("Answered"), toQt(call.answered));
    if (!call.incidentIds.empty()) {
        text += paragraph(
            tr("Incident"),
            tr("%1, Enter opens it.").arg(isolated(toQt(call.incidentIds.front().text()))));
    }
    if (!call.textComplete) {
        text += paragraph(tr("Note"), tr("Only the beginning of this call is searched."));
    }
    m_detail->setHtml(text);
}

QString CallsPane::detailText() const
{
    return m_detail->toPlainText();
}

/// Of the cell under the pointer, or of the whole call where the cell is nothing to filter by.
void CallsPane::openMenu(const QPoint& at)
{
    const auto index = m_view->indexAt(at);
    if (!index.isValid()) {
        return;
    }
    const auto& call = m_model->call(index.row());
    auto* menu = new QMenu(this);
    menu->setObjectName(u"calls.menu"_s);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const auto offer = [&](const CallColumn& column) {
        if (column.values != nullptr) {
            for (const auto& [field, value] : column.values(call)) {
                addFilterMenu(*menu, m_search, {field, value});
            }
        }
    };
    offer(callColumns()[static_cast<std::size_t>(index.column())]);
    if (menu->isEmpty()) {
        for (const auto& column : callColumns()) {
            offer(column);
        }
        addFilterMenu(*menu, m_search, {query::Field::Run, call.runId.text()});
    }
    menu->popup(m_view->viewport()->mapToGlobal(at));
}

void CallsPane::openIncident()
{
    const auto index = m_view->currentIndex();
    auto* source = m_search.services().sources->source();
    if (!index.isValid() || source == nullptr || m_model->call(index.row()).incidentIds.empty()) {
        return;
    }
    m_question = source->incident(
        m_model->call(index.row()).incidentIds.front().text(),
        [this](domain::SourceResult<domain::Incident> reply) {
            const auto done = std::exchange(m_question, nullptr);
            if (reply) {
                m_search.services().selection->setIncident(std::make_shared<domain::SearchHit>(
                    domain::SearchHit{*std::move(reply), {}, {}}));
            } else {
                m_bar->showMessage(MessageBar::Kind::Warning,
                                   tr("The incident of this call cannot be read."),
                                   toQt(reply.error().error.message));
            }
        });
}

} // namespace exhibit::ui
