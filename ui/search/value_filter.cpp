// SPDX-License-Identifier: Apache-2.0
#include "ui/search/value_filter.h"

#include "ui/text.h"

#include <QClipboard>
#include <QCoreApplication>
#include <QGuiApplication>
#include <QMenu>

namespace exhibit::ui {

namespace {

/// From one instant to another; nothing where the value is no range.
std::optional<std::pair<UtcTime, UtcTime>> rangeOf(const FilterValue& value)
{
    const auto from = parseTime(value.value);
    const auto to = parseTime(value.until);
    return from && to ? std::optional(std::pair(*from, *to)) : std::nullopt;
}

query::Query only(const query::Query& query, const FilterValue& value)
{
    const auto range = rangeOf(value);
    return range ? query::withRange(query, range->first, range->second)
                 : query::withOnly(query, value.field, value.value);
}

} // namespace

void filterOnly(SearchController& search, const FilterValue& value)
{
    search.setQuery(only(search.query(), value));
}

void filterOut(SearchController& search, const FilterValue& value)
{
    const auto range = rangeOf(value);
    search.setQuery(range ? query::withoutRange(search.query(), range->first, range->second)
                          : query::withExcluded(search.query(), value.field, value.value));
}

void filterAdd(SearchController& search, const FilterValue& value)
{
    search.setQuery(isAlternative(value)
                        ? query::withAdded(search.query(), value.field, value.value)
                        : only(search.query(), value));
}

QString asQuery(const FilterValue& value)
{
    return toQt(query::print(only({}, value)));
}

bool isAlternative(const FilterValue& value)
{
    return value.field != query::Field::After && value.field != query::Field::Before;
}

void addFilterActions(QMenu& menu, SearchController& search, const FilterValue& value)
{
    const QString shown = asQuery(value);
    const auto add =
        [&](Icon symbol, const QString& text, void (*run)(SearchController&, const FilterValue&)) {
            QObject::connect(menu.addAction(icon(symbol), text.arg(shown)),
                             &QAction::triggered,
                             &search,
                             [&search, value, run] { run(search, value); });
        };
    add(Icon::Funnel, QCoreApplication::translate("Filter", "Only %1"), filterOnly);
    add(Icon::Minus, QCoreApplication::translate("Filter", "Not %1"), filterOut);
    if (isAlternative(value)) {
        add(Icon::Plus, QCoreApplication::translate("Filter", "Add %1"), filterAdd);
    }
    QObject::connect(
        menu.addAction(icon(Icon::Copy), QCoreApplication::translate("Filter", "Copy as query")),
        &QAction::triggered,
        &search,
        [shown] { QGuiApplication::clipboard()->setText(shown); });
}

void addFilterMenu(QMenu& menu, SearchController& search, const FilterValue& value)
{
    QString title = asQuery(value);
    addFilterActions(
        *menu.addMenu(title.replace(QLatin1Char('&'), QStringLiteral("&&"))), search, value);
}

} // namespace exhibit::ui
