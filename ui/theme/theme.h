// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QColor>
#include <QObject>
#include <QString>

#include <array>

namespace exhibit::ui {

/// The colour roles of resources/themes/tokens.json; code never holds a literal colour.
enum class Role : std::uint8_t {
    Window,
    Panel,
    Base,
    Alt,
    Hover,
    Pressed,
    Hairline,
    Line2,
    Control,
    Text,
    Text2,
    Text3,
    Disabled,
    Accent,
    AccentText,
    Sel,
    SelText,
    SelIdle,
    Inverse,
    InverseText,
    PlotBar,
    PlotDim,
    PlotSpan,
    PlotSpanEdge,
    Brush,
    Critical,
    High,
    Medium,
    Low,
    Passed,
    Failed,
    Unchecked,
    Warn,
    Redact,
    Error,
    FailedTint,
    PassedTint,
    WarnTint,
    Paper,
    Ink,
};
inline constexpr std::size_t kRoleCount = 40;
/// The name of a role in tokens.json.
[[nodiscard]] QString roleName(Role role);

enum class ThemeKind : std::uint8_t { Light, Dark, Contrast };
/// What a person chose; System follows the desktop, live where it tells.
enum class ThemeChoice : std::uint8_t { System, Light, Dark, Contrast };

using ColourTable = std::array<QColor, kRoleCount>;

/// The colours of one theme as tokens.json has them. The file is part of the program: a missing
/// role is a programmer's error and ends it.
[[nodiscard]] const ColourTable& coloursOf(ThemeKind kind);

/// The look of the running application. One per process, GUI thread, created after QApplication.
class Theme : public QObject {
    Q_OBJECT

public:
    explicit Theme(QObject* parent);
    ~Theme() override;
    /// The one that exists; it must.
    [[nodiscard]] static Theme& instance();

    void choose(ThemeChoice choice);
    [[nodiscard]] ThemeChoice choice() const { return m_choice; }
    [[nodiscard]] ThemeKind kind() const { return m_kind; }
    [[nodiscard]] QColor colour(Role role) const;
    [[nodiscard]] bool isHighContrast() const { return m_kind == ThemeKind::Contrast; }

    /// Animations take no time when the person asked for less motion.
    void setReducedMotion(bool reduced);
    [[nodiscard]] bool reducedMotion() const { return m_reducedMotion; }

    /// The desktop's font instead of the bundled one, for all but evidence.
    void setSystemFont(bool use);

Q_SIGNALS:
    /// Palette, font, motion and style are set; painted widgets repaint.
    void changed();

private:
    void apply(ThemeKind kind);
    void followSystem();

    ThemeChoice m_choice = ThemeChoice::System;
    ThemeKind m_kind = ThemeKind::Light;
    ThemeKind m_system = ThemeKind::Light;
    bool m_reducedMotion = false;
};

/// Short for painting code.
[[nodiscard]] inline QColor colour(Role role)
{
    return Theme::instance().colour(role);
}

} // namespace exhibit::ui
