// SPDX-License-Identifier: Apache-2.0
#include "ui/certificate/trust_store.h"

#include "models/evidence/mapped_file.h"
#include "models/report/pdf_signature.h"
#include "ui/text.h"

#include <QDateTime>
#include <QFileInfo>
#include <QSettings>

#include <algorithm>

namespace exhibit::ui {
namespace {

using namespace Qt::StringLiterals;

/// Adds the key to where it belongs; InvalidInput when it is none.
Result<void> addKey(const QString& text, report::Anchors& anchors)
{
    const std::string key = fromQt(text.trimmed());
    if (auto note = evidence::NoteKey::parse(key)) {
        if (note->type() == evidence::NoteKey::kCosignature) {
            anchors.keys.witnesses.push_back({*std::move(note)});
        } else {
            anchors.keys.logKeys.push_back({*std::move(note)});
        }
        return {};
    }
    if (report::certificateNames(key)) {
        anchors.reportCertificates.push_back(key);
        return {};
    }
    if (key.find("-----BEGIN CERTIFICATE") != key.npos) {
        return fail(ErrorCode::InvalidInput, "A certificate in it cannot be read.");
    }
    EXHIBIT_TRY(auto certificate, evidence::PublicKey::fromText(key));
    anchors.keys.certificateKeys.emplace_back(std::move(certificate));
    return {};
}

/// Whoever pins sees each certificate that is believed, and can take back each.
QStringList separated(const Bytes& file)
{
    QStringList texts;
    if (const auto certificates = report::separateCertificates(file)) {
        for (const auto& pem : *certificates) {
            texts << toQt(pem).trimmed();
        }
        return texts;
    }
    return {QString::fromUtf8(file.data(), qsizetype(file.size())).trimmed()};
}

QString describeCertificate(const Bytes& pem)
{
    const auto names = report::certificateNames(pem);
    return names ? TrustStore::tr("Certificate of reports %1 (%2)")
                       .arg(toQt(names->front().subject), shortId(toQt(names->front().fingerprint)))
                 : QString();
}

} // namespace

TrustStore::TrustStore(QObject* parent)
    : QObject(parent)
{
    QSettings settings;
    const int count = settings.beginReadArray(u"pinned_keys"_s);
    for (int i = 0; i < count; ++i) {
        settings.setArrayIndex(i);
        // Earlier versions kept the certificates of a file as one key.
        for (const QString& text : separated(fromQt(settings.value(u"text"_s).toString()))) {
            m_keys << PinnedKey{text,
                                settings.value(u"note"_s).toString(),
                                settings.value(u"pinned_at"_s).toString()};
        }
    }
}

report::Anchors TrustStore::anchors() const
{
    report::Anchors anchors;
    for (const auto& key : m_keys) {
        // What a newer version kept and this one cannot read is not believed.
        static_cast<void>(addKey(key.text, anchors));
    }
    return anchors;
}

Result<QStringList> TrustStore::pin(const QString& text, const QString& note)
{
    return pinAll(separated(fromQt(text)), note);
}

Result<QStringList> TrustStore::pinFile(const QString& path)
{
    EXHIBIT_TRY(const auto file, evidence::MappedFile::open(fromQt(path)));
    if (file.bytes().size() > limits::kNoteBytesMax) {
        return fail(ErrorCode::TooLarge, "The file is too large for keys.");
    }
    return pinAll(separated(Bytes(file.bytes())), QFileInfo(path).fileName());
}

Result<QStringList> TrustStore::pinAll(const QStringList& texts, const QString& note)
{
    const QString now = QDateTime::currentDateTimeUtc().toString(Qt::ISODate);
    QStringList pinned;
    for (const QString& text : texts) {
        report::Anchors probe;
        EXHIBIT_CHECK(addKey(text, probe));
        const bool known = std::any_of(
            m_keys.cbegin(), m_keys.cend(), [&text](const auto& key) { return key.text == text; });
        if (!known) {
            m_keys << PinnedKey{text, note.trimmed(), now};
            pinned << describeKey(m_keys.back());
        }
    }
    if (pinned.isEmpty()) {
        return fail(ErrorCode::InvalidInput, "The key is pinned already.");
    }
    save();
    Q_EMIT changed();
    return pinned;
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
    report::Anchors all;
    static_cast<void>(addKey(key.text, all));
    const auto& anchors = all.keys;
    if (!anchors.logKeys.empty()) {
        return TrustStore::tr("Log %1").arg(toQt(anchors.logKeys.front().key.name()));
    }
    if (!anchors.witnesses.empty()) {
        return TrustStore::tr("Witness %1").arg(toQt(anchors.witnesses.front().key.name()));
    }
    if (!all.reportCertificates.empty()) {
        return describeCertificate(all.reportCertificates.front());
    }
    return anchors.certificateKeys.empty()
        ? TrustStore::tr("Not readable here")
        : TrustStore::tr("Certificate key %1")
              .arg(shortId(toQt(anchors.certificateKeys.front().key.id())));
}

} // namespace exhibit::ui
