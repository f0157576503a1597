// SPDX-License-Identifier: Apache-2.0
#include "server/ops/log.h"

#include "models/base/json.h"
#include "models/base/time.h"

#include <unistd.h>

#include <atomic>

namespace exhibit::ops {
namespace {

std::atomic<LogLevel> leastLevel{LogLevel::Info};

std::string_view levelName(LogLevel level)
{
    switch (level) {
    case LogLevel::Debug:
        return "debug";
    case LogLevel::Info:
        return "info";
    case LogLevel::Warning:
        return "warning";
    case LogLevel::Error:
        return "error";
    }
    return "error";
}

} // namespace

void setLogLevel(LogLevel least)
{
    leastLevel = least;
}

void logLine(LogLevel level, std::string_view message)
{
    if (level < leastLevel.load(std::memory_order_relaxed)) {
        return;
    }
    const JsonObject line{
        {"time", formatTime(utcNow())}, {"level", levelName(level)}, {"message", message}};
    const std::string text = printJson(line) + "\n";
    // One write per line keeps lines whole; a full or closed standard error must not stop us.
    [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, text.data(), text.size());
}

} // namespace exhibit::ops
