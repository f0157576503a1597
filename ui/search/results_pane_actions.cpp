// SPDX-License-Identifier: Apache-2.0
// What is done with the results: filters by their values, changes, exports, menus.
#include "ui/search/histogram_widget.h"
#include "ui/search/result_export.h"
#include "ui/search/results_pane.h"
#include "ui/search/results_view.h"
#include "ui/windows/incident_changes.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QMenu>

namespace exhibit::ui {

void ResultsPane::handleActions()
{
    auto& actions = *m_search.services().actions;
    actions.bindContext(Context::Results, this);
    actions.handle(u"search.only_this", this, [this] { withCurrentValue(filterOnly); });
    actions.handle(u"search.not_this", this, [this] { withCurrentValue(filterOut); });
    actions.handle(u"search.add_this", this, [this] { withCurrentValue(filterAdd); });
    actions.handle(u"search.copy_filter", this, [this] {
        if (const auto value = valueAt(m_view->currentIndex())) {
            QGuiApplication::clipboard()->setText(asQuery(*value));
        }
    });
    actions.handle(u"search.columns", this, [this] { m_view->chooseColumns(); });
    const auto openWindow = [this] {
        if (const auto hit = m_search.results().hit(m_view->currentIndex().row())) {
            m_search.services().openRecord(hit);
        }
    };
    actions.handle(u"record.window", this, openWindow);
    connect(m_view, &QAbstractItemView::doubleClicked, this, openWindow);
    actions.handle(u"search.export_csv", this, [this] {
        ResultExport::askAndStart(m_search, foundIncidents(m_search), ExportFormat::Csv, window());
    });
    actions.handle(u"search.export_ndjson", this, [this] {
        ResultExport::askAndStart(
            m_search, foundIncidents(m_search), ExportFormat::Ndjson, window());
    });
    handleChanges();
}

void ResultsPane::handleChanges()
{
    auto* changes = new IncidentChanges(m_search.services(), this); // This owns it.
    auto& actions = *m_search.services().actions;
    actions.handle(u"case.tag", this, [changes] { changes->askTag(); });
    actions.handle(u"case.status", this, [this, changes] {
        const QRect row = m_view->visualRect(m_view->currentIndex());
        changes->openStatusMenu(m_view->hasFocus()
                                    ? m_view->viewport()->mapToGlobal(row.bottomLeft())
                                    : QCursor::pos());
    });
    actions.handle(u"case.assign", this, [changes] { changes->askAssignee(); });
    actions.handle(u"case.note", this, [changes] { changes->askNote(); });
    connect(changes, &IncidentChanges::changed, &m_search, &SearchController::showChanged);
    changes->reportTo(*m_bar);
}

std::optional<FilterValue> ResultsPane::valueAt(const QModelIndex& index) const
{
    if (!index.isValid()) {
        return std::nullopt;
    }
    const auto hit = m_search.results().hit(index.row());
    const auto& column = incidentColumns()[static_cast<std::size_t>(index.column())];
    if (!hit || !column.field || column.raw(*hit).empty()) {
        return std::nullopt;
    }
    return FilterValue{*column.field, column.raw(*hit)};
}

void ResultsPane::withCurrentValue(void (*run)(SearchController&, const FilterValue&))
{
    if (const auto value = valueAt(m_view->currentIndex())) {
        run(m_search, *value);
    }
}

void ResultsPane::openMenu(const QPoint& at)
{
    const auto index = m_view->indexAt(at);
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    if (const auto value = valueAt(index)) {
        addFilterActions(*menu, m_search, *value);
        menu->addSeparator();
    }
    auto& actions = *m_search.services().actions;
    for (const auto* id : {"record.window",
                           "case.status",
                           "case.tag",
                           "case.assign",
                           "case.note",
                           "edit.copy_id",
                           "edit.copy_json",
                           "edit.copy_markdown",
                           "evidence.export",
                           "evidence.certify"}) {
        menu->addAction(actions.action(QString::fromLatin1(id)));
    }
    menu->popup(m_view->viewport()->mapToGlobal(at));
}

} // namespace exhibit::ui
