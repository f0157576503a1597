// SPDX-License-Identifier: Apache-2.0
#include "server/storage/ingest.h"

#include "models/base/assert.h"
#include "server/ops/log.h"
#include "server/ops/priority.h"
#include "server/storage/call_rush.h"
#include "server/storage/ingest_reader.h"
#include "server/storage/ingest_tenant.h"
#include "server/storage/spool_watch.h"

#include <condition_variable>
#include <limits>
#include <thread>

namespace exhibit::storage {
namespace {

constexpr std::chrono::seconds kTellTimeout{2};

} // namespace

class Ingest::Impl {
public:
    Impl(Services services, IngestOptions options)
        : m_services(services)
        , m_options(options)
        , m_reader(services.journal)
        , m_ahead(services.journal)
        , m_watch(services.database, services.ledger, services.journal.replica())
        , m_records(services.metrics.counter("exhibit_ingest_records_total",
                                             "Spool records brought into PostgreSQL"))
        , m_aside(services.metrics.counter("exhibit_ingest_quarantined_total",
                                           "Spool records set aside because they cannot be stored"))
        , m_failures(services.metrics.counter("exhibit_ingest_retries_total",
                                              "Ingest transactions that failed and are repeated"))
    {
        services.metrics.gauge("exhibit_ingest_lag_seconds",
                               "Age of the oldest spool record that is not in PostgreSQL",
                               [this] { return static_cast<double>(state().lag.count()) / 1e6; });
        services.metrics.gauge("exhibit_spool_waiting",
                               "Spool records that are not in PostgreSQL yet",
                               [this] { return static_cast<double>(state().waiting); });
        services.metrics.gauge("exhibit_trace_completeness",
                               "Part of the ended calls whose record is whole, since the start",
                               [this] { return completeness(); });
    }

    ~Impl()
    {
        {
            const std::lock_guard lock(m_mutex);
            m_stopping = true;
        }
        m_wake.notify_all();
        if (m_thread.joinable()) {
            m_thread.join();
        }
    }

    void start()
    {
        EXHIBIT_ASSERT(!m_thread.joinable());
        m_thread = std::thread([this] { run(); });
    }

    IngestState state() const
    {
        const auto durable = m_services.journal.stats().durableRecordNo;
        const std::lock_guard lock(m_mutex);
        IngestState state = m_state;
        state.waiting = std::max<std::int64_t>(0, durable - state.lastRecordNo);
        if (state.waiting > 0 && m_oldestWaiting) {
            state.lag = std::chrono::floor<std::chrono::microseconds>(
                std::max(std::chrono::nanoseconds{0}, utcNow() - *m_oldestWaiting));
        }
        return state;
    }

    bool incidentInSpool(TenantId tenant, IncidentId incident) const
    {
        return m_waiting.contains(tenant, incident);
    }

private:
    using Records = std::vector<spool::StoredRecord>;

    void run()
    {
        while (!stopping()) {
            const auto durable = m_services.journal.stats().durableRecordNo;
            auto records = m_reader.next();
            if (!records) {
                ops::logError("the spool cannot be read: {}", records.error().message);
                pause(m_options.retryPauseMax);
            } else if (records->empty()) {
                arrived(durable); // Of records that were released, only the numbers are left.
                release(m_brought);
                pause(m_options.idlePause);
            } else {
                const CallRush rush(m_services.journal);
                const auto last = records->back().recordNo;
                ingest(*std::move(records));
                yieldToCalls(rush);
                if (last >= durable) {
                    pause(m_options.idlePause);
                }
            }
        }
        if (m_brought > 0 && m_brought == m_services.journal.stats().durableRecordNo) {
            m_watch.close(m_brought, Deadline::after(kTellTimeout));
        }
    }

    /// Once, with the oldest record that there is. False when the process stops first.
    bool begin(std::int64_t first)
    {
        while (!m_begun) {
            const auto begun = m_watch.begin(first, Deadline::after(m_options.transactionTimeout));
            m_begun = begun.has_value();
            if (!begun) {
                report(begun.error());
                lookAhead();
                if (pause(m_options.retryPauseMin)) {
                    return false;
                }
            }
        }
        return true;
    }

    /// The journal is made to hold what comes in a rush; with a quarter of its room used, ingest
    /// and PostgreSQL take their full share of the processors again, so that a lasting rush slows
    /// calls and does not refuse them.
    void yieldToCalls(const CallRush& rush)
    {
        const auto stats = m_services.journal.stats();
        const bool hasRoom = stats.bytesOnDisk < stats.bytesMax / 4;
        ops::letCallsGoFirst(hasRoom);
        if (hasRoom) {
            pause(rush.pause());
        }
    }

    void ingest(Records records)
    {
        setOldest(records.front().record.at);
        for (const auto& record : records) {
            m_waiting.add(record);
        }
        const auto last = records.back().recordNo;
        m_ahead.skipTo(last);
        if (!begin(records.front().recordNo)) {
            return; // Stopping.
        }
        const auto count = records.size();
        const auto groups = byTenant(std::move(records));
        for (const auto& [tenant, group] : groups) {
            if (!ingestGroup(tenant, group)) {
                return; // Stopping: the next start begins at the mark.
            }
        }
        m_records.add(count);
        arrived(last);
        m_waiting.forgetUpTo(last);
        m_brought = last;
        release(last);
    }

    void arrived(std::int64_t recordNo)
    {
        const std::lock_guard lock(m_mutex);
        m_state.lastRecordNo = std::max(m_state.lastRecordNo, recordNo);
        m_oldestWaiting.reset();
    }

    /// In the order in which the tenants' first records come.
    static std::vector<std::pair<TenantId, Records>> byTenant(Records records)
    {
        std::vector<std::pair<TenantId, Records>> groups;
        for (auto& stored : records) {
            auto group = std::find_if(groups.begin(), groups.end(), [&](const auto& candidate) {
                return candidate.first == stored.record.tenant;
            });
            if (group == groups.end()) {
                group = groups.insert(groups.end(), {stored.record.tenant, {}});
            }
            group->second.push_back(std::move(stored));
        }
        return groups;
    }

    /// Repeats until it succeeds; false when the process stops first.
    bool ingestGroup(TenantId tenant, const Records& records)
    {
        auto& worker = m_tenants.try_emplace(tenant, m_services, m_options, tenant).first->second;
        auto wait = m_options.retryPauseMin;
        while (true) {
            const auto before = worker.tally();
            const auto done = worker.ingest(records);
            add(worker.tally() - before);
            if (done) {
                setFailing(false);
                return true;
            }
            report(done.error());
            lookAhead();
            if (pause(wait)) {
                return false;
            }
            wait = std::min(wait * 2, m_options.retryPauseMax);
        }
    }

    /// While PostgreSQL is away the incidents that wait behind are still to be known of.
    void lookAhead()
    {
        while (!stopping()) {
            const auto records = m_ahead.next();
            if (!records || records->empty()) {
                return;
            }
            for (const auto& record : *records) {
                m_waiting.add(record);
            }
        }
    }

    void release(std::int64_t last)
    {
        std::int64_t upTo = last;
        for (const auto& [id, tenant] : m_tenants) {
            if (const auto oldest = tenant.oldestOpen()) {
                upTo = std::min(upTo, *oldest - 1);
            }
        }
        // Told first: what the database does not know to have is not let go.
        if (upTo > m_released && m_watch.tell(last, Deadline::after(kTellTimeout))) {
            m_services.journal.release(upTo);
            m_released = upTo;
        }
    }

    void report(const Error& error)
    {
        m_failures.add();
        const bool first = !std::exchange(m_reported, true);
        setFailing(true);
        if (first) {
            ops::logWarning("ingest waits: {} (repeated until it succeeds)", error.message);
        }
    }

    void setFailing(bool failing)
    {
        if (!failing && std::exchange(m_reported, false)) {
            ops::logInfo("ingest goes on");
        }
        const std::lock_guard lock(m_mutex);
        m_state.failing = failing;
    }

    void add(const IngestTally& added)
    {
        const std::lock_guard lock(m_mutex);
        m_aside.add(static_cast<std::uint64_t>(added.quarantined));
        m_state.quarantined += added.quarantined;
        m_wholeCalls += added.wholeCalls;
        m_brokenCalls += added.brokenCalls;
    }

    /// Of the calls that were closed, the part whose record is whole.
    double completeness() const
    {
        const std::lock_guard lock(m_mutex);
        const auto calls = m_wholeCalls + m_brokenCalls;
        return calls == 0 ? std::numeric_limits<double>::quiet_NaN()
                          : static_cast<double>(m_wholeCalls) / static_cast<double>(calls);
    }

    void setOldest(UtcTime at)
    {
        const std::lock_guard lock(m_mutex);
        m_oldestWaiting = at;
    }

    bool stopping() const
    {
        const std::lock_guard lock(m_mutex);
        return m_stopping;
    }

    /// True when the process stops.
    bool pause(std::chrono::milliseconds time)
    {
        std::unique_lock lock(m_mutex);
        return m_wake.wait_for(lock, time, [this] { return m_stopping; });
    }

    Services m_services;
    IngestOptions m_options;
    JournalReader m_reader;
    JournalReader m_ahead; ///< Only while PostgreSQL is away.
    std::map<TenantId, TenantIngest> m_tenants;
    WaitingIncidents m_waiting;
    SpoolWatch m_watch;
    bool m_begun = false;
    std::int64_t m_brought = 0; ///< By this process; everything up to here.
    ops::Counter& m_records;
    ops::Counter& m_aside;
    ops::Counter& m_failures;
    std::int64_t m_released = 0;
    bool m_reported = false;

    mutable std::mutex m_mutex;
    std::condition_variable m_wake;
    bool m_stopping = false;
    IngestState m_state;
    std::int64_t m_wholeCalls = 0; ///< Brought in by this process, as IngestTally.
    std::int64_t m_brokenCalls = 0;
    std::optional<UtcTime> m_oldestWaiting;
    std::thread m_thread;
};

Ingest::Ingest(Services services, IngestOptions options)
    : m_impl(std::make_unique<Impl>(services, options))
{
}

Ingest::~Ingest() = default;

void Ingest::start()
{
    m_impl->start();
}

IngestState Ingest::state() const
{
    return m_impl->state();
}

bool Ingest::incidentInSpool(TenantId tenant, IncidentId incident) const
{
    return m_impl->incidentInSpool(tenant, incident);
}

} // namespace exhibit::storage
