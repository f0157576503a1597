// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/scan/pattern_set.h"

#include <optional>
#include <span>

namespace exhibit::scan {

/// Reads texts that are made to keep many matches of the patterns alive, all of the patterns
/// together, and tells whether one of them exhausts WorkBudget::limited(): then the index of the
/// one that has the greatest share in it, of the first `named` (at least one). Depends on the
/// patterns alone; takes some tens of milliseconds. Errors: as PatternSet::compile().
///
/// What passes may still be exhausted by a text that was made for it; then the scanner says so.
[[nodiscard]] Result<std::optional<std::size_t>> dearestBeyondBudget(
    std::span<const PatternSpec> patterns, std::size_t named);

} // namespace exhibit::scan
