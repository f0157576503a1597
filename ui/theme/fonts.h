// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QFont>

namespace exhibit::ui {

/// The type scale of tokens.json.
enum class TypeRole : std::uint8_t {
    Welcome,
    Title,
    RootCause,
    Heading,
    Figure,
    Body,
    Table,
    Small,
    Caption,
    Label,
    Mono,
};

/// Registers the bundled fonts; once, before the first typeFont().
void loadFonts();
/// Sizes are points, so that they follow the screen's scale. With the system's font by setting.
[[nodiscard]] QFont typeFont(TypeRole role);
[[nodiscard]] QFont boldFont(TypeRole role);
/// True: the interface uses the desktop's font; evidence stays in the bundled mono face.
void useSystemFont(bool use);
[[nodiscard]] bool usesSystemFont();

} // namespace exhibit::ui
