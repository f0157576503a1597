// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/time.h"
#include "models/base/traffic_limits.h"

#include <deque>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace exhibit::security {

/// What one request found of its window.
struct RateVerdict {
    bool allowed = true;
    std::uint32_t limit = 0; ///< 0: none applies.
    std::uint32_t used = 0; ///< In the last minute, this one included when it is allowed.
    /// Until the oldest use leaves the window; at least 1.
    std::uint32_t resetSeconds = 0;

    [[nodiscard]] std::uint32_t remaining() const { return used < limit ? limit - used : 0; }
};

/// Uses of one key in one second, as replicas tell each other.
struct RateUse {
    std::string key;
    std::int64_t second = 0; ///< Since the epoch.
    std::int64_t count = 0;
};

/// Counts requests by key over the last minute, exactly: a window slides with every request, so
/// that no boundary lets twice the limit through. What other replicas have let in counts from when
/// it is heard of. At most limits::kRateWindowsMax keys; the one unused for longest gives way. Not
/// thread-safe. A take() costs what left the window meanwhile, on average one entry.
class RateWindows {
public:
    explicit RateWindows(std::size_t windowsMax = limits::kRateWindowsMax)
        : m_windowsMax(windowsMax)
    {
    }

    /// Counts a request when the limit allows it; a limit of 0 allows and counts nothing.
    [[nodiscard]] RateVerdict take(const std::string& key, std::uint32_t limit, UtcTime now);
    /// Takes the last allowed one back.
    void giveBack(const std::string& key);

    /// Whether there are other replicas to tell.
    void share(bool on);
    /// What was allowed since this was last asked, for the other replicas.
    [[nodiscard]] std::vector<RateUse> takeUnshared();
    /// Keys with a use in the last minute.
    [[nodiscard]] std::vector<std::string> activeKeys(UtcTime now) const;
    /// What all others have allowed in the last minute; replaces what was known.
    void learn(const std::vector<RateUse>& others);

    [[nodiscard]] std::size_t size() const { return m_windows.size(); }

private:
    struct Foreign {
        std::int64_t second = 0;
        std::int64_t count = 0;
    };
    struct Window {
        std::deque<std::int64_t> uses; ///< Milliseconds since the epoch, oldest first.
        std::vector<Foreign> others;
        std::list<std::string>::iterator place; ///< In m_order.
    };

    [[nodiscard]] Window& find(const std::string& key);
    static void forgetOld(Window& window, std::int64_t nowMs);

    std::size_t m_windowsMax;
    bool m_sharing = false;
    std::unordered_map<std::string, Window> m_windows;
    std::list<std::string> m_order; ///< Used last in front.
    std::unordered_map<std::string, std::unordered_map<std::int64_t, std::int64_t>> m_unshared;
};

} // namespace exhibit::security
