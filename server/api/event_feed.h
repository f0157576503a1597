// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/storage/live_happenings.h"

#include <condition_variable>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>

namespace exhibit::api {

/// What one subscriber has not been sent yet: whole messages of a text/event-stream.
class EventQueue {
public:
    /// Nothing when there is none; any thread.
    [[nodiscard]] std::string take();
    void add(const std::string& message);

private:
    std::mutex m_mutex;
    std::deque<std::string> m_messages;
};

/// Where a reader goes on: the last message that it was sent.
struct LiveCursor {
    std::string key;
    UtcTime at{};

    /// As Last-Event-ID carries it: "inc_…", or "KEY@MICROSECONDS". Nothing for anything else.
    [[nodiscard]] static std::optional<LiveCursor> parse(std::string_view text);
};

/// Looks for what happened to the tenants somebody listens to, and tells their queues. One thread,
/// which sleeps while nobody listens.
class EventFeed {
public:
    explicit EventFeed(storage::Database& database);
    ~EventFeed();
    EventFeed(const EventFeed&) = delete;
    EventFeed& operator=(const EventFeed&) = delete;

    /// The queue is told of what happens from now on, or of what happened since `last` (at most an
    /// hour back) and shortly before, for as long as it lives. Where it may miss something it is
    /// told to ask for everything again ("resync"). Any thread; does not wait.
    [[nodiscard]] std::shared_ptr<EventQueue> subscribe(TenantId tenant,
                                                        std::optional<LiveCursor> last);

private:
    struct Listener {
        std::weak_ptr<EventQueue> queue;
        UtcTime since{}; ///< What is older is looked for no more.
        /// What is older and not in `seen` before the first look happened before it came.
        std::optional<UtcTime> from;
        std::set<std::string> seen; ///< Keys of what happened since.
    };

    void work();
    void look(TenantId tenant, UtcTime since);
    [[nodiscard]] static bool isOld(const Listener& listener, const storage::Happening& happening);
    [[nodiscard]] static bool misses(const Listener& listener,
                                     const storage::Happenings& happenings);
    static void tell(Listener& listener, const storage::Happenings& happenings);

    storage::Database& m_database;
    std::mutex m_mutex;
    std::condition_variable m_wake;
    std::map<TenantId, std::vector<Listener>> m_tenants;
    bool m_stopping = false;
    std::thread m_thread;
};

} // namespace exhibit::api
