// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/theme/icons.h"

#include <QStringView>

#include <span>

namespace exhibit::ui {

/// Where an action is live. The same key may mean different things in different contexts.
enum class Context : std::uint8_t { Window, Search, Results, Timeline, Record };

enum class MenuId : std::uint8_t {
    File,
    Edit,
    View,
    Search,
    Timeline,
    Evidence,
    Case,
    Tools,
    Window,
    Help,
    Count,
};
[[nodiscard]] QString menuTitle(MenuId menu);

/// One row of the action table. Ids are promises: layouts, macros and links name them.
struct ActionSpec {
    const char* id;
    const char* text; ///< Translated at use, context "Actions".
    const char* shortcut; ///< Portable text; alternatives are separated by "; ". Empty for none.
    Icon icon;
    Context context;
    MenuId menu;
    bool separatorBefore = false;
    bool checkable = false;
    bool changesData = false; ///< Needs an undo command of its own.
};

[[nodiscard]] std::span<const ActionSpec> actionTable();

} // namespace exhibit::ui
