// SPDX-License-Identifier: Apache-2.0
#include "models/report/marks.h"

#include <cairo.h>

#include <numbers>

namespace exhibit::report {
namespace {

constexpr double kRadius = 3.6;

void polygon(cairo_t* context, std::initializer_list<std::pair<double, double>> points)
{
    for (const auto& [x, y] : points) {
        cairo_line_to(context, x, y);
    }
    cairo_close_path(context);
}

void ring(cairo_t* context, bool dashed)
{
    if (dashed) {
        const double dashes[] = {1.6, 1.2};
        cairo_set_dash(context, dashes, 2, 0);
    }
    cairo_arc(context, 0, 0, kRadius, 0, 2 * std::numbers::pi);
    cairo_stroke(context);
    cairo_set_dash(context, nullptr, 0, 0);
}

void stroke(cairo_t* context, std::initializer_list<std::pair<double, double>> points)
{
    for (const auto& [x, y] : points) {
        cairo_line_to(context, x, y);
    }
    cairo_stroke(context);
}

/// A filled disc with a white bar: stopped.
void drawStopped(cairo_t* context)
{
    cairo_arc(context, 0, 0, kRadius + 0.4, 0, 2 * std::numbers::pi);
    cairo_fill(context);
    cairo_set_source_rgb(context, 1, 1, 1);
    cairo_rectangle(context, -2.2, -0.75, 4.4, 1.5);
    cairo_fill(context);
}

void drawSeverity(cairo_t* context, Mark mark)
{
    switch (mark) {
    case Mark::Critical: // A filled diamond.
        polygon(context, {{0, -4.4}, {4.4, 0}, {0, 4.4}, {-4.4, 0}});
        cairo_fill(context);
        return;
    case Mark::High: // A filled triangle.
        polygon(context, {{0, -3.8}, {4, 3.2}, {-4, 3.2}});
        cairo_fill(context);
        return;
    case Mark::Medium: // An open triangle.
        polygon(context, {{0, -3.4}, {3.6, 2.9}, {-3.6, 2.9}});
        cairo_stroke(context);
        return;
    default: // An open triangle that points down.
        polygon(context, {{0, 3.4}, {3.6, -2.9}, {-3.6, -2.9}});
        cairo_stroke(context);
    }
}

void drawAnswer(cairo_t* context, Mark mark)
{
    switch (mark) {
    case Mark::Passed:
        ring(context, false);
        stroke(context, {{-1.7, 0.1}, {-0.4, 1.4}, {1.9, -1.4}});
        return;
    case Mark::Failed:
        cairo_arc(context, 0, 0, kRadius + 0.4, 0, 2 * std::numbers::pi);
        cairo_fill(context);
        cairo_set_source_rgb(context, 1, 1, 1);
        stroke(context, {{-1.5, -1.5}, {1.5, 1.5}});
        stroke(context, {{-1.5, 1.5}, {1.5, -1.5}});
        return;
    case Mark::NotChecked:
        ring(context, true);
        stroke(context, {{-1.6, 0}, {1.6, 0}});
        return;
    case Mark::Changed: // A ring with a bar: some of it went out.
        ring(context, false);
        stroke(context, {{-2, 0}, {2, 0}});
        return;
    default: // Warned: a ring with a stroke and a dot.
        ring(context, false);
        stroke(context, {{0, -2}, {0, 0.5}});
        stroke(context, {{0, 1.4}, {0, 2}});
    }
}

} // namespace

void drawMark(_cairo* context, Mark mark, double x, double y)
{
    cairo_save(context);
    cairo_translate(context, x, y);
    cairo_set_source_rgb(context, 0, 0, 0);
    cairo_set_line_width(context, 0.9);
    cairo_new_path(context);
    switch (mark) {
    case Mark::None:
        break;
    case Mark::Stopped:
        drawStopped(context);
        break;
    case Mark::Critical:
    case Mark::High:
    case Mark::Medium:
    case Mark::Low:
        drawSeverity(context, mark);
        break;
    default:
        drawAnswer(context, mark);
    }
    cairo_restore(context);
}

void drawHatching(_cairo* context, double x, double y, double width, double height)
{
    cairo_save(context);
    cairo_rectangle(context, x, y, width, height);
    cairo_clip(context);
    cairo_set_source_rgb(context, 0.72, 0.72, 0.72);
    cairo_set_line_width(context, 0.5);
    constexpr double kApart = 4.5;
    const auto lines = static_cast<int>((width + height) / kApart) + 1;
    for (int i = 0; i < lines; ++i) {
        const double at = x - height + i * kApart;
        cairo_move_to(context, at, y + height);
        cairo_line_to(context, at + height, y);
    }
    cairo_stroke(context);
    cairo_restore(context);
}

void drawCode(_cairo* context, const Code& code, double x, double y, double side)
{
    constexpr double kQuiet = 4;
    const double module = side / (static_cast<double>(code.size) + 2 * kQuiet);
    cairo_set_source_rgb(context, 0, 0, 0);
    for (std::size_t row = 0; row < code.size; ++row) {
        for (std::size_t column = 0; column < code.size; ++column) {
            if (code.modules[row * code.size + column]) {
                cairo_rectangle(context,
                                x + (static_cast<double>(column) + kQuiet) * module,
                                y + (static_cast<double>(row) + kQuiet) * module,
                                module,
                                module);
            }
        }
    }
    cairo_fill(context);
}

} // namespace exhibit::report
