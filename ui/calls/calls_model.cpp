// SPDX-License-Identifier: Apache-2.0
#include "ui/calls/calls_model.h"

#include "ui/itemmodels/results_model.h"
#include "ui/text.h"
#include "ui/widgets/time_display.h"

#include <QCoreApplication>

namespace exhibit::ui {
namespace {

using domain::FoundCall;
using query::Field;

constexpr std::uint32_t kPageRows = 100;

QString words(const std::string& wire)
{
    return toQt(wire).replace(QLatin1Char('_'), QLatin1Char(' '));
}

QString decisionText(const FoundCall& call)
{
    QStringList policies;
    for (const auto& decision : call.decisions) {
        policies << toQt(decision.policyId);
    }
    return policies.join(QStringLiteral(", "));
}

FilterValues policiesOf(const FoundCall& call)
{
    FilterValues values;
    for (const auto& decision : call.decisions) {
        values.push_back({Field::Policy, decision.policyId});
    }
    return values;
}

FilterValues usersOf(const FoundCall& call)
{
    return call.userId ? FilterValues{{Field::User, *call.userId}} : FilterValues{};
}

const CallColumn kCallColumns[] = {
    {"time",
     QT_TRANSLATE_NOOP("Calls", "Time"),
     158,
     CellKind::Text,
     [](const FoundCall& call) { return TimeDisplay::instance().clock(call.openedAt); },
     [](const FoundCall& call) { return timeValues(call.openedAt); },
     [](const FoundCall& call) { return TimeDisplay::instance().iso(call.openedAt); }},
    {"result", QT_TRANSLATE_NOOP("Calls", "Result"), 104, CellKind::Mark, resultText},
    {"outcome",
     QT_TRANSLATE_NOOP("Calls", "Outcome"),
     108,
     CellKind::Text,
     [](const FoundCall& call) { return words(call.outcome); }},
    {"status",
     QT_TRANSLATE_NOOP("Calls", "HTTP"),
     52,
     CellKind::Number,
     [](const FoundCall& call) { return QString::number(call.status); }},
    {"asked",
     QT_TRANSLATE_NOOP("Calls", "Asked"),
     0,
     CellKind::Text,
     [](const FoundCall& call) { return toQt(call.asked).simplified(); }},
    {"policy", QT_TRANSLATE_NOOP("Calls", "Policy"), 166, CellKind::Text, decisionText, policiesOf},
    {"model",
     QT_TRANSLATE_NOOP("Calls", "Model"),
     96,
     CellKind::Text,
     [](const FoundCall& call) { return toQt(call.answeredModel.value_or(call.model)); },
     [](const FoundCall& call) -> FilterValues {
         return {{Field::Model, call.model}};
     }},
    {"user",
     QT_TRANSLATE_NOOP("Calls", "User"),
     80,
     CellKind::Text,
     [](const FoundCall& call) { return toQt(call.userId.value_or("")); },
     usersOf},
    {"latency",
     QT_TRANSLATE_NOOP("Calls", "Latency"),
     76,
     CellKind::Number,
     [](const FoundCall& call) { return durationText(call.latencyUs); },
     [](const FoundCall& call) { return latencyValues(call.latencyUs); }},
    {"run",
     QT_TRANSLATE_NOOP("Calls", "Run"),
     150,
     CellKind::Evidence,
     [](const FoundCall& call) { return shortId(toQt(call.runId.text())); },
     [](const FoundCall& call) -> FilterValues {
         return {{Field::Run, call.runId.text()}};
     },
     [](const FoundCall& call) { return toQt(call.runId.text()); },
     false},
    {"id",
     QT_TRANSLATE_NOOP("Calls", "Call"),
     150,
     CellKind::Evidence,
     [](const FoundCall& call) { return shortId(toQt(call.callId.text())); },
     nullptr,
     [](const FoundCall& call) { return toQt(call.callId.text()); },
     false},
};

} // namespace

std::span<const CallColumn> callColumns()
{
    return kCallColumns;
}

Mark markOf(const domain::FoundCall& call)
{
    Mark worst = call.passed.value_or(false) ? Mark::Pass : Mark::None;
    for (const auto& decision : call.decisions) {
        const Mark mark = markOf(decision.result);
        worst = badness(mark) > badness(worst) ? mark : worst;
    }
    return worst;
}

QString resultText(const domain::FoundCall& call)
{
    const Mark mark = markOf(call);
    return mark == Mark::None && call.passed ? QCoreApplication::translate("Calls", "not judged")
                                             : wordOf(mark);
}

CallsModel::CallsModel(QObject* parent)
    : QAbstractTableModel(parent)
{
    connect(&TimeDisplay::instance(), &TimeDisplay::changed, this, [this] {
        if (!m_calls.empty()) {
            Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, 0), {Qt::DisplayRole});
        }
    });
}

void CallsModel::setSource(domain::IncidentSource* source)
{
    const bool worked = isWorking();
    m_question.reset();
    m_next.reset();
    m_source = source;
    if (worked) {
        Q_EMIT stateChanged();
    }
}

void CallsModel::search(domain::CallSearchRequest request)
{
    m_request = std::move(request);
    m_request.limit = kPageRows;
    setStale();
    ask(true);
}

void CallsModel::cancel()
{
    if (isWorking()) {
        m_question.reset();
        m_isCancelled = true;
        Q_EMIT stateChanged();
    }
}

void CallsModel::setStale()
{
    markStale(!m_calls.empty());
}

void CallsModel::markStale(bool stale)
{
    if (std::exchange(m_isStale, stale) != stale && !m_calls.empty()) {
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1), {kStaleRole});
    }
}

void CallsModel::ask(bool first)
{
    if (m_source == nullptr) {
        return;
    }
    m_isCancelled = false;
    m_failure.reset();
    m_question = m_source->searchCalls(
        m_request, [this, first](domain::SourceResult<domain::CallSearchReply> reply) {
            const auto done = std::exchange(m_question, nullptr);
            if (reply) {
                show(*std::move(reply), first);
            } else {
                m_failure = reply.error();
                m_next.reset(); // Not again and again: a search does.
            }
            Q_EMIT stateChanged();
        });
    Q_EMIT stateChanged();
}

void CallsModel::show(domain::CallSearchReply reply, bool first)
{
    if (first) {
        m_shown = m_request;
        m_shown->limit.reset();
        m_shown->cursor.reset();
        beginResetModel();
        m_calls = std::move(reply.calls);
        m_isStale = false;
        m_total = reply.total;
        m_isEstimate = reply.totalIsEstimate;
        m_asOf = reply.asOf;
        m_next = std::move(reply.nextCursor);
        endResetModel();
        return;
    }
    m_next = std::move(reply.nextCursor);
    if (!reply.calls.empty()) {
        const int begin = rowCount();
        beginInsertRows({}, begin, begin + static_cast<int>(reply.calls.size()) - 1);
        std::move(reply.calls.begin(), reply.calls.end(), std::back_inserter(m_calls));
        endInsertRows();
    }
}

const domain::FoundCall& CallsModel::call(int row) const
{
    return m_calls.at(static_cast<std::size_t>(row));
}

bool CallsModel::canFetchMore(const QModelIndex& parent) const
{
    return !parent.isValid() && m_next && !isWorking();
}

void CallsModel::fetchMore(const QModelIndex& parent)
{
    if (canFetchMore(parent)) {
        m_request.cursor = m_next;
        ask(false);
        m_request.cursor.reset();
    }
}

int CallsModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_calls.size());
}

int CallsModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(callColumns().size());
}

QVariant CallsModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid()) {
        return {};
    }
    const auto& column = callColumns()[static_cast<std::size_t>(index.column())];
    const auto& found = call(index.row());
    const bool isMark = column.kind == CellKind::Mark;
    switch (role) {
    case Qt::DisplayRole:
        return column.text(found);
    case Qt::AccessibleTextRole:
        return QString(QCoreApplication::translate("Calls", column.header) + QStringLiteral(": ")
                       + column.text(found));
    case kCellKindRole:
        return static_cast<int>(column.kind);
    case kStaleRole:
        return m_isStale;
    case kCopyRole:
        return column.copied != nullptr ? column.copied(found) : column.text(found);
    case kMarkRole:
        return isMark ? static_cast<int>(markOf(found)) : 0;
    case Qt::TextAlignmentRole:
        return column.kind == CellKind::Number ? QVariant(Qt::AlignRight | Qt::AlignVCenter)
                                               : QVariant();
    default:
        return {};
    }
}

QVariant CallsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section >= columnCount()) {
        return {};
    }
    const auto& column = callColumns()[static_cast<std::size_t>(section)];
    if (role == Qt::DisplayRole) {
        return QCoreApplication::translate("Calls", column.header);
    }
    if (role == Qt::TextAlignmentRole) {
        return int((column.kind == CellKind::Number ? Qt::AlignRight : Qt::AlignLeft)
                   | Qt::AlignVCenter);
    }
    return {};
}

} // namespace exhibit::ui
