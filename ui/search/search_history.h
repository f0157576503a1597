// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/itemmodels/result_order.h"

#include <QDateTime>
#include <QList>
#include <QStringList>
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

struct PastSearch {
    QString query;
    qint64 total = 0;
    QDateTime at;
};

struct SavedSearch {
    QString name;
    SearchStep step;
    QStringList columns{}; ///< Of the results, as they stand; none: those that are shown anyway.

    bool operator==(const SavedSearch&) const = default;
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
    void save(const SavedSearch& search);
    void forget(const QString& name);
    [[nodiscard]] QList<SavedSearch> saved() const;

private:
    static void keep(const QList<SavedSearch>& searches);
};

} // namespace exhibit::ui
