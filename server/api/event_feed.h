// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/storage/database.h"

#include <condition_variable>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
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

/// Looks for incidents that became searchable or were changed, for the tenants somebody listens to,
/// and tells their queues. One thread, which sleeps while nobody listens.
class EventFeed {
public:
    explicit EventFeed(storage::Database& database);
    ~EventFeed();
    EventFeed(const EventFeed&) = delete;
    EventFeed& operator=(const EventFeed&) = delete;

    /// The queue is told of what happens from now on, or after the incident of `afterId` (at most
    /// an hour back), for as long as it lives. Any thread; does not wait.
    [[nodiscard]] std::shared_ptr<EventQueue> subscribe(TenantId tenant,
                                                        std::optional<IncidentId> afterId);

private:
    struct Tenant {
        std::vector<std::weak_ptr<EventQueue>> queues;
        UtcTime since{}; ///< Older incidents are known to all queues.
        std::set<IncidentId> seen; ///< Of the overlap that is looked at again.
        std::set<Uuid> changes; ///< The same for changes, by their entry in the audit log.
    };

    void work();
    void look(TenantId id, Tenant state);

    storage::Database& m_database;
    std::mutex m_mutex;
    std::condition_variable m_wake;
    std::map<TenantId, Tenant> m_tenants;
    bool m_stopping = false;
    std::thread m_thread;
};

} // namespace exhibit::api
