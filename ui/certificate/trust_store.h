// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/evidence/trust.h"

#include <QList>
#include <QObject>
#include <QString>

namespace exhibit::ui {

/// A key that a person decided to believe, and why.
struct PinnedKey {
    QString text; ///< A log's or a witness' key as C2SP writes it, or a certificate key (PEM, hex).
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
    [[nodiscard]] evidence::TrustAnchors anchors() const;
    /// InvalidInput for what is no key, or is pinned already.
    [[nodiscard]] Result<void> pin(const QString& text, const QString& note);
    void unpin(qsizetype index);

Q_SIGNALS:
    void changed();

private:
    void save();

    QList<PinnedKey> m_keys;
};

/// "log", "certificate", with the key's short name; for lists.
[[nodiscard]] QString describeKey(const PinnedKey& key);

} // namespace exhibit::ui
