// SPDX-License-Identifier: Apache-2.0
#include "server/api/event_feed.h"

#include "models/base/json.h"
#include "server/ops/log.h"
#include "server/storage/incident_counts.h"

#include <algorithm>

namespace exhibit::api {
namespace {

using namespace std::chrono_literals;

constexpr auto kInterval = 500ms;
constexpr auto kLookTimeout = 5s;
/// Ingest may bring an incident this much later than it happened.
constexpr auto kOverlap = 60s;
constexpr auto kContinueMax = 1h;
constexpr std::size_t kQueuedMax = 1000;

/// The instant in a UUIDv7.
UtcTime timeOf(IncidentId id)
{
    std::int64_t milliseconds = 0;
    for (std::size_t i = 0; i < 6; ++i) {
        milliseconds = milliseconds << 8 | static_cast<std::uint8_t>(id.value.bytes[i]);
    }
    return UtcTime{std::chrono::milliseconds{milliseconds}};
}

std::string messageOf(const domain::Incident& incident)
{
    const std::string id = incident.incidentId.text();
    const JsonObject data{{"type", "incident.opened"},
                          {"id", id},
                          {"incident_id", id},
                          {"severity", wireName(incident.severity)},
                          {"policy_id", incident.policyId}};
    return "event: incident.opened\nid: " + id + "\ndata: " + printJson(data) + "\n\n";
}

/// Without an `id:` line: a reader that comes back goes on after the last incident that was opened.
std::string messageOf(const storage::IncidentCounts::Change& change)
{
    const std::string id = change.incidentId.text();
    const JsonObject data{{"type", "incident.changed"}, {"id", id}, {"incident_id", id}};
    return "event: incident.changed\ndata: " + printJson(data) + "\n\n";
}

} // namespace

std::string EventQueue::take()
{
    const std::lock_guard lock(m_mutex);
    std::string all;
    for (const auto& message : m_messages) {
        all += message;
    }
    m_messages.clear();
    return all;
}

void EventQueue::add(const std::string& message)
{
    const std::lock_guard lock(m_mutex);
    // A reader this slow asks for the whole view again anyway.
    if (m_messages.size() < kQueuedMax) {
        m_messages.push_back(message);
    }
}

EventFeed::EventFeed(storage::Database& database)
    : m_database(database)
    , m_thread([this] { work(); })
{
}

EventFeed::~EventFeed()
{
    {
        const std::lock_guard lock(m_mutex);
        m_stopping = true;
    }
    m_wake.notify_all();
    m_thread.join();
}

std::shared_ptr<EventQueue> EventFeed::subscribe(TenantId tenant, std::optional<IncidentId> afterId)
{
    auto queue = std::make_shared<EventQueue>();
    const std::lock_guard lock(m_mutex);
    auto& state = m_tenants[tenant];
    const UtcTime now = utcNow();
    if (state.queues.empty()) {
        state.since = now - kOverlap;
        state.seen.clear();
    }
    if (afterId) {
        // What came after it is sent once more to everybody of the tenant: messages carry their id.
        state.since = std::min(state.since, std::max(timeOf(*afterId), now - kContinueMax));
        state.seen.insert(*afterId);
    }
    state.queues.push_back(queue);
    m_wake.notify_all();
    return queue;
}

void EventFeed::work()
{
    std::unique_lock lock(m_mutex);
    while (!m_stopping) {
        for (auto& [id, state] : m_tenants) {
            std::erase_if(state.queues, [](const auto& queue) { return queue.expired(); });
        }
        std::erase_if(m_tenants, [](const auto& entry) { return entry.second.queues.empty(); });
        if (m_tenants.empty()) {
            m_wake.wait(lock);
            continue;
        }
        const auto tenants = m_tenants;
        lock.unlock();
        for (const auto& [id, state] : tenants) {
            look(id, state);
        }
        lock.lock();
        m_wake.wait_for(lock, kInterval, [this] { return m_stopping; });
    }
}

void EventFeed::look(TenantId id, Tenant state)
{
    storage::IncidentCounts counts(m_database);
    const auto opened = counts.openedSince(id, state.since, Deadline::after(kLookTimeout));
    const auto changed = counts.changedSince(id, state.since, Deadline::after(kLookTimeout));
    if (!opened || !changed) {
        return; // The database is away; the next look finds what was missed.
    }
    const bool first = state.seen.empty();
    const auto tell = [&state](const std::string& message) {
        for (const auto& weak : state.queues) {
            if (const auto queue = weak.lock()) {
                queue->add(message);
            }
        }
    };
    std::set<IncidentId> seen;
    for (const auto& incident : *opened) {
        if (seen.insert(incident.incidentId).second && !first
            && !state.seen.contains(incident.incidentId)) {
            tell(messageOf(incident));
        }
    }
    std::set<Uuid> changes;
    for (const auto& change : *changed) {
        if (changes.insert(change.auditId).second && !first
            && !state.changes.contains(change.auditId)) {
            tell(messageOf(change));
        }
    }
    seen.insert(IncidentId{}); // Marks that the first look was made.
    const std::lock_guard lock(m_mutex);
    if (const auto found = m_tenants.find(id); found != m_tenants.end()) {
        found->second.since = std::max(state.since, utcNow() - kOverlap);
        found->second.seen = std::move(seen);
        found->second.changes = std::move(changes);
    }
}

} // namespace exhibit::api
