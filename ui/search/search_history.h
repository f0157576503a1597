// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/itemmodels/result_order.h"

#include <QDateTime>
#include <QList>
#include <QString>
#include <QVariant>

namespace exhibit::ui {

/// A query and how its results stand.
struct SearchStep {
    QString query;
    ResultOrder order;
    QString
        outcome{}; ///< Of the calls that are found beside incidents, as on the wire; empty: any.

    bool operator==(const SearchStep&) const = default;
};

/// The way through the queries of one window: what Back and Forward walk.
class SearchTrail {
public:
    /// A new step; what was ahead is gone. The same again is no step.
    void push(const SearchStep& step);
    [[nodiscard]] bool isEmpty() const { return m_steps.isEmpty(); }
    /// Where one stands; not when empty.
    [[nodiscard]] const SearchStep& current() const { return m_steps.at(m_at); }
    [[nodiscard]] bool canGoBack() const { return m_at > 0; }
    [[nodiscard]] bool canGoForward() const { return m_at + 1 < m_steps.size(); }
    [[nodiscard]] SearchStep back();
    [[nodiscard]] SearchStep forward();

private:
    QList<SearchStep> m_steps;
    qsizetype m_at = -1;
};

struct PastSearch {
    QString query;
    qint64 total = 0;
    QDateTime at;
};

struct SavedSearch {
    QString name;
    SearchStep step;
};

/// The last 200 queries with counts and times, and searches saved by name; both in the settings, so
/// that they survive a restart.
class SearchMemory {
public:
    static constexpr qsizetype kPastMax = 200;

    void remember(const QString& query, qint64 total);
    [[nodiscard]] QList<PastSearch> past() const; ///< Newest first.
    /// What was there, for restorePast().
    QVariant clearPast();
    void restorePast(const QVariant& past); ///< Behind what came since.
    void save(const QString& name, const SearchStep& step);
    void forget(const QString& name);
    [[nodiscard]] QList<SavedSearch> saved() const;

private:
    static void keep(const QList<SavedSearch>& searches);
};

} // namespace exhibit::ui
