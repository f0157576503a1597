// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/search/search_controller.h"

class QMenu;

namespace exhibit::ui {

/// A value that can be filtered by: from a cell, a fact, a tag, an event.
struct FilterValue {
    query::Field field;
    std::string value;
};

/// The same four ways everywhere: only this, not this, add, copy as query.
void addFilterActions(QMenu& menu, SearchController& search, const FilterValue& value);
/// The same as a menu of its own, where several values can be filtered by.
void addFilterMenu(QMenu& menu, SearchController& search, const FilterValue& value);
void filterOnly(SearchController& search, const FilterValue& value);
void filterOut(SearchController& search, const FilterValue& value);
void filterAdd(SearchController& search, const FilterValue& value);
[[nodiscard]] QString asQuery(const FilterValue& value);

} // namespace exhibit::ui
