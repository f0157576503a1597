// SPDX-License-Identifier: Apache-2.0
#include "ui/theme/palette.h"

namespace exhibit::ui {
namespace {

struct Entry {
    QPalette::ColorRole role;
    Role token;
    Role disabled;
};

constexpr Entry kEntries[] = {
    {QPalette::Window, Role::Window, Role::Window},
    {QPalette::WindowText, Role::Text, Role::Disabled},
    {QPalette::Base, Role::Base, Role::Window},
    {QPalette::AlternateBase, Role::Alt, Role::Alt},
    {QPalette::Text, Role::Text, Role::Disabled},
    {QPalette::PlaceholderText, Role::Text3, Role::Disabled},
    {QPalette::Button, Role::Window, Role::Window},
    {QPalette::ButtonText, Role::Text, Role::Disabled},
    {QPalette::BrightText, Role::Failed, Role::Disabled},
    {QPalette::Highlight, Role::Sel, Role::SelIdle},
    {QPalette::HighlightedText, Role::SelText, Role::Disabled},
    {QPalette::ToolTipBase, Role::Panel, Role::Panel},
    {QPalette::ToolTipText, Role::Text, Role::Text},
    {QPalette::Link, Role::Accent, Role::Disabled},
    {QPalette::LinkVisited, Role::Accent, Role::Disabled},
    {QPalette::Light, Role::Base, Role::Base},
    {QPalette::Midlight, Role::Panel, Role::Panel},
    {QPalette::Mid, Role::Line2, Role::Line2},
    {QPalette::Dark, Role::Hairline, Role::Hairline},
    {QPalette::Shadow, Role::Control, Role::Control},
};

} // namespace

QPalette paletteOf(const ColourTable& colours)
{
    QPalette palette;
    for (const auto& entry : kEntries) {
        const QColor normal = colours[static_cast<std::size_t>(entry.token)];
        const QColor disabled = colours[static_cast<std::size_t>(entry.disabled)];
        palette.setColor(QPalette::Active, entry.role, normal);
        palette.setColor(QPalette::Inactive, entry.role, normal);
        palette.setColor(QPalette::Disabled, entry.role, disabled);
    }
    return palette;
}

} // namespace exhibit::ui
