// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/domain/search_order.h"
#include "models/query/query.h"

#include <QString>

#include <optional>
#include <span>

namespace exhibit::ui {

/// How results stand, beside the query: what they are sorted by and grouped by. A step of Back and
/// Forward, and a part of saved searches and of the session.
struct ResultOrder {
    domain::SearchSort sort = domain::SearchSort::Time;
    domain::SearchOrder order = domain::SearchOrder::Descending;
    std::optional<query::Field> group; ///< One of groupFields().

    [[nodiscard]] bool isNewestFirst() const
    {
        return sort == domain::SearchSort::Time && order == domain::SearchOrder::Descending;
    }
    bool operator==(const ResultOrder&) const = default;
};

/// What results can be grouped by: the fields that the server counts the values of.
[[nodiscard]] std::span<const query::Field> groupFields();

/// "cost asc by policy", for settings.
[[nodiscard]] QString printOrder(const ResultOrder& order);
/// What is not understood, from a newer version perhaps, is the default.
[[nodiscard]] ResultOrder parseOrder(const QString& text);

} // namespace exhibit::ui
