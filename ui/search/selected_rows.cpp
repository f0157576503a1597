// SPDX-License-Identifier: Apache-2.0
#include "ui/search/selected_rows.h"

#include "ui/search/results_view.h"
#include "ui/search/search_controller.h"
#include "ui/text.h"

#include <QCoreApplication>

#include <algorithm>

namespace exhibit::ui {
namespace {

using namespace Qt::StringLiterals;

/// Actions on all selected rows; %1 is their number.
constexpr std::pair<const char*, const char*> kOfMany[] = {
    {"case.tag", QT_TRANSLATE_NOOP("SelectedRows", "&Tag %1 incidents…")},
    {"case.untag", QT_TRANSLATE_NOOP("SelectedRows", "&Remove a tag of %1 incidents…")},
    {"case.bookmark", QT_TRANSLATE_NOOP("SelectedRows", "Book&mark %1 incidents")},
    {"case.status", QT_TRANSLATE_NOOP("SelectedRows", "Set &status of %1 incidents…")},
    {"case.assign", QT_TRANSLATE_NOOP("SelectedRows", "&Assign %1 incidents…")},
    {"case.note", QT_TRANSLATE_NOOP("SelectedRows", "Add a &note to %1 incidents…")},
    {"edit.copy_id", QT_TRANSLATE_NOOP("SelectedRows", "Copy %1 incident &ids")},
    {"edit.copy_json",
     QT_TRANSLATE_NOOP("SelectedRows", "Copy %1 incidents as &JSON, without events")},
    {"edit.copy_markdown",
     QT_TRANSLATE_NOOP("SelectedRows", "Copy %1 incidents as &Markdown, without events")},
};

constexpr const char* kOfOne[]
    = {"edit.copy_curl", "evidence.export", "evidence.certify", "record.window"};

using Spans = std::vector<std::pair<int, int>>;

/// From first to last row, in order and apart from each other.
Spans spansOf(const QItemSelection& selection)
{
    Spans ranges;
    for (const auto& range : selection) {
        ranges.emplace_back(range.top(), range.bottom());
    }
    std::sort(ranges.begin(), ranges.end());
    Spans spans;
    for (const auto& range : ranges) {
        if (!spans.empty() && range.first <= spans.back().second + 1) {
            spans.back().second = std::max(spans.back().second, range.second);
        } else {
            spans.push_back(range);
        }
    }
    return spans;
}

qint64 lengthOf(const Spans& spans)
{
    qint64 rows = 0;
    for (const auto& [first, last] : spans) {
        rows += last - first + 1;
    }
    return rows;
}

/// At most Selection::kMarkedMax of them are ever asked for.
std::vector<int> rowsOf(const Spans& spans)
{
    std::vector<int> rows;
    for (const auto& [first, last] : spans) {
        for (int row = first; row <= last; ++row) {
            rows.push_back(row);
        }
    }
    return rows;
}

} // namespace

SelectedRows::SelectedRows(SearchController& search, ResultsView& view)
    : QObject(&view)
    , m_search(search)
    , m_view(view)
    , m_results(search.results())
{
    search.services().selection->setMarker([this] { return marked(); });
    connect(view.selectionModel(),
            &QItemSelectionModel::selectionChanged,
            this,
            &SelectedRows::nameActions);
    // A reset empties the selection without a signal.
    connect(&m_results, &QAbstractItemModel::modelReset, this, &SelectedRows::nameActions);
}

qint64 SelectedRows::count() const
{
    const auto spans = spansOf(m_view.selectionModel()->selection());
    const qint64 rows = lengthOf(spans);
    return rows > Selection::kMarkedMax || !m_results.layout().isGrouped()
        ? rows
        : rows - static_cast<qint64>(std::ranges::count_if(rowsOf(spans), [this](int row) {
              return m_results.layout().at(row).isHeader();
          }));
}

Selection::Marked SelectedRows::marked() const
{
    Selection::Marked marked;
    const qint64 rows = count();
    if (rows <= 1) {
        return marked;
    }
    marked.rows = rows;
    if (rows == m_results.rowCount() && !m_results.layout().isGrouped()) {
        marked.all = m_search.shownRequest();
        // What came since then is not what was selected.
        const auto end = m_search.asOf() + std::chrono::microseconds(1);
        marked.all->timeTo = std::min(marked.all->timeTo.value_or(end), end);
    }
    if (rows > Selection::kMarkedMax) {
        return marked;
    }
    for (const int row : rowsOf(spansOf(m_view.selectionModel()->selection()))) {
        if (auto hit = m_results.hit(row)) {
            marked.hits.push_back(std::move(hit));
        } else {
            (void)m_results.index(row, 0).data(); // Asks for its page; headers have none.
        }
    }
    return marked;
}

void SelectedRows::nameActions()
{
    const qint64 rows = count();
    auto& actions = *m_search.services().actions;
    if (rows <= 1 && !m_isNamed) {
        return;
    }
    m_isNamed = rows > 1;
    const auto own = [&actions](const char* id) {
        const auto* spec = actions.spec(actions.action(QString::fromLatin1(id)));
        return QCoreApplication::translate("Actions", spec->text);
    };
    for (const auto& [id, text] : kOfMany) {
        actions.action(QString::fromLatin1(id))
            ->setText(m_isNamed
                          ? QCoreApplication::translate("SelectedRows", text).arg(grouped(rows))
                          : own(id));
    }
    for (const auto* id : kOfOne) {
        actions.action(QString::fromLatin1(id))
            ->setText(m_isNamed ? tr("%1 (current row only)").arg(own(id)) : own(id));
    }
}

} // namespace exhibit::ui
