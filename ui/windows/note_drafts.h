// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/windows/source_hub.h"

#include <QMap>

namespace exhibit::ui {

/// Notes that were written and are not on the server yet, by the incidents they are for: what a
/// crash must not lose. One for all windows; the journal follows it. GUI thread.
class NoteDrafts : public QObject {
    Q_OBJECT

public:
    /// Made on first use; the hub owns it.
    [[nodiscard]] static NoteDrafts& of(SourceHub& sources);
    /// The ids in the order they were selected in, as one key.
    [[nodiscard]] static QString keyOf(const std::vector<domain::Incident>& incidents);

    [[nodiscard]] QString text(const QString& key) const { return m_texts.value(key); }
    /// Nothing but white space is no draft.
    void keep(const QString& key, const QString& text);
    void forget(const QString& key);
    [[nodiscard]] const QMap<QString, QString>& all() const { return m_texts; }
    /// Those of a start before; what is written by now stays.
    void restore(const QMap<QString, QString>& texts);

Q_SIGNALS:
    void changed();

private:
    using QObject::QObject;

    QMap<QString, QString> m_texts;
};

} // namespace exhibit::ui
