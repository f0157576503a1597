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
#include <QStatusBar>

namespace exhibit::ui {
namespace {

constexpr int kNoFilterSaidMs = 6000;

} // namespace

void ResultsPane::handleActions()
{
    auto& actions = *m_search.services().actions;
    actions.bindContext(Context::Results, this);
    const auto filter = [this, &actions](QStringView id, const QString& text, auto run) {
        actions.handle(id, this, [this, text, run] {
            withCurrentValue(text, [this, run](const FilterValue& value) { run(m_search, value); });
        });
    };
    filter(u"search.only_this", tr("Only %1"), filterOnly);
    filter(u"search.not_this", tr("Not %1"), filterOut);
    filter(u"search.add_this", tr("Add %1"), filterAdd);
    actions.handle(u"search.copy_filter", this, [this] {
        withCurrentValue(tr("Copy %1"), [](const FilterValue& value) {
            QGuiApplication::clipboard()->setText(asQuery(value));
        });
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
    const auto here = [this] {
        const QRect row = m_view->visualRect(m_view->currentIndex());
        return m_view->hasFocus() ? m_view->viewport()->mapToGlobal(row.bottomLeft())
                                  : QCursor::pos();
    };
    actions.handle(u"case.untag", this, [changes, here] { changes->openUntagMenu(here()); });
    actions.handle(u"case.bookmark", this, [changes] { changes->bookmark(); });
    actions.handle(u"case.status", this, [changes, here] { changes->openStatusMenu(here()); });
    actions.handle(u"case.assign", this, [changes] { changes->askAssignee(); });
    actions.handle(u"case.note", this, [changes] { changes->askNote(); });
    connect(changes, &IncidentChanges::changed, &m_search, &SearchController::showChanged);
    changes->reportTo(*m_bar);
}

FilterValues ResultsPane::valuesAt(const QModelIndex& index) const
{
    const auto hit = index.isValid() ? m_search.results().hit(index.row()) : nullptr;
    return hit ? valuesOf(incidentColumns()[static_cast<std::size_t>(index.column())], *hit)
               : FilterValues{};
}

void ResultsPane::withCurrentValue(const QString& text,
                                   const std::function<void(const FilterValue&)>& run)
{
    const auto index = m_view->currentIndex();
    const auto values = valuesAt(index);
    if (values.empty()) {
        return sayNoFilter(index);
    }
    if (values.size() == 1) {
        return run(values.front());
    }
    auto* menu = new QMenu(this);
    menu->setObjectName(QStringLiteral("filter.choice"));
    menu->setAttribute(Qt::WA_DeleteOnClose);
    for (const auto& value : values) {
        QString shown = asQuery(value);
        shown.replace(u'&', QStringLiteral("&&"));
        connect(menu->addAction(text.arg(shown)), &QAction::triggered, this, [run, value] {
            run(value);
        });
    }
    menu->setActiveAction(menu->actions().constFirst());
    menu->popup(m_view->viewport()->mapToGlobal(m_view->visualRect(index).bottomLeft()));
}

void ResultsPane::sayNoFilter(const QModelIndex& index)
{
    const auto hit = index.isValid() ? m_search.results().hit(index.row()) : nullptr;
    QString text = tr("There is nothing to filter by in this row.");
    if (hit != nullptr) {
        const auto& column = incidentColumns()[static_cast<std::size_t>(index.column())];
        text = column.hasFilter()
            ? tr("There is nothing to filter by in this cell.")
            : tr("There is no filter by %1: the search language has no such field.")
                  .arg(columnHeader(column).toLower());
    }
    m_search.services().window->statusBar()->showMessage(text, kNoFilterSaidMs);
}

void ResultsPane::openMenu(const QPoint& at)
{
    const auto index = m_view->indexAt(at);
    auto* menu = new QMenu(this);
    menu->setObjectName(QStringLiteral("results.menu"));
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const auto values = valuesAt(index);
    if (values.size() == 1) {
        addFilterActions(*menu, m_search, values.front());
    } else {
        for (const auto& value : values) {
            addFilterMenu(*menu, m_search, value);
        }
    }
    if (!values.empty()) {
        menu->addSeparator();
    }
    auto& actions = *m_search.services().actions;
    for (const auto* id : {"record.window",
                           "case.status",
                           "case.tag",
                           "case.untag",
                           "case.bookmark",
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
