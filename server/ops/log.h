// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <string_view>

namespace exhibit::ops {

enum class LogLevel : std::uint8_t { Debug, Info, Warning, Error };

/// One line of JSON on standard error: time, level, message and what the caller adds. Thread-safe.
/// Never pass secrets, bodies or personal data: a message says which thing, not what it holds.
void logLine(LogLevel level, std::string_view message);
void setLogLevel(LogLevel least);

template <class... Args>
void logInfo(fmt::format_string<Args...> format, Args&&... args)
{
    logLine(LogLevel::Info, fmt::format(format, std::forward<Args>(args)...));
}
template <class... Args>
void logWarning(fmt::format_string<Args...> format, Args&&... args)
{
    logLine(LogLevel::Warning, fmt::format(format, std::forward<Args>(args)...));
}
template <class... Args>
void logError(fmt::format_string<Args...> format, Args&&... args)
{
    logLine(LogLevel::Error, fmt::format(format, std::forward<Args>(args)...));
}

} // namespace exhibit::ops
