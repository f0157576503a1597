// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/domain/incident_source.h"
#include "ui/itemmodels/filter_value.h"
#include "ui/theme/marks.h"

#include <QString>

#include <optional>
#include <span>
#include <string>

namespace exhibit::ui {

/// Excerpt: a title, or quoted text whose end matters most when there is no room for all of it.
enum class CellKind : std::uint8_t { Text, Mark, Evidence, Number, Excerpt };

inline constexpr QChar kOpenQuote{0x201c};

/// One row of the table serves header, cells, chooser, export and accessibility.
struct IncidentColumn {
    const char* id; ///< Stable: stands in settings.
    const char* header; ///< Translated at use, context "Columns".
    CellKind kind;
    int width; ///< At 96 dpi; 0 stretches.
    bool visible;
    QString (*text)(const domain::SearchHit& hit);
    Mark (*mark)(const domain::SearchHit& hit); ///< nullptr for columns without one.
    /// What "only this value" restricts; nullopt for columns that no field filters.
    std::optional<query::Field> field;
    std::string (*raw)(const domain::SearchHit& hit); ///< Wire value, for filters and exports.
    /// What the server sorts by for this column; nullopt where it has no such order.
    std::optional<domain::SearchSort> sort = std::nullopt;
    /// What "only this value" offers where that is not `raw` of `field`; else nullptr.
    FilterValues (*values)(const domain::SearchHit& hit) = nullptr;

    [[nodiscard]] bool hasFilter() const { return field.has_value() || values != nullptr; }
};

/// What can be filtered by in a cell.
[[nodiscard]] FilterValues valuesOf(const IncidentColumn& column, const domain::SearchHit& hit);
/// A cell as it is copied: an id with its middle, a time with its zone.
[[nodiscard]] QString copyText(const IncidentColumn& column, const domain::SearchHit& hit);

[[nodiscard]] std::span<const IncidentColumn> incidentColumns();
[[nodiscard]] QString columnHeader(const IncidentColumn& column);
/// What clicking the header does, or why it does nothing.
[[nodiscard]] QString sortHelp(const IncidentColumn& column);

} // namespace exhibit::ui
