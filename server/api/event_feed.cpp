// SPDX-License-Identifier: Apache-2.0
#include "server/api/event_feed.h"

#include "models/base/json.h"

#include <algorithm>
#include <charconv>

namespace exhibit::api {
namespace {

using namespace std::chrono_literals;

constexpr auto kInterval = 500ms;
constexpr auto kLookTimeout = 5s;
/// Ingest may bring an incident this much later than it happened.
constexpr auto kOverlap = 60s;
constexpr auto kContinueMax = 1h;
constexpr std::int64_t kMicrosecondsMax = 9'000'000'000'000'000; ///< UtcTime counts nanoseconds.
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

/// A change has no `id:` line: whoever comes back goes on after what was opened, stopped or found,
/// and is told of the changes since.
std::string messageOf(const storage::Happening& happening)
{
    auto event = happening.event;
    const bool isChange = event.type == "incident.changed";
    const bool isIncident = isChange || event.type == "incident.opened";
    event.id = isIncident ? event.incidentId->text()
                          : happening.key + '@' + std::to_string(toMicroseconds(happening.at));
    return "event: " + event.type + (isChange ? "" : "\nid: " + event.id)
        + "\ndata: " + printJson(toJson(event)) + "\n\n";
}

/// Something is missing: the reader asks for the whole view again. Without an id, too: what it goes
/// on after is what it saw.
const std::string& resync()
{
    static const std::string kMessage = [] {
        domain::LiveEvent event;
        event.type = "resync";
        event.id = event.type;
        return "event: resync\ndata: " + printJson(toJson(event)) + "\n\n";
    }();
    return kMessage;
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
    if (m_messages.size() >= kQueuedMax) { // A reader this slow asks for the whole view again.
        m_messages.clear();
        m_messages.push_back(resync());
    }
    m_messages.push_back(message);
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

std::optional<LiveCursor> LiveCursor::parse(std::string_view text)
{
    if (const auto incident = IncidentId::parse(text)) {
        return LiveCursor{std::string(text), timeOf(*incident)};
    }
    const auto sign = text.rfind('@');
    std::int64_t microseconds = 0;
    const auto* const end = text.data() + text.size();
    if (sign == std::string_view::npos || sign == 0) {
        return std::nullopt;
    }
    const auto [stop, error] = std::from_chars(text.data() + sign + 1, end, microseconds);
    if (error != std::errc() || stop != end || microseconds < 0
        || microseconds > kMicrosecondsMax) {
        return std::nullopt;
    }
    return LiveCursor{std::string(text.substr(0, sign)), fromMicroseconds(microseconds)};
}

std::shared_ptr<EventQueue> EventFeed::subscribe(TenantId tenant, std::optional<LiveCursor> last)
{
    auto queue = std::make_shared<EventQueue>();
    const UtcTime now = utcNow();
    Listener listener{queue, now - kOverlap, now, {}};
    if (last) {
        if (last->at < now - kContinueMax) {
            queue->add(resync());
        }
        // What was brought after the last message may have happened before it, or have been
        // recorded by another clock: the reader knows by the ids what it was told.
        listener.since = std::clamp(last->at, now - kContinueMax, now) - kOverlap;
        listener.from.reset();
        listener.seen.insert(std::move(last->key));
    }
    const std::lock_guard lock(m_mutex);
    m_tenants[tenant].push_back(std::move(listener));
    m_wake.notify_all();
    return queue;
}

void EventFeed::work()
{
    std::unique_lock lock(m_mutex);
    while (!m_stopping) {
        std::map<TenantId, UtcTime> asked;
        for (auto& [tenant, listeners] : m_tenants) {
            std::erase_if(listeners, [](const auto& one) { return one.queue.expired(); });
            for (const auto& listener : listeners) {
                auto& since = asked.try_emplace(tenant, listener.since).first->second;
                since = std::min(since, listener.since);
            }
        }
        std::erase_if(m_tenants, [](const auto& entry) { return entry.second.empty(); });
        if (m_tenants.empty()) {
            m_wake.wait(lock);
            continue;
        }
        lock.unlock();
        for (const auto& [tenant, since] : asked) {
            look(tenant, since);
        }
        lock.lock();
        m_wake.wait_for(lock, kInterval, [this] { return m_stopping; });
    }
}

void EventFeed::look(TenantId tenant, UtcTime since)
{
    const auto happenings
        = storage::LiveHappenings(m_database).since(tenant, since, Deadline::after(kLookTimeout));
    if (!happenings) {
        return; // The database is away; the next look finds what was missed.
    }
    const std::lock_guard lock(m_mutex);
    const auto found = m_tenants.find(tenant);
    if (found == m_tenants.end()) {
        return;
    }
    for (auto& listener : found->second) {
        if (listener.since >= since) { // Else it came meanwhile, and goes further back.
            tell(listener, *happenings);
        }
    }
}

bool EventFeed::isOld(const Listener& listener, const storage::Happening& happening)
{
    return listener.from && happening.at < *listener.from;
}

/// Whether something before what was read may be news to the listener: not if it knows the oldest
/// of what was read.
bool EventFeed::misses(const Listener& listener, const storage::Happenings& happenings)
{
    return std::any_of(happenings.cutAt.begin(), happenings.cutAt.end(), [&](const auto& oldest) {
        return oldest.at >= listener.since && !isOld(listener, oldest)
            && !listener.seen.contains(oldest.key);
    });
}

/// Each listener has its own place: what one was told, another that comes back was not.
void EventFeed::tell(Listener& listener, const storage::Happenings& happenings)
{
    const auto queue = listener.queue.lock();
    if (queue && misses(listener, happenings)) {
        queue->add(resync());
    }
    const UtcTime next = std::max(listener.since, utcNow() - kOverlap);
    std::set<std::string> seen;
    for (const auto& happening : happenings.all) {
        if (happening.at < listener.since) {
            continue;
        }
        if (queue && !isOld(listener, happening) && !listener.seen.contains(happening.key)) {
            queue->add(messageOf(happening));
        }
        seen.insert(happening.key);
    }
    listener.seen = std::move(seen);
    listener.since = next;
    listener.from.reset();
}

} // namespace exhibit::api
