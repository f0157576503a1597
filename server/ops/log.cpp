// SPDX-License-Identifier: Apache-2.0
#include "server/ops/log.h"

#include "models/base/bytes.h"
#include "models/base/json.h"
#include "models/base/time.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <utility>

namespace exhibit::ops {
namespace {

constexpr std::size_t kMessageBytesMax = 8 * 1024;
constexpr std::size_t kWordBytesMax = 512;

std::atomic<LogLevel> leastLevel{LogLevel::Info};

LogRedaction& currentRedaction()
{
    static LogRedaction redaction;
    return redaction;
}

/// Errors may quote what somebody sent: neither all of it, nor as it is.
std::string shown(std::string_view message)
{
    const bool cut = message.size() > kMessageBytesMax;
    auto begin
        = message.substr(0, characterStart(message, std::min(message.size(), kMessageBytesMax)));
    if (cut) { // Half a word is not seen for what it is.
        const auto word = begin.find_last_of(" \t\n,\"'");
        begin = word != begin.npos && begin.size() - word <= kWordBytesMax ? begin.substr(0, word)
                                                                           : begin;
    }
    const auto& redaction = currentRedaction();
    std::string text = redaction ? redaction(begin) : std::string(begin);
    return cut ? text + " (cut)" : text;
}

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

void setLogRedaction(LogRedaction redaction)
{
    currentRedaction() = std::move(redaction);
}

void logLine(LogLevel level, std::string_view message)
{
    if (level < leastLevel.load(std::memory_order_relaxed)) {
        return;
    }
    const JsonObject line{
        {"time", formatTime(utcNow())}, {"level", levelName(level)}, {"message", shown(message)}};
    const std::string text = printJson(line) + "\n";
    // One write per line keeps lines whole; a full or closed standard error must not stop us.
    [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, text.data(), text.size());
}

} // namespace exhibit::ops
