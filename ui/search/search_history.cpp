// SPDX-License-Identifier: Apache-2.0
#include "ui/search/search_history.h"

#include "ui/setting_key.h"

#include <QSettings>

#include <algorithm>

namespace exhibit::ui {
namespace {

using namespace Qt::StringLiterals;

constexpr auto kPastKey = "search/past"_L1;
constexpr auto kSavedGroup = "search/saved"_L1;

} // namespace

void SearchMemory::remember(const QString& query, qint64 total)
{
    QList<PastSearch> list = past();
    list.removeIf([&query](const PastSearch& one) { return one.query == query; });
    list.prepend({query, total, QDateTime::currentDateTimeUtc()});
    QVariantList stored;
    for (const auto& one : list.mid(0, kPastMax)) {
        stored << QVariant(QVariantList{one.query, one.total, one.at});
    }
    QSettings().setValue(kPastKey, stored);
}

QList<PastSearch> SearchMemory::past() const
{
    QList<PastSearch> list;
    for (const QVariant& one : QSettings().value(kPastKey).toList()) {
        const QVariantList parts = one.toList();
        if (parts.size() == 3) {
            list << PastSearch{
                parts.at(0).toString(), parts.at(1).toLongLong(), parts.at(2).toDateTime()};
        }
    }
    return list;
}

QVariant SearchMemory::clearPast()
{
    QSettings settings;
    QVariant past = settings.value(kPastKey);
    settings.remove(kPastKey);
    return past;
}

void SearchMemory::restorePast(const QVariant& past)
{
    QSettings settings;
    const QVariantList newer = settings.value(kPastKey).toList();
    settings.setValue(kPastKey, (newer + past.toList()).mid(0, kPastMax));
}

void SearchMemory::save(const SavedSearch& search)
{
    QList<SavedSearch> all = saved();
    all.removeIf([&search](const SavedSearch& one) { return one.name == search.name; });
    all << search;
    keep(all);
}

void SearchMemory::forget(const QString& name)
{
    QList<SavedSearch> all = saved();
    all.removeIf([&name](const SavedSearch& one) { return one.name == name; });
    keep(all);
}

/// All of them anew: an older version kept a name with a stroke in a group, where it was not seen.
void SearchMemory::keep(const QList<SavedSearch>& searches)
{
    QSettings settings;
    settings.remove(kSavedGroup);
    settings.beginGroup(kSavedGroup);
    for (const auto& one : searches) {
        settings.setValue(settingKeyOf(one.name),
                          QStringList{one.step.query, printOrder(one.step.order), one.step.outcome}
                              + one.columns);
    }
}

QList<SavedSearch> SearchMemory::saved() const
{
    QSettings settings;
    settings.beginGroup(kSavedGroup);
    QList<SavedSearch> list;
    for (const QString& key : settings.allKeys()) {
        const QStringList parts = settings.value(key).toStringList(); // Older: the query alone.
        list << SavedSearch{nameOfSettingKey(key),
                            {parts.value(0), parseOrder(parts.value(1)), parts.value(2)},
                            parts.mid(3)};
    }
    std::sort(list.begin(), list.end(), [](const SavedSearch& left, const SavedSearch& right) {
        return left.name.compare(right.name, Qt::CaseInsensitive) < 0;
    });
    return list;
}

} // namespace exhibit::ui
