// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QList>
#include <QString>

#include <optional>

namespace exhibit::ui {

struct FuzzyMatch {
    int score = 0; ///< Higher is better.
    QList<int> positions; ///< Of the matched letters, ascending.
};

/// Finds the letters of `pattern` in `text` in their order, without regard to case. A run of
/// letters and beginnings of words count more. Nothing when a letter is missing; an empty pattern
/// matches with score 0.
[[nodiscard]] std::optional<FuzzyMatch> fuzzyMatch(const QString& pattern, const QString& text);

} // namespace exhibit::ui
