// SPDX-License-Identifier: Apache-2.0
#include "ui/search/value_filter.h"

#include "ui/text.h"

#include <QClipboard>
#include <QCoreApplication>
#include <QGuiApplication>
#include <QMenu>

namespace exhibit::ui {

void filterOnly(SearchController& search, const FilterValue& value)
{
    search.setQuery(query::withOnly(search.query(), value.field, value.value));
}

void filterOut(SearchController& search, const FilterValue& value)
{
    search.setQuery(query::withExcluded(search.query(), value.field, value.value));
}

void filterAdd(SearchController& search, const FilterValue& value)
{
    search.setQuery(query::withAdded(search.query(), value.field, value.value));
}

QString asQuery(const FilterValue& value)
{
    return toQt(query::print(query::withOnly({}, value.field, value.value)));
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
    add(Icon::Plus, QCoreApplication::translate("Filter", "Add %1"), filterAdd);
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
