// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QDateTime>
#include <QList>
#include <QString>

namespace exhibit::ui {

/// The way through the queries of one window: what Back and Forward walk.
class SearchTrail {
public:
    /// A new step; what was ahead is gone. The same query again is no step.
    void push(const QString& query);
    [[nodiscard]] bool canGoBack() const { return m_at > 0; }
    [[nodiscard]] bool canGoForward() const { return m_at + 1 < m_steps.size(); }
    [[nodiscard]] QString back();
    [[nodiscard]] QString forward();

private:
    QList<QString> m_steps;
    qsizetype m_at = -1;
};

struct PastSearch {
    QString query;
    qint64 total = 0;
    QDateTime at;
};

/// The last 200 queries with counts and times, and searches saved by name; both in the settings, so
/// that they survive a restart.
class SearchMemory {
public:
    static constexpr qsizetype kPastMax = 200;

    void remember(const QString& query, qint64 total);
    [[nodiscard]] QList<PastSearch> past() const; ///< Newest first.
    void save(const QString& name, const QString& query);
    void forget(const QString& name);
    [[nodiscard]] QList<QPair<QString, QString>> saved() const; ///< Name, query.
};

} // namespace exhibit::ui
