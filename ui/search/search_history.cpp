// SPDX-License-Identifier: Apache-2.0
#include "ui/search/search_history.h"

#include <QSettings>

namespace exhibit::ui {
namespace {

using namespace Qt::StringLiterals;

constexpr auto kPastKey = "search/past"_L1;
constexpr auto kSavedGroup = "search/saved"_L1;

} // namespace

void SearchTrail::push(const QString& query)
{
    if (m_at >= 0 && m_steps.at(m_at) == query) {
        return;
    }
    m_steps = m_steps.mid(0, m_at + 1);
    m_steps << query;
    m_at = m_steps.size() - 1;
}

QString SearchTrail::back()
{
    return m_steps.at(canGoBack() ? --m_at : m_at);
}

QString SearchTrail::forward()
{
    return m_steps.at(canGoForward() ? ++m_at : m_at);
}

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

void SearchMemory::save(const QString& name, const QString& query)
{
    QSettings settings;
    settings.beginGroup(kSavedGroup);
    settings.setValue(name, query);
}

void SearchMemory::forget(const QString& name)
{
    QSettings settings;
    settings.beginGroup(kSavedGroup);
    settings.remove(name);
}

QList<QPair<QString, QString>> SearchMemory::saved() const
{
    QSettings settings;
    settings.beginGroup(kSavedGroup);
    QList<QPair<QString, QString>> list;
    for (const QString& name : settings.childKeys()) {
        list << qMakePair(name, settings.value(name).toString());
    }
    return list;
}

} // namespace exhibit::ui
