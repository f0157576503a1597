// SPDX-License-Identifier: Apache-2.0
#include "server/storage/call_indexer.h"

#include "models/base/assert.h"
#include "server/ops/log.h"
#include "server/storage/call_index.h"
#include "server/storage/call_rush.h"
#include "server/storage/ingest_tenant.h"

#include <condition_variable>
#include <mutex>
#include <thread>

namespace exhibit::storage {

class CallIndexer::Impl {
public:
    Impl(Services services, CallIndexerOptions options)
        : m_services(std::move(services))
        , m_options(options)
        , m_calls(m_services.metrics.counter("exhibit_index_calls_total",
                                             "Calls made searchable by their text"))
        , m_unreadable(m_services.metrics.counter(
              "exhibit_index_unreadable_total",
              "Calls whose text cannot be indexed, found by their fields alone"))
    {
        m_services.metrics.gauge("exhibit_index_lag_seconds",
                                 "How long ago the oldest call ended that is not searchable yet",
                                 [this] { return static_cast<double>(state().lag.count()) / 1e6; });
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

    CallIndexState state() const
    {
        const std::lock_guard lock(m_mutex);
        CallIndexState state{{}, m_failing};
        if (m_oldest) {
            state.lag = std::chrono::floor<std::chrono::microseconds>(
                std::max(std::chrono::nanoseconds{0}, utcNow() - *m_oldest));
        }
        return state;
    }

private:
    void run()
    {
        auto wait = m_options.retryPauseMin;
        while (!stopping()) {
            const CallRush rush(m_services.journal);
            const auto done = indexAll();
            report(done);
            if (!done) {
                pause(wait);
                wait = std::min(wait * 2, m_options.retryPauseMax);
            } else {
                // A call at a time would cost as much for each as for a batch of them.
                pause(*done ? rush.pause() : std::max(rush.pause(), m_options.idlePause));
                wait = m_options.retryPauseMin;
            }
        }
    }

    /// A batch of every tenant whose calls wait; whether more do than a batch holds. One tenant's
    /// failure holds up no other.
    Result<bool> indexAll()
    {
        const auto begun = utcNow();
        auto tenants = waitingTenants();
        if (!tenants) {
            noteOldest(begun, true);
            return tl::make_unexpected(std::move(tenants).error());
        }
        bool more = false;
        std::optional<Error> failure;
        for (const auto& tenant : *tenants) {
            if (stopping()) {
                break;
            }
            auto done = indexTenant(tenant);
            if (done) {
                m_calls.add(static_cast<std::uint64_t>(done->calls));
                m_unreadable.add(static_cast<std::uint64_t>(done->unreadable));
                more = more || done->more;
            } else if (!failure) {
                failure = std::move(done).error();
            }
        }
        if (failure) {
            return tl::make_unexpected(*std::move(failure));
        }
        return more;
    }

    Result<std::vector<TenantId>> waitingTenants()
    {
        const auto ask = [](Transaction& transaction) {
            return transaction.query("SELECT tenant_id, ended_at FROM call_index_backlog()");
        };
        EXHIBIT_TRY(const Rows rows, m_services.database.write(TenantId{}, deadline(), ask));
        std::vector<TenantId> tenants;
        std::optional<UtcTime> oldest;
        for (std::size_t row = 0; row < rows.size(); ++row) {
            tenants.push_back({rows.uuid(row, 0)});
            oldest = std::min(oldest.value_or(rows.time(row, 1)), rows.time(row, 1));
        }
        noteOldest(oldest, false);
        return tenants;
    }

    /// When the database refuses what the batch says, smaller ones follow, down to the call
    /// concerned, which is indexed without its words.
    Result<IndexedCalls> indexTenant(TenantId tenant)
    {
        IndexOptions options;
        while (true) {
            auto done = m_services.database.write(tenant, deadline(), [&](Transaction& batch) {
                return indexCalls(batch, m_services.redaction, options);
            });
            if (done || !isContentRefusal(done.error()) || options.withoutWords) {
                return done;
            }
            if (options.callsMax > 1) {
                options.callsMax /= 2;
            } else {
                ops::logError("the text of a call cannot be indexed: {}", done.error().message);
                options.withoutWords = true;
            }
        }
    }

    [[nodiscard]] Deadline deadline() const
    {
        return Deadline::after(m_options.transactionTimeout);
    }

    void report(const Result<bool>& done)
    {
        const bool failed = !done;
        {
            const std::lock_guard lock(m_mutex);
            if (m_failing == failed) {
                return;
            }
            m_failing = failed;
        }
        if (failed) {
            ops::logWarning("calls wait to be indexed: {} (repeated until it succeeds)",
                            done.error().message);
        } else {
            ops::logInfo("indexing goes on");
        }
    }

    /// While PostgreSQL is away nobody knows what waits there: what was known stays.
    void noteOldest(std::optional<UtcTime> oldest, bool guessed)
    {
        const std::lock_guard lock(m_mutex);
        if (!guessed || !m_oldest) {
            m_oldest = oldest;
        }
    }

    bool stopping() const
    {
        const std::lock_guard lock(m_mutex);
        return m_stopping;
    }

    void pause(std::chrono::milliseconds time)
    {
        std::unique_lock lock(m_mutex);
        m_wake.wait_for(lock, time, [this] { return m_stopping; });
    }

    Services m_services;
    CallIndexerOptions m_options;
    ops::Counter& m_calls;
    ops::Counter& m_unreadable;

    mutable std::mutex m_mutex;
    std::condition_variable m_wake;
    bool m_stopping = false;
    bool m_failing = false;
    std::optional<UtcTime> m_oldest; ///< End of the oldest call that waits; empty when none does.
    std::thread m_thread;
};

CallIndexer::CallIndexer(Services services, CallIndexerOptions options)
    : m_impl(std::make_unique<Impl>(std::move(services), options))
{
}

CallIndexer::~CallIndexer() = default;

void CallIndexer::start()
{
    m_impl->start();
}

CallIndexState CallIndexer::state() const
{
    return m_impl->state();
}

} // namespace exhibit::storage
