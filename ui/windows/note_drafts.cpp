// SPDX-License-Identifier: Apache-2.0
#include "ui/windows/note_drafts.h"

#include "ui/text.h"

namespace exhibit::ui {

NoteDrafts& NoteDrafts::of(SourceHub& sources)
{
    auto* found = sources.findChild<NoteDrafts*>(QString(), Qt::FindDirectChildrenOnly);
    return found != nullptr ? *found : *new NoteDrafts(&sources); // The hub owns it.
}

QString NoteDrafts::keyOf(const std::vector<domain::Incident>& incidents)
{
    QStringList ids;
    for (const auto& incident : incidents) {
        ids << toQt(incident.incidentId.text());
    }
    return ids.join(QLatin1Char(' '));
}

void NoteDrafts::keep(const QString& key, const QString& text)
{
    if (text.trimmed().isEmpty()) {
        return forget(key);
    }
    m_texts.insert(key, text);
    Q_EMIT changed();
}

void NoteDrafts::forget(const QString& key)
{
    if (m_texts.remove(key) > 0) {
        Q_EMIT changed();
    }
}

void NoteDrafts::restore(const QMap<QString, QString>& texts)
{
    for (auto it = texts.begin(); it != texts.end(); ++it) {
        if (!m_texts.contains(it.key())) {
            m_texts.insert(it.key(), it.value());
        }
    }
    Q_EMIT changed();
}

} // namespace exhibit::ui
