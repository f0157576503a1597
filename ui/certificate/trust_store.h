// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/report/handed_out.h"

#include <QList>
#include <QObject>
#include <QStringList>

namespace exhibit::ui {

/// A key that a person decided to believe, and why.
struct PinnedKey {
    /// A log's or a witness' key as C2SP writes it, a certificate key (PEM, hex), or a certificate
    /// that signs reports or stands above those that do (PEM).
    QString text;
    QString note; ///< Where it came from: "engagement letter of 3 February".
    QString pinnedAt; ///< ISO 8601, UTC.
};

/// The keys that verification believes, in the settings of this machine. They never come from a
/// file that is verified. GUI thread.
class TrustStore : public QObject {
    Q_OBJECT

public:
    explicit TrustStore(QObject* parent);

    [[nodiscard]] const QList<PinnedKey>& keys() const { return m_keys; }
    [[nodiscard]] report::Anchors anchors() const;
    /// What is pinned now, as describeKey() tells it: each of several certificates is a key of its
    /// own. InvalidInput for what is no key or certificate, or is pinned already.
    [[nodiscard]] Result<QStringList> pin(const QString& text, const QString& note);
    /// Pins what the file holds, certificates in DER too; its name is the note. InvalidInput too
    /// where it cannot be read.
    [[nodiscard]] Result<QStringList> pinFile(const QString& path);
    void unpin(qsizetype index);

Q_SIGNALS:
    void changed();

private:
    [[nodiscard]] Result<QStringList> pinAll(const QStringList& texts, const QString& note);
    void save();

    QList<PinnedKey> m_keys;
};

/// "Log", "Certificate key", "Certificate of reports" with what it is told by; for lists.
[[nodiscard]] QString describeKey(const PinnedKey& key);

} // namespace exhibit::ui
