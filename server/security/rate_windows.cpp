// SPDX-License-Identifier: Apache-2.0
#include "server/security/rate_windows.h"

#include <algorithm>
#include <numeric>

namespace exhibit::security {
namespace {

constexpr std::int64_t kWindowMs
    = std::chrono::duration_cast<std::chrono::milliseconds>(limits::kRateWindow).count();

std::int64_t millisecondsOf(UtcTime time)
{
    return std::chrono::floor<std::chrono::milliseconds>(time).time_since_epoch().count();
}

/// A second counts until its last use has left the window.
bool isOld(std::int64_t second, std::int64_t nowMs)
{
    return (second + 1) * 1000 <= nowMs - kWindowMs;
}

} // namespace

RateWindows::Window& RateWindows::find(const std::string& key)
{
    const auto found = m_windows.find(key);
    if (found != m_windows.end()) {
        m_order.splice(m_order.begin(), m_order, found->second.place);
        return found->second;
    }
    if (m_windows.size() >= m_windowsMax) {
        m_windows.erase(m_order.back());
        m_order.pop_back();
    }
    m_order.push_front(key);
    auto& window = m_windows[key];
    window.place = m_order.begin();
    return window;
}

void RateWindows::forgetOld(Window& window, std::int64_t nowMs)
{
    while (!window.uses.empty() && window.uses.front() <= nowMs - kWindowMs) {
        window.uses.pop_front();
    }
    std::erase_if(window.others,
                  [nowMs](const Foreign& foreign) { return isOld(foreign.second, nowMs); });
}

RateVerdict RateWindows::take(const std::string& key, std::uint32_t limit, UtcTime now)
{
    RateVerdict verdict;
    verdict.limit = limit;
    if (limit == 0) {
        return verdict;
    }
    const auto nowMs = millisecondsOf(now);
    auto& window = find(key);
    forgetOld(window, nowMs);
    const auto others = std::accumulate(
        window.others.begin(),
        window.others.end(),
        std::int64_t{0},
        [](std::int64_t sum, const Foreign& foreign) { return sum + foreign.count; });
    auto used = static_cast<std::int64_t>(window.uses.size()) + others;
    verdict.allowed = used < limit;
    if (verdict.allowed) {
        window.uses.push_back(nowMs);
        if (m_sharing) {
            ++m_unshared[key][nowMs / 1000];
        }
        ++used;
    }
    verdict.used = static_cast<std::uint32_t>(std::min<std::int64_t>(used, UINT32_MAX));
    auto oldest = window.uses.empty() ? nowMs : window.uses.front();
    for (const auto& foreign : window.others) {
        oldest = std::min(oldest, foreign.second * 1000);
    }
    const auto left = std::max<std::int64_t>(oldest + kWindowMs - nowMs, 1);
    verdict.resetSeconds = static_cast<std::uint32_t>((left + 999) / 1000);
    return verdict;
}

void RateWindows::giveBack(const std::string& key)
{
    const auto found = m_windows.find(key);
    if (found == m_windows.end() || found->second.uses.empty()) {
        return;
    }
    const auto second = found->second.uses.back() / 1000;
    found->second.uses.pop_back();
    if (const auto unshared = m_unshared.find(key); unshared != m_unshared.end()) {
        --unshared->second[second];
    }
}

void RateWindows::share(bool on)
{
    m_sharing = on;
    if (!on) {
        m_unshared.clear();
        learn({});
    }
}

std::vector<RateUse> RateWindows::takeUnshared()
{
    std::vector<RateUse> uses;
    for (const auto& [key, seconds] : m_unshared) {
        for (const auto& [second, count] : seconds) {
            if (count != 0) {
                uses.push_back({key, second, count});
            }
        }
    }
    m_unshared.clear();
    return uses;
}

std::vector<std::string> RateWindows::activeKeys(UtcTime now) const
{
    const auto nowMs = millisecondsOf(now);
    std::vector<std::string> keys;
    for (const auto& [key, window] : m_windows) {
        if (!window.uses.empty() && window.uses.back() > nowMs - kWindowMs) {
            keys.push_back(key);
        }
    }
    return keys;
}

void RateWindows::learn(const std::vector<RateUse>& others)
{
    for (auto& [key, window] : m_windows) {
        window.others.clear();
    }
    for (const auto& use : others) {
        find(use.key).others.push_back({use.second, use.count});
    }
}

} // namespace exhibit::security
