// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/itemmodels/filter_value.h"
#include "ui/search/search_controller.h"

class QMenu;

namespace exhibit::ui {

/// The same four ways everywhere: only this, not this, add, copy as query. (Times are no
/// alternatives: none is added.)
void addFilterActions(QMenu& menu, SearchController& search, const FilterValue& value);
/// The same as a menu of its own, where several values can be filtered by.
void addFilterMenu(QMenu& menu, SearchController& search, const FilterValue& value);
void filterOnly(SearchController& search, const FilterValue& value);
void filterOut(SearchController& search, const FilterValue& value);
void filterAdd(SearchController& search, const FilterValue& value);
[[nodiscard]] QString asQuery(const FilterValue& value);
/// Whether it can be one more of several: "this or that".
[[nodiscard]] bool isAlternative(const FilterValue& value);

} // namespace exhibit::ui
