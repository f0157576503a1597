// SPDX-License-Identifier: Apache-2.0
// What is done with calls: opened, filtered by, copied, exported.
#include "ui/calls/call_window.h"
#include "ui/calls/calls_pane.h"
#include "ui/calls/calls_view.h"
#include "ui/search/value_filter.h"
#include "ui/text.h"
#include "ui/widgets/message_bar.h"

#include <QClipboard>
#include <QDockWidget>
#include <QGuiApplication>
#include <QMenu>
#include <QToolButton>

namespace exhibit::ui {

using namespace Qt::StringLiterals;

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
    actions.handle(u"search.open_call", this, [this] { openCall(); });
    actions.handle(u"search.cancel_calls", this, [this] { m_model->cancel(); });
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
    if (m_isDue || m_model->isStale() || !m_model->shown() || m_model->rowCount() == 0) {
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

void CallsPane::enableActions()
{
    const bool can = found().has_value();
    auto& actions = *m_search.services().actions;
    for (const auto* id : {"search.export_calls_csv", "search.export_calls_ndjson"}) {
        actions.action(QString::fromLatin1(id))->setEnabled(can);
    }
    m_export->setEnabled(can);
    actions.action(u"search.cancel_calls")->setEnabled(m_model->isWorking());
    actions.action(u"search.open_call")->setEnabled(current() != nullptr);
}

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
    offerValues(*menu, index);
    menu->addSeparator();
    menu->addAction(m_search.services().actions->action(u"search.open_call"));
    if (!call.incidentIds.empty()) {
        connect(menu->addAction(tr("Open the incident")),
                &QAction::triggered,
                this,
                [this, incident = call.incidentIds.front()] { openIncident(incident); });
    }
    connect(menu->addAction(icon(Icon::Copy), tr("Copy call id")),
            &QAction::triggered,
            this,
            [id = toQt(call.callId.text())] { QGuiApplication::clipboard()->setText(id); });
    menu->popup(m_view->viewport()->mapToGlobal(at));
}

/// Of the cell under the pointer, or of the whole call where the cell is nothing to filter by.
void CallsPane::offerValues(QMenu& menu, const QModelIndex& index)
{
    const auto& call = m_model->call(index.row());
    const auto columns = callColumns();
    const auto& cell = columns[static_cast<std::size_t>(index.column())];
    if (std::string_view(cell.id) == "outcome") {
        const QString outcome = toQt(call.outcome);
        connect(menu.addAction(icon(Icon::Funnel), tr("Only outcome %1").arg(cell.text(call))),
                &QAction::triggered,
                &m_search,
                [this, outcome] { m_search.chooseOutcome(outcome); });
        return;
    }
    const auto offer = [&](const CallColumn& column) {
        if (column.values != nullptr) {
            for (const auto& value : column.values(call)) {
                addFilterMenu(menu, m_search, value);
            }
        }
    };
    offer(cell);
    for (const auto& column : columns) {
        const std::string_view id = column.id;
        const bool isOfAny = id == "policy" || id == "model" || id == "user" || id == "run";
        if (isOfAny && cell.values == nullptr) {
            offer(column);
        }
    }
}

void CallsPane::open()
{
    if (const auto* call = current()) {
        call->incidentIds.empty() ? openCall() : openIncident(call->incidentIds.front());
    }
}

void CallsPane::openCall()
{
    if (const auto* call = current()) {
        CallWindow::open(m_search, *call);
    }
}

void CallsPane::openIncident(const IncidentId& incident)
{
    auto* source = m_search.services().sources->source();
    if (source == nullptr) {
        return;
    }
    m_question
        = source->incident(incident.text(), [this](domain::SourceResult<domain::Incident> reply) {
              const auto done = std::exchange(m_question, nullptr);
              if (reply) {
                  m_search.services().selection->chooseIncident(std::make_shared<domain::SearchHit>(
                      domain::SearchHit{*std::move(reply), {}, {}}));
              } else {
                  m_bar->showMessage(MessageBar::Kind::Warning,
                                     tr("The incident of this call cannot be read."),
                                     toQt(reply.error().error.message));
              }
          });
}

} // namespace exhibit::ui
