// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/domain/vocabulary.h"
#include "ui/theme/theme.h"

#include <QString>

class QPainter;

namespace exhibit::ui {

/// A sign whose shape alone survives a black and white print: shape, word, colour, in that order.
enum class Mark : std::uint8_t {
    None,
    Critical,
    High,
    Medium,
    Low,
    Passed,
    Failed,
    NotChecked,
    Pass,
    Warn,
    Redact,
    Block,
    Error,
    Inflection,
};

[[nodiscard]] Mark markOf(domain::Severity severity);
[[nodiscard]] Mark markOf(domain::DecisionResult result);
/// Of what policies did, the worst highest: BLOCK, ERROR, REDACT, WARN, PASS; 0 of other marks.
[[nodiscard]] int badness(Mark mark);
[[nodiscard]] Role roleOf(Mark mark);
/// The word that stands beside it: severities translated, results as on the wire.
[[nodiscard]] QString wordOf(Mark mark);
[[nodiscard]] QString wordOf(domain::IncidentStatus status);

/// Draws the mark centred in a square of `side`. `single` overrides its colour (a selected row in
/// the contrast theme), `ground` is what shows through signs cut out of filled marks.
void paintMark(
    QPainter& painter, Mark mark, const QPointF& centre, double side, const QColor& single = {});
/// The diagonal pattern that means withheld, and nothing else.
void paintWithheld(QPainter& painter, const QRect& rect, Role role);

} // namespace exhibit::ui
