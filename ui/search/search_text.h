// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/search/search_history.h"

#include <optional>

namespace exhibit::ui {

/// A search as people send it to each other: a line of what it is called, then one for each part.
///
///   Exhibit search: PII in answers
///   query: policy:PII_OUTPUT after:2026-11-01
///   order: cost desc by policy
///   calls: refused
///   columns: severity time title
[[nodiscard]] QString printSearch(const SavedSearch& search);
/// Text from anywhere: of other texts the one line is a query. What is not understood of a part is
/// left out; nothing where there is no query, or one that could not be asked.
[[nodiscard]] std::optional<SavedSearch> parseSearch(const QString& text);

} // namespace exhibit::ui
