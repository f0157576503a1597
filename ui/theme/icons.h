// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/theme/theme.h"

#include <QIcon>

namespace exhibit::ui {

/// Every icon of resources/icons.
enum class Icon : std::uint8_t {
    None,
    Bookmark,
    Case,
    Certificate,
    ChevronDown,
    ChevronLeft,
    ChevronRight,
    ChevronUp,
    Clock,
    Close,
    Columns,
    Compare,
    Copy,
    Diamond,
    Download,
    Exhibit,
    Export,
    Eye,
    File,
    Fit,
    Float,
    Folder,
    Funnel,
    Gauge,
    Globe,
    Help,
    History,
    Jobs,
    Key,
    Keyboard,
    Layout,
    List,
    Minus,
    More,
    Pin,
    Play,
    Plug,
    Plus,
    Redo,
    Refresh,
    Report,
    Ruler,
    Scales,
    Search,
    Server,
    Shield,
    StepBack,
    StepForward,
    Stop,
    Tag,
    Theme,
    Trash,
    Undo,
    Window,
    ZoomIn,
    ZoomOut,
    Count,
};

/// Drawn at the size and in the colour asked for at the time of painting, so that it follows the
/// theme: text2, text when checked, disabled when off.
[[nodiscard]] QIcon icon(Icon icon);
/// Draws it centred in `rect` in one colour.
void paintIcon(QPainter& painter, Icon icon, const QRectF& rect, const QColor& colour);
/// The name of its file, without the suffix.
[[nodiscard]] QString iconName(Icon icon);

} // namespace exhibit::ui
