// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>

#include <cstdint>
#include <optional>

namespace exhibit::ui {

enum class Shell : std::uint8_t { Posix, PowerShell, Cmd };

/// One argument for a POSIX shell that stays one argument, whatever it holds.
[[nodiscard]] QString shellQuoted(const QString& text);
/// One string of PowerShell: nothing in it is expanded.
[[nodiscard]] QString powerShellQuoted(const QString& text);
/// One argument of a program, typed at the prompt of cmd.exe: what CommandLineToArgvW and the C
/// library make of it is the text. Nothing where cmd has no way to hold it: ends of lines, and `%`
/// and `!`, which it expands even between quotes.
[[nodiscard]] std::optional<QString> cmdQuoted(const QString& text);
/// The same JSON in letters that no shell gives a meaning and no code page changes: what stands for
/// something in cmd or PowerShell, or is not ASCII, as \uXXXX. `json` is valid, in one line.
[[nodiscard]] QString plainJson(const QString& json);

/// What cmd.exe takes as one line.
inline constexpr qsizetype kCmdLineMax = 8191;

} // namespace exhibit::ui
