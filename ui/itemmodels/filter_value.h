// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/time.h"
#include "models/domain/run.h"
#include "models/query/query.h"

#include <string>
#include <vector>

namespace exhibit::ui {

/// A value that can be filtered by: of a cell, a fact, a tag, an event.
struct FilterValue {
    query::Field field;
    std::string value; ///< As after the field's name in a query: "HIGH", ">=2s".
    std::string until{}; ///< Of after: where a range of time ends; empty: nowhere.
};
using FilterValues = std::vector<FilterValue>;

/// The minute and the day (of the zone that is shown) around an instant, and what lies on either
/// side of it.
[[nodiscard]] FilterValues timeValues(UtcTime at);
/// At least and at most that much.
[[nodiscard]] FilterValues latencyValues(std::int64_t microseconds);
[[nodiscard]] FilterValues costValues(domain::Microcents microcents);

} // namespace exhibit::ui
