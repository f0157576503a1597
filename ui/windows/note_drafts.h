// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/windows/source_hub.h"

#include <QMap>

#include <utility>

namespace exhibit::ui {

/// Notes that were written and are not on the server yet, by that server and the incidents they are
/// for: what neither a crash nor another server may lose. One for all windows; a file follows it.
/// GUI thread.
class NoteDrafts : public QObject {
    Q_OBJECT

public:
    /// Made on first use; the hub owns it.
    [[nodiscard]] static NoteDrafts& of(SourceHub& sources);
    /// The server, as requests to it begin, and the ids of the incidents.
    using Key = std::pair<QString, QString>;
    using Texts = QMap<Key, QString>;
    enum class Kept : std::uint8_t { Whole, Beginning, Not };

    static constexpr qsizetype kBytesMax = 8192; ///< As the server takes them, in UTF-8.
    static constexpr qsizetype kDraftsMax = 64;

    /// The same whatever the incidents are sorted by. Of the server that is connected, or was last.
    [[nodiscard]] Key keyOf(const std::vector<domain::Incident>& incidents) const;

    [[nodiscard]] QString text(const Key& key) const { return m_texts.value(key); }
    /// Nothing but white space is no draft. Of a text that no server takes the beginning is kept,
    /// and none beyond so many drafts.
    Kept keep(const Key& key, const QString& text);
    void forget(const Key& key);
    [[nodiscard]] const Texts& all() const { return m_texts; }
    /// Of the server that is connected, or was last.
    [[nodiscard]] int ofServer() const;
    /// Those of a start before; what is written by now stays.
    void restore(const Texts& texts);

Q_SIGNALS:
    void changed();

private:
    explicit NoteDrafts(SourceHub& sources);

    QString m_server;
    Texts m_texts;
};

} // namespace exhibit::ui
