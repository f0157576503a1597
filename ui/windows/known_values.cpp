// SPDX-License-Identifier: Apache-2.0
#include "ui/windows/known_values.h"

#include "ui/text.h"

#include <algorithm>

namespace exhibit::ui {
namespace {

constexpr int kDelayMs = 120;
constexpr qint64 kFreshMs = 60'000;
constexpr std::size_t kEntriesMax = 64;
constexpr std::uint32_t kOfferedMax = 20;
constexpr const char* kFields[] = {"user", "session", "run", "policy", "model", "tag", "assignee"};

} // namespace

KnownValues::KnownValues(SourceHub& sources, QObject* parent)
    : QObject(parent)
    , m_sources(sources)
{
    m_delay.setSingleShot(true);
    m_delay.setInterval(kDelayMs);
    connect(&m_delay, &QTimer::timeout, this, &KnownValues::ask);
    connect(&sources, &SourceHub::sourceChanged, this, &KnownValues::followSource);
}

void KnownValues::followSource()
{
    m_question.reset();
    m_delay.stop();
    if (m_sources.source() != nullptr) {
        m_entries.clear(); // Another server's, or what another key may see.
    }
}

bool KnownValues::knows(const Wanted& wanted) const
{
    return std::any_of(m_entries.begin(), m_entries.end(), [&](const Entry& entry) {
        return entry.field == wanted.field && !entry.age.hasExpired(kFreshMs)
            && (entry.prefix == wanted.prefix
                || (entry.isAll && wanted.prefix.startsWith(entry.prefix, Qt::CaseInsensitive)));
    });
}

void KnownValues::want(const QString& field, const QString& prefix)
{
    const bool hasValues
        = std::any_of(std::begin(kFields), std::end(kFields), [&field](const char* name) {
              return field == QLatin1String(name);
          });
    m_question.reset(); // Its answer would complete what stands there no more.
    m_delay.stop();
    Wanted wanted{field, prefix};
    if (hasValues && m_sources.source() != nullptr && !knows(wanted)) {
        m_wanted = std::move(wanted);
        m_delay.start();
    }
}

void KnownValues::ask()
{
    auto* source = m_sources.source();
    if (source == nullptr || !m_wanted) {
        return;
    }
    const Wanted wanted = *std::exchange(m_wanted, std::nullopt);
    m_question
        = source->values({fromQt(wanted.field), fromQt(wanted.prefix), kOfferedMax},
                         [this, wanted](const domain::SourceResult<domain::ValuesReply>& reply) {
                             const auto done = std::exchange(m_question, nullptr);
                             if (!reply) {
                                 return; // What is known is offered all the same.
                             }
                             Entry entry{wanted.field, wanted.prefix, {}, !reply->more, {}};
                             for (const auto& value : reply->values) {
                                 entry.values << toQt(value);
                             }
                             entry.age.start();
                             std::erase_if(m_entries, [&entry](const Entry& old) {
                                 return old.field == entry.field && old.prefix == entry.prefix;
                             });
                             m_entries.push_back(std::move(entry));
                             if (m_entries.size() > kEntriesMax) {
                                 m_entries.pop_front();
                             }
                             Q_EMIT arrived();
                         });
}

QStringList KnownValues::found(const QString& field, const QString& prefix) const
{
    QStringList values;
    for (const Entry& entry : m_entries) {
        if (entry.field == field) {
            for (const QString& value : entry.values) {
                if (value.startsWith(prefix, Qt::CaseInsensitive)) {
                    values << value;
                }
            }
        }
    }
    values.sort();
    values.removeDuplicates();
    return values.mid(0, kOfferedMax);
}

} // namespace exhibit::ui
