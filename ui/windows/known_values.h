// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/windows/source_hub.h"

#include <QElapsedTimer>
#include <QTimer>

#include <deque>
#include <optional>

namespace exhibit::ui {

/// Values of fields that the server knows, for completion. Asked for when typing pauses, kept for a
/// minute, and while there is no server for as long as there is none. GUI thread.
class KnownValues : public QObject {
    Q_OBJECT

public:
    KnownValues(SourceHub& sources, QObject* parent);

    /// Looks for values that begin like this, unless they are here; arrived() follows.
    void want(const QString& field, const QString& prefix);
    /// Of those that are here; does not wait.
    [[nodiscard]] QStringList found(const QString& field, const QString& prefix) const;

Q_SIGNALS:
    void arrived();

private:
    struct Entry {
        QString field;
        QString prefix;
        QStringList values;
        bool isAll = false; ///< No value that begins like this is missing.
        QElapsedTimer age;
    };
    struct Wanted {
        QString field;
        QString prefix;
    };

    void ask();
    void followSource();
    [[nodiscard]] bool knows(const Wanted& wanted) const;

    SourceHub& m_sources;
    QTimer m_delay;
    std::optional<Wanted> m_wanted;
    std::deque<Entry> m_entries; ///< The newest last.
    domain::Question m_question; ///< Dropped when something else is wanted.
};

} // namespace exhibit::ui
