// SPDX-License-Identifier: Apache-2.0
#include "ui/itemmodels/incident_columns.h"

#include "ui/text.h"
#include "ui/widgets/time_display.h"

#include <QCoreApplication>

#include <algorithm>

namespace exhibit::ui {
namespace {

using domain::SearchHit;
using query::Field;

constexpr int kExcerptLettersLeast = 8;

Mark severityMark(const SearchHit& hit)
{
    return markOf(hit.incident.severity);
}

Mark resultMark(const SearchHit& hit)
{
    return hit.result ? markOf(*hit.result) : Mark::None;
}

QString failureText(const SearchHit& hit)
{
    if (!hit.incident.failureCode) {
        return {};
    }
    QString text = toQt(wireName(*hit.incident.failureCode));
    return text.replace(QLatin1Char('_'), QLatin1Char(' '));
}

std::string failureRaw(const SearchHit& hit)
{
    return hit.incident.failureCode ? std::string(wireName(*hit.incident.failureCode)) : "";
}

/// The text around the violation says more than the policy's title, which stands in columns of its
/// own; the title where there is no such text.
QString happenedText(const SearchHit& hit)
{
    const QString excerpt = toQt(hit.incident.excerpt).simplified();
    const auto letters
        = std::count_if(excerpt.begin(), excerpt.end(), [](QChar c) { return c.isLetter(); });
    return letters >= kExcerptLettersLeast ? QString(kOpenQuote + excerpt + QChar(0x201d))
                                           : toQt(hit.incident.title);
}

QString tagsText(const SearchHit& hit)
{
    QStringList tags;
    for (const auto& tag : hit.incident.tags) {
        tags << toQt(tag);
    }
    return tags.join(QStringLiteral(", "));
}

FilterValues tagValues(const SearchHit& hit)
{
    FilterValues values;
    for (const auto& tag : hit.incident.tags) {
        values.push_back({Field::Tag, tag});
    }
    return values;
}

const IncidentColumn kColumns[] = {
    {"severity",
     QT_TRANSLATE_NOOP("Columns", "Severity"),
     CellKind::Mark,
     94,
     true,
     [](const SearchHit& hit) { return wordOf(severityMark(hit)); },
     severityMark,
     Field::Severity,
     [](const SearchHit& hit) { return std::string(wireName(hit.incident.severity)); },
     domain::SearchSort::Severity},
    {"time",
     QT_TRANSLATE_NOOP("Columns", "Time"),
     CellKind::Text,
     158, // With the year of another one.
     true,
     [](const SearchHit& hit) { return TimeDisplay::instance().clock(hit.incident.createdAt); },
     nullptr,
     std::nullopt,
     [](const SearchHit& hit) { return formatTime(hit.incident.createdAt); },
     domain::SearchSort::Time,
     [](const SearchHit& hit) { return timeValues(hit.incident.createdAt); }},
    {"title",
     QT_TRANSLATE_NOOP("Columns", "What happened"),
     CellKind::Excerpt,
     0,
     true,
     happenedText,
     nullptr,
     std::nullopt,
     [](const SearchHit& hit) { return hit.incident.title; }},
    {"policy",
     QT_TRANSLATE_NOOP("Columns", "Policy"),
     CellKind::Text,
     166,
     true,
     [](const SearchHit& hit) { return toQt(hit.incident.policyId); },
     nullptr,
     Field::Policy,
     [](const SearchHit& hit) { return hit.incident.policyId; }},
    {"result",
     QT_TRANSLATE_NOOP("Columns", "Result"),
     CellKind::Mark,
     92,
     true,
     [](const SearchHit& hit) { return wordOf(resultMark(hit)); },
     resultMark,
     std::nullopt,
     [](const SearchHit& hit) {
         return hit.result ? std::string(wireName(*hit.result)) : std::string();
     }},
    {"status",
     QT_TRANSLATE_NOOP("Columns", "Status"),
     CellKind::Text,
     98,
     true,
     [](const SearchHit& hit) { return wordOf(hit.incident.status); },
     nullptr,
     Field::Status,
     [](const SearchHit& hit) { return std::string(wireName(hit.incident.status)); }},
    {"model",
     QT_TRANSLATE_NOOP("Columns", "Model"),
     CellKind::Text,
     96,
     true,
     [](const SearchHit& hit) { return toQt(hit.incident.model); },
     nullptr,
     Field::Model,
     [](const SearchHit& hit) { return hit.incident.model; }},
    {"latency",
     QT_TRANSLATE_NOOP("Columns", "Latency"),
     CellKind::Number,
     76,
     true,
     [](const SearchHit& hit) { return durationText(hit.incident.latencyUs); },
     nullptr,
     std::nullopt,
     [](const SearchHit& hit) { return std::to_string(hit.incident.latencyUs); },
     domain::SearchSort::Latency,
     [](const SearchHit& hit) { return latencyValues(hit.incident.latencyUs); }},
    {"cost",
     QT_TRANSLATE_NOOP("Columns", "Cost"),
     CellKind::Number,
     104,
     false,
     [](const SearchHit& hit) {
         return costText(hit.incident.costMicrocents, hit.incident.currency);
     },
     nullptr,
     std::nullopt,
     [](const SearchHit& hit) { return std::to_string(hit.incident.costMicrocents); },
     domain::SearchSort::Cost,
     [](const SearchHit& hit) { return costValues(hit.incident.costMicrocents); }},
    {"user",
     QT_TRANSLATE_NOOP("Columns", "User"),
     CellKind::Text,
     120,
     false,
     [](const SearchHit& hit) { return toQt(hit.incident.userId.value_or("")); },
     nullptr,
     Field::User,
     [](const SearchHit& hit) { return hit.incident.userId.value_or(""); }},
    {"session",
     QT_TRANSLATE_NOOP("Columns", "Session"),
     CellKind::Text,
     120,
     false,
     [](const SearchHit& hit) { return toQt(hit.incident.sessionId.value_or("")); },
     nullptr,
     Field::Session,
     [](const SearchHit& hit) { return hit.incident.sessionId.value_or(""); }},
    {"run",
     QT_TRANSLATE_NOOP("Columns", "Run"),
     CellKind::Evidence,
     150,
     false,
     [](const SearchHit& hit) { return shortId(toQt(hit.incident.runId.text())); },
     nullptr,
     Field::Run,
     [](const SearchHit& hit) { return hit.incident.runId.text(); }},
    {"failure",
     QT_TRANSLATE_NOOP("Columns", "Failure"),
     CellKind::Text,
     150,
     false,
     failureText,
     nullptr,
     Field::Failure,
     failureRaw},
    {"assignee",
     QT_TRANSLATE_NOOP("Columns", "Assignee"),
     CellKind::Text,
     110,
     false,
     [](const SearchHit& hit) { return toQt(hit.incident.assignee.value_or("")); },
     nullptr,
     Field::Assignee,
     [](const SearchHit& hit) { return hit.incident.assignee.value_or(""); }},
    {"tags",
     QT_TRANSLATE_NOOP("Columns", "Tags"),
     CellKind::Text,
     120,
     false,
     tagsText,
     nullptr,
     std::nullopt,
     [](const SearchHit& hit) { return tagsText(hit).toStdString(); },
     std::nullopt,
     tagValues},
    {"id",
     QT_TRANSLATE_NOOP("Columns", "Incident"),
     CellKind::Evidence,
     150,
     false,
     [](const SearchHit& hit) { return shortId(toQt(hit.incident.incidentId.text())); },
     nullptr,
     std::nullopt,
     [](const SearchHit& hit) { return hit.incident.incidentId.text(); }},
};

} // namespace

std::span<const IncidentColumn> incidentColumns()
{
    return kColumns;
}

QString columnHeader(const IncidentColumn& column)
{
    return QCoreApplication::translate("Columns", column.header);
}

FilterValues valuesOf(const IncidentColumn& column, const SearchHit& hit)
{
    if (column.values != nullptr) {
        return column.values(hit);
    }
    std::string value = column.field ? column.raw(hit) : std::string();
    return value.empty() ? FilterValues{} : FilterValues{{*column.field, std::move(value)}};
}

QString copyText(const IncidentColumn& column, const SearchHit& hit)
{
    if (column.sort == domain::SearchSort::Time) {
        return TimeDisplay::instance().iso(hit.incident.createdAt);
    }
    return column.kind == CellKind::Evidence ? toQt(column.raw(hit)) : column.text(hit);
}

QString sortHelp(const IncidentColumn& column)
{
    return (column.sort ? QCoreApplication::translate(
                "Columns", "Click sorts by %1, again the other way; Shift+click: newest first.")
                        : QCoreApplication::translate(
                            "Columns",
                            "Incidents have no order by %1: the server sorts by time, severity, "
                            "latency and cost."))
        .arg(columnHeader(column).toLower());
}

} // namespace exhibit::ui
