// SPDX-License-Identifier: Apache-2.0
#include "ui/certificate/trust_store.h"

#include "ui/text.h"

#include <QDateTime>
#include <QSettings>

namespace exhibit::ui {
namespace {

using namespace Qt::StringLiterals;

/// Adds the key to where it belongs; InvalidInput when it is none.
Result<void> addKey(const QString& text, evidence::TrustAnchors& anchors)
{
    const std::string key = fromQt(text.trimmed());
    if (auto note = evidence::NoteKey::parse(key)) {
        if (note->type() == evidence::NoteKey::kCosignature) {
            anchors.witnesses.push_back({*std::move(note)});
        } else {
            anchors.logKeys.push_back({*std::move(note)});
        }
        return {};
    }
    EXHIBIT_TRY(auto certificate, evidence::PublicKey::fromText(key));
    anchors.certificateKeys.emplace_back(std::move(certificate));
    return {};
}

} // namespace

TrustStore::TrustStore(QObject* parent)
    : QObject(parent)
{
    QSettings settings;
    const int count = settings.beginReadArray(u"pinned_keys"_s);
    for (int i = 0; i < count; ++i) {
        settings.setArrayIndex(i);
        m_keys << PinnedKey{settings.value(u"text"_s).toString(),
                            settings.value(u"note"_s).toString(),
                            settings.value(u"pinned_at"_s).toString()};
    }
}

evidence::TrustAnchors TrustStore::anchors() const
{
    evidence::TrustAnchors anchors;
    for (const auto& key : m_keys) {
        // What a newer version kept and this one cannot read is not believed.
        static_cast<void>(addKey(key.text, anchors));
    }
    return anchors;
}

Result<void> TrustStore::pin(const QString& text, const QString& note)
{
    evidence::TrustAnchors probe;
    EXHIBIT_CHECK(addKey(text, probe));
    const QString key = text.trimmed();
    for (const auto& known : m_keys) {
        if (known.text == key) {
            return fail(ErrorCode::InvalidInput, "The key is pinned already.");
        }
    }
    m_keys << PinnedKey{key, note.trimmed(), QDateTime::currentDateTimeUtc().toString(Qt::ISODate)};
    save();
    Q_EMIT changed();
    return {};
}

void TrustStore::unpin(qsizetype index)
{
    m_keys.removeAt(index);
    save();
    Q_EMIT changed();
}

void TrustStore::save()
{
    QSettings settings;
    settings.remove(u"pinned_keys"_s);
    settings.beginWriteArray(u"pinned_keys"_s, static_cast<int>(m_keys.size()));
    for (int i = 0; i < m_keys.size(); ++i) {
        settings.setArrayIndex(i);
        settings.setValue(u"text"_s, m_keys.at(i).text);
        settings.setValue(u"note"_s, m_keys.at(i).note);
        settings.setValue(u"pinned_at"_s, m_keys.at(i).pinnedAt);
    }
}

QString describeKey(const PinnedKey& key)
{
    evidence::TrustAnchors anchors;
    static_cast<void>(addKey(key.text, anchors));
    if (!anchors.logKeys.empty()) {
        return TrustStore::tr("Log %1").arg(toQt(anchors.logKeys.front().key.name()));
    }
    if (!anchors.witnesses.empty()) {
        return TrustStore::tr("Witness %1").arg(toQt(anchors.witnesses.front().key.name()));
    }
    return anchors.certificateKeys.empty()
        ? TrustStore::tr("Not readable here")
        : TrustStore::tr("Certificate key %1")
              .arg(shortId(toQt(anchors.certificateKeys.front().key.id())));
}

} // namespace exhibit::ui
