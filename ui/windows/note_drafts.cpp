// SPDX-License-Identifier: Apache-2.0
#include "ui/windows/note_drafts.h"

#include "ui/text.h"

#include <algorithm>

namespace exhibit::ui {
namespace {

/// As much of it as the server takes, in whole characters.
QString beginningOf(const QString& text)
{
    const QByteArray bytes = text.toUtf8();
    qsizetype end = std::min(bytes.size(), NoteDrafts::kBytesMax);
    while (end > 0 && end < bytes.size() && (bytes.at(end) & 0xC0) == 0x80) {
        --end;
    }
    return QString::fromUtf8(bytes.left(end));
}

} // namespace

NoteDrafts::NoteDrafts(SourceHub& sources)
    : QObject(&sources)
    , m_server(sources.baseUrl())
{
    connect(&sources, &SourceHub::sourceChanged, this, [this, &sources] {
        if (sources.source() != nullptr) { // Else what is shown is still of the last one.
            m_server = sources.baseUrl();
        }
    });
}

NoteDrafts& NoteDrafts::of(SourceHub& sources)
{
    auto* found = sources.findChild<NoteDrafts*>(QString(), Qt::FindDirectChildrenOnly);
    return found != nullptr ? *found : *new NoteDrafts(sources); // The hub owns it.
}

NoteDrafts::Key NoteDrafts::keyOf(const std::vector<domain::Incident>& incidents) const
{
    QStringList ids;
    for (const auto& incident : incidents) {
        ids << toQt(incident.incidentId.text());
    }
    ids.sort();
    return {m_server, ids.join(QLatin1Char(' '))};
}

NoteDrafts::Kept NoteDrafts::keep(const Key& key, const QString& text)
{
    const QString trimmed = text.trimmed();
    if (trimmed.isEmpty()) {
        forget(key);
        return Kept::Whole;
    }
    if (!m_texts.contains(key) && m_texts.size() >= kDraftsMax) {
        return Kept::Not;
    }
    const bool fitsAsItIs = text.toUtf8().size() <= kBytesMax;
    const QString kept = fitsAsItIs ? text : beginningOf(trimmed);
    m_texts.insert(key, kept);
    Q_EMIT changed();
    return fitsAsItIs || kept == trimmed ? Kept::Whole : Kept::Beginning;
}

void NoteDrafts::forget(const Key& key)
{
    if (m_texts.remove(key) > 0) {
        Q_EMIT changed();
    }
}

int NoteDrafts::ofServer() const
{
    const auto keys = m_texts.keys();
    return static_cast<int>(std::count_if(
        keys.begin(), keys.end(), [this](const Key& key) { return key.first == m_server; }));
}

void NoteDrafts::restore(const Texts& texts)
{
    for (auto it = texts.begin(); it != texts.end(); ++it) {
        const QString text = beginningOf(it.value());
        if (!m_texts.contains(it.key()) && m_texts.size() < kDraftsMax && !text.isEmpty()) {
            m_texts.insert(it.key(), text);
        }
    }
}

} // namespace exhibit::ui
