// SPDX-License-Identifier: Apache-2.0
#include "ui/search/search_text.h"

#include "models/base/limits.h"

#include <algorithm>

namespace exhibit::ui {
namespace {

using namespace Qt::StringLiterals;

constexpr auto kTitle = "Exhibit search:"_L1;
constexpr auto kQuery = "query:"_L1;
constexpr auto kOrder = "order:"_L1;
constexpr auto kCalls = "calls:"_L1;
constexpr auto kColumns = "columns:"_L1;
constexpr qsizetype kTextMax = 4 * qsizetype(limits::kQueryBytesMax);

QString line(QLatin1StringView part, const QString& value)
{
    return value.isEmpty() ? QString() : part + u' ' + value.simplified() + u'\n';
}

/// Phrases hold spaces that mean something: a query is taken as it stands, but for line ends.
QString oneLine(QString query)
{
    return query.replace(u'\n', u' ').replace(u'\r', u' ');
}

bool isOutcome(const QString& word)
{
    constexpr qsizetype kWordMax = 40;
    return word.size() <= kWordMax && std::all_of(word.begin(), word.end(), [](QChar letter) {
               return (letter >= u'a' && letter <= u'z') || letter == u'_';
           });
}

bool canBeAsked(const QString& query)
{
    return query.toUtf8().size() <= qsizetype(limits::kQueryBytesMax);
}

} // namespace

QString printSearch(const SavedSearch& search)
{
    const QString title = QString(kTitle + u' ' + search.name.simplified()).trimmed();
    return title + u'\n' + kQuery + u' ' + oneLine(search.step.query) + u'\n'
        + line(kOrder, printOrder(search.step.order)) + line(kCalls, search.step.outcome)
        + line(kColumns, search.columns.join(u' '));
}

std::optional<SavedSearch> parseSearch(const QString& text)
{
    const QString trimmed = text.left(kTextMax).trimmed();
    if (!trimmed.startsWith(kTitle)) {
        const bool isQuery = !trimmed.isEmpty() && !trimmed.contains(u'\n') && canBeAsked(trimmed);
        return isQuery ? std::optional(SavedSearch{{}, {trimmed, {}}}) : std::nullopt;
    }
    SavedSearch search;
    bool hasQuery = false;
    for (const QString& one : trimmed.split(u'\n')) {
        const auto valueOf = [&one](QLatin1StringView part) {
            return one.startsWith(part) ? std::optional(one.mid(part.size()).trimmed())
                                        : std::nullopt;
        };
        if (const auto name = valueOf(kTitle)) {
            search.name = *name;
        } else if (const auto query = valueOf(kQuery)) {
            search.step.query = *query;
            hasQuery = canBeAsked(*query);
        } else if (const auto order = valueOf(kOrder)) {
            search.step.order = parseOrder(*order);
        } else if (const auto calls = valueOf(kCalls); calls && isOutcome(*calls)) {
            search.step.outcome = *calls;
        } else if (const auto columns = valueOf(kColumns)) {
            search.columns = columns->split(u' ', Qt::SkipEmptyParts);
        }
    }
    return hasQuery ? std::optional(search) : std::nullopt;
}

} // namespace exhibit::ui
