// SPDX-License-Identifier: Apache-2.0
#include "ui/itemmodels/results_model.h"

#include "models/base/limits.h"
#include "models/query/fields.h"
#include "ui/text.h"
#include "ui/widgets/time_display.h"

#include <algorithm>

namespace exhibit::ui {
namespace {

constexpr int kGatherMs = 15;

/// From when on incidents stay out of a result: they come as "42 new".
UtcTime endOf(const domain::SearchRequest& request, const domain::SearchReply& reply)
{
    const bool newestFirst
        = request.sort.value_or(domain::SearchSort::Time) == domain::SearchSort::Time
        && request.order != domain::SearchOrder::Ascending;
    UtcTime last = newestFirst ? reply.incidents.front().incident.createdAt : reply.asOf;
    for (const auto& hit : reply.incidents) {
        last = std::max(last, hit.incident.createdAt);
    }
    return std::chrono::floor<std::chrono::microseconds>(last) + std::chrono::microseconds(1);
}

/// The pages of a search whose first one is here.
ResultPager pagerOf(domain::SearchRequest request, const domain::SearchReply& reply)
{
    if (reply.incidents.empty()) {
        return {std::move(request), std::nullopt, std::nullopt};
    }
    const UtcTime until = endOf(request, reply);
    return {std::move(request), reply.incidents.front().incident.createdAt, until};
}

} // namespace

ResultsModel::ResultsModel(QObject* parent)
    : QAbstractTableModel(parent)
{
    m_fetch.setSingleShot(true);
    m_fetch.setInterval(kGatherMs);
    connect(&m_fetch, &QTimer::timeout, this, &ResultsModel::fetchWanted);
    connect(&TimeDisplay::instance(), &TimeDisplay::changed, this, [this] {
        if (rowCount() > 0) {
            Q_EMIT dataChanged(
                index(0, 0), index(rowCount() - 1, columnCount() - 1), {Qt::DisplayRole});
        }
    });
}

void ResultsModel::setSource(domain::IncidentSource* source)
{
    m_questions.clear();
    m_wanted.clear();
    m_again.clear();
    m_firstBar.reset();
    m_source = source;
}

void ResultsModel::forget()
{
    m_questions.clear();
    m_wanted.clear();
    m_again.clear();
    m_firstBar.reset();
    m_cache.clear();
    m_stale = false;
    m_isCut = false;
    m_isEstimate = false;
}

void ResultsModel::showResult(domain::SearchRequest request, domain::SearchReply reply)
{
    beginResetModel();
    forget();
    m_pagers = {pagerOf(std::move(request), reply)};
    const qint64 rows = m_pagers.front().reach(reply.total, PageCache::kPageRows);
    m_isCut = rows < reply.total;
    m_layout.setFlat(rows);
    m_isEstimate = reply.totalIsEstimate;
    m_cache.insert(0, std::move(reply.incidents));
    endResetModel();
}

void ResultsModel::showGroups(std::vector<ResultGroup> groups,
                              std::vector<domain::SearchRequest> requests,
                              bool isEstimate)
{
    beginResetModel();
    forget();
    m_pagers.clear();
    for (auto& request : requests) {
        m_pagers.emplace_back(std::move(request), std::nullopt, std::nullopt);
    }
    m_layout.setGroups(std::move(groups));
    m_isEstimate = isEstimate;
    endResetModel();
}

void ResultsModel::setGroupOpen(int group, bool open)
{
    const auto& one = m_layout.groups()[static_cast<std::size_t>(group)];
    if (one.isOpen == open || !m_layout.isGrouped()) {
        return;
    }
    const int header = m_layout.rowOf({group, -1});
    const int rows = static_cast<int>(one.count);
    if (rows > 0) {
        open ? beginInsertRows({}, header + 1, header + rows)
             : beginRemoveRows({}, header + 1, header + rows);
    }
    m_layout.setOpen(group, open);
    if (rows > 0) {
        open ? endInsertRows() : endRemoveRows();
    }
    Q_EMIT dataChanged(index(header, 0), index(header, columnCount() - 1));
}

void ResultsModel::setAllOpen(bool open)
{
    for (std::size_t group = 0; group < m_layout.groups().size(); ++group) {
        setGroupOpen(static_cast<int>(group), open);
    }
}

void ResultsModel::setBars(const domain::HistogramReply& bars)
{
    m_firstBar.reset();
    if (m_layout.isGrouped() || m_pagers.empty()) {
        return;
    }
    m_pagers.front().setBars(bars);
    const bool isFar = m_layout.rows() > static_cast<int>(limits::kPageOffsetMax);
    const auto request = isFar ? m_pagers.front().firstBarRequest() : std::nullopt;
    if (request && m_source != nullptr) {
        m_firstBar = m_source->search(
            *request, [this](const domain::SourceResult<domain::SearchReply>& reply) {
                const auto done = std::exchange(m_firstBar, nullptr);
                if (reply) {
                    m_pagers.front().setFirstBar(*reply);
                    // Those that were looked at before, out of reach, are asked for.
                    Q_EMIT dataChanged(
                        index(0, 0), index(rowCount() - 1, columnCount() - 1), {kPendingRole});
                }
            });
    }
}

PageCache::Row ResultsModel::hit(int row) const
{
    const auto place = m_layout.at(row);
    return place.isHeader() ? nullptr : m_cache.row(place.address());
}

void ResultsModel::setStale(bool stale)
{
    if (stale != m_stale) {
        m_stale = stale;
        if (rowCount() > 0) {
            Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1), {kStaleRole});
        }
    }
}

void ResultsModel::clear()
{
    beginResetModel();
    forget();
    m_layout.setFlat(0);
    endResetModel();
}

int ResultsModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : m_layout.rows();
}

int ResultsModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(incidentColumns().size());
}

QVariant ResultsModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid()) {
        return {};
    }
    if (role == kStaleRole) {
        return m_stale;
    }
    const auto& column = incidentColumns()[static_cast<std::size_t>(index.column())];
    if (role == kCellKindRole) {
        return static_cast<int>(column.kind);
    }
    const auto place = m_layout.at(index.row());
    if (place.isHeader()) {
        return headerOfGroup(place.group, index.column(), role);
    }
    const auto row = m_cache.row(place.address());
    if (!row) {
        want(place.address() / PageCache::kPageRows);
        return role == kPendingRole ? QVariant(true) : QVariant();
    }
    switch (role) {
    case Qt::DisplayRole:
        return column.text(*row);
    case Qt::AccessibleTextRole:
        return QString(columnHeader(column) + QStringLiteral(": ") + column.text(*row));
    case kCopyRole:
        return copyText(column, *row);
    case kMarkRole:
        return column.mark ? static_cast<int>(column.mark(*row)) : 0;
    case Qt::ToolTipRole:
        return column.kind == CellKind::Excerpt
            ? QString(toQt(row->incident.title) + QLatin1Char('\n') + toQt(row->incident.excerpt))
            : QVariant();
    case Qt::TextAlignmentRole:
        return column.kind == CellKind::Number ? QVariant(Qt::AlignRight | Qt::AlignVCenter)
                                               : QVariant();
    default:
        return {};
    }
}

QVariant ResultsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section >= columnCount()) {
        return {};
    }
    const auto& column = incidentColumns()[static_cast<std::size_t>(section)];
    if (role == Qt::DisplayRole) {
        return columnHeader(column);
    }
    if (role == Qt::ToolTipRole || role == Qt::AccessibleDescriptionRole) {
        return sortHelp(column);
    }
    if (role == Qt::TextAlignmentRole) {
        return int((column.kind == CellKind::Number ? Qt::AlignRight : Qt::AlignLeft)
                   | Qt::AlignVCenter);
    }
    return {};
}

/// A group has another number of rows than was thought.
void ResultsModel::resize(int group, qint64 count, bool isEstimate)
{
    const auto& one = m_layout.groups()[static_cast<std::size_t>(group)];
    const qint64 before = one.count;
    if (count != before && one.isOpen) {
        const int first = m_layout.rowOf({group, std::min(before, count)});
        const int last = first + static_cast<int>(std::abs(count - before)) - 1;
        count > before ? beginInsertRows({}, first, last) : beginRemoveRows({}, first, last);
        m_layout.setCount(group, count, isEstimate);
        count > before ? endInsertRows() : endRemoveRows();
    } else {
        m_layout.setCount(group, count, isEstimate);
    }
}

void ResultsModel::showPage(qint64 page, domain::SearchReply reply)
{
    const auto place = ResultLayout::placeOf(page * PageCache::kPageRows);
    const auto arrived = static_cast<qint64>(reply.incidents.size());
    const bool opensGroup = m_layout.isGrouped() && place.row == 0;
    auto& pager = m_pagers[static_cast<std::size_t>(place.group)];
    if (opensGroup) {
        pager = pagerOf(pager.base(), reply);
    }
    m_cache.insert(page, std::move(reply.incidents));
    const auto& group = m_layout.groups()[static_cast<std::size_t>(place.group)];
    if (opensGroup) {
        // The group's own search knows more than the facet that it was made from.
        const qint64 reach = std::min<qint64>(pager.reach(reply.total, PageCache::kPageRows),
                                              limits::kPageOffsetMax + PageCache::kPageRows);
        m_isCut = m_isCut || reach < reply.total;
        resize(place.group, reach, reply.totalIsEstimate);
    }
    // The end is where rows stop coming: an estimated total becomes an exact one there.
    if (arrived < PageCache::kPageRows && place.row + arrived < group.count) {
        resize(place.group, place.row + arrived, false);
        m_isEstimate = m_layout.isGrouped() && m_isEstimate;
    }
    if (group.isOpen) {
        const qint64 rows = std::min<qint64>(PageCache::kPageRows, group.count - place.row);
        if (rows > 0) {
            const int first = m_layout.rowOf(place);
            Q_EMIT dataChanged(index(first, 0),
                               index(first + static_cast<int>(rows) - 1, columnCount() - 1));
        }
    }
}

QString ResultsModel::groupTitle(int group) const
{
    const auto& one = m_layout.groups()[static_cast<std::size_t>(group)];
    if (!one.value) {
        return tr("none, or another %1").arg(toQt(query::specOf(m_groupField).name));
    }
    if (m_groupField == query::Field::Severity) {
        if (const auto severity = parseEnum<domain::Severity>(*one.value)) {
            return wordOf(markOf(*severity));
        }
    }
    if (m_groupField == query::Field::Status) {
        if (const auto status = parseEnum<domain::IncidentStatus>(*one.value)) {
            return wordOf(*status);
        }
    }
    return toQt(*one.value);
}

QVariant ResultsModel::headerOfGroup(int group, int column, int role) const
{
    const auto& one = m_layout.groups()[static_cast<std::size_t>(group)];
    switch (role) {
    case kGroupRole:
        return group;
    case Qt::DisplayRole:
        return column == 0 ? groupTitle(group) : QString();
    case Qt::AccessibleTextRole:
        return (one.isOpen ? tr("Group %1, %2 incident(s), open", nullptr, forPlural(one.count))
                           : tr("Group %1, %2 incident(s), closed", nullptr, forPlural(one.count)))
            .arg(groupTitle(group), grouped(one.count));
    case kMarkRole: {
        const auto severity = one.value && m_groupField == query::Field::Severity
            ? parseEnum<domain::Severity>(*one.value)
            : tl::make_unexpected(Error{});
        return static_cast<int>(severity ? markOf(*severity) : Mark::None);
    }
    default:
        return {};
    }
}

} // namespace exhibit::ui
