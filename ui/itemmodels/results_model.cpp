// SPDX-License-Identifier: Apache-2.0
#include "ui/itemmodels/results_model.h"

#include "ui/text.h"
#include "ui/widgets/time_display.h"

#include <algorithm>

namespace exhibit::ui {
namespace {

constexpr int kPagesAtOnce = 3;
constexpr qsizetype kWantedMax = 8; ///< What scrolled by longer ago is not fetched any more.
constexpr int kGatherMs = 15;

} // namespace

ResultsModel::ResultsModel(QObject* parent)
    : QAbstractTableModel(parent)
{
    m_fetch.setSingleShot(true);
    m_fetch.setInterval(kGatherMs);
    connect(&m_fetch, &QTimer::timeout, this, &ResultsModel::fetchWanted);
    connect(&TimeDisplay::instance(), &TimeDisplay::changed, this, [this] {
        if (m_rows > 0) {
            Q_EMIT dataChanged(
                index(0, 0), index(m_rows - 1, columnCount() - 1), {Qt::DisplayRole});
        }
    });
}

void ResultsModel::setSource(domain::IncidentSource* source)
{
    m_questions.clear();
    m_wanted.clear();
    m_source = source;
}

void ResultsModel::showResult(domain::SearchRequest request, domain::SearchReply reply)
{
    beginResetModel();
    m_questions.clear();
    m_wanted.clear();
    m_cache.clear();
    m_stale = false;
    const auto newest = reply.incidents.empty()
        ? std::nullopt
        : std::optional(reply.incidents.front().incident.createdAt);
    m_pager.reset(std::move(request), newest);
    m_rows = static_cast<int>(std::min<std::int64_t>(reply.total, std::numeric_limits<int>::max()));
    m_isEstimate = reply.totalIsEstimate;
    m_cache.insert(0, std::move(reply.incidents));
    endResetModel();
}

void ResultsModel::setStale(bool stale)
{
    if (stale != m_stale) {
        m_stale = stale;
        if (m_rows > 0) {
            Q_EMIT dataChanged(index(0, 0), index(m_rows - 1, columnCount() - 1), {kStaleRole});
        }
    }
}

void ResultsModel::showChanged(const domain::Incident& incident)
{
    if (const qint64 row = m_cache.replace(incident); row >= 0) {
        const int at = static_cast<int>(row);
        Q_EMIT dataChanged(index(at, 0), index(at, columnCount() - 1));
    }
}

void ResultsModel::clear()
{
    beginResetModel();
    m_questions.clear();
    m_wanted.clear();
    m_cache.clear();
    m_rows = 0;
    m_stale = false;
    endResetModel();
}

int ResultsModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : m_rows;
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
    const auto row = m_cache.row(index.row());
    if (!row) {
        want(index.row() / PageCache::kPageRows);
        return role == kPendingRole ? QVariant(true) : QVariant();
    }
    switch (role) {
    case Qt::DisplayRole:
        return column.text(*row);
    case Qt::AccessibleTextRole:
        return QString(columnHeader(column) + QStringLiteral(": ") + column.text(*row));
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
    if (role == Qt::TextAlignmentRole) {
        return int((column.kind == CellKind::Number ? Qt::AlignRight : Qt::AlignLeft)
                   | Qt::AlignVCenter);
    }
    return {};
}

void ResultsModel::want(qint64 page) const
{
    if (m_source == nullptr || m_stale || m_questions.contains(page)) {
        return;
    }
    m_wanted.removeAll(page);
    m_wanted.prepend(page);
    while (m_wanted.size() > kWantedMax) {
        m_wanted.removeLast();
    }
    if (!m_fetch.isActive()) {
        m_fetch.start();
    }
}

void ResultsModel::fetchWanted()
{
    while (!m_wanted.isEmpty() && m_questions.size() < kPagesAtOnce && m_source != nullptr) {
        const qint64 page = m_wanted.takeFirst();
        const auto request = m_pager.requestFor(page, PageCache::kPageRows);
        if (!request || m_cache.contains(page)) {
            continue;
        }
        auto answer = [this, page](domain::SourceResult<domain::SearchReply> reply) {
            const auto keep = m_questions.take(page);
            if (reply) {
                showPage(page, *std::move(reply));
            } else {
                Q_EMIT pageFailed(toQt(reply.error().error.message));
            }
            fetchWanted();
        };
        m_questions.insert(page, m_source->search(*request, std::move(answer)));
    }
}

void ResultsModel::showPage(qint64 page, domain::SearchReply reply)
{
    const int first = static_cast<int>(page * PageCache::kPageRows);
    const int arrived = static_cast<int>(reply.incidents.size());
    m_cache.insert(page, std::move(reply.incidents));
    // The end is where rows stop coming: an estimated total becomes an exact one there.
    if (arrived < PageCache::kPageRows && first + arrived < m_rows) {
        beginRemoveRows({}, first + arrived, m_rows - 1);
        m_rows = first + arrived;
        m_isEstimate = false;
        endRemoveRows();
    }
    const int last = std::min(first + PageCache::kPageRows, m_rows) - 1;
    if (last >= first) {
        Q_EMIT dataChanged(index(first, 0), index(last, columnCount() - 1));
    }
}

} // namespace exhibit::ui
