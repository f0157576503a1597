// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace exhibit::ops {

enum class LogLevel : std::uint8_t { Debug, Info, Warning, Error };

/// One line of JSON on standard error: time, level and message, at most 8 KiB of it. Thread-safe.
/// Never pass secrets, bodies or personal data: a message says which thing, not what it holds.
/// What stands in it from outside all the same passes the redaction.
void logLine(LogLevel level, std::string_view message);
/// What each message passes from now on; may be called by several threads at once. Empty: none.
/// Set while no other thread logs.
using LogRedaction = std::function<std::string(std::string_view)>;
void setLogRedaction(LogRedaction redaction);
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
