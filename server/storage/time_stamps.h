// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/ops/metrics.h"
#include "server/storage/database.h"
#include "server/storage/ledger_reading.h"

#include <condition_variable>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>

namespace exhibit::storage {

/// RFC 3161 time stamps over the notes of signed heads, from one configured authority: at
/// certificates, exports and holds, else every ten minutes (rulings.md 30). What an authority does
/// not give is missing, never an error: heads and certificates stand without it.
class TimeStamps {
public:
    /// Asks an authority: the response (DER) to a request (DER).
    using Ask = std::function<Result<Bytes>(const Bytes& request, Deadline deadline)>;
    struct Services {
        Database& database;
        std::string authority; ///< Its address, as the table names it.
        Ask ask;
        ops::Metrics& metrics;
    };
    explicit TimeStamps(Services services);
    ~TimeStamps();

    /// Starts the thread, once.
    void start();
    /// Waits for the authority a little, unless this head has a time stamp.
    void stamp(TenantId tenant, const StoredCheckpoint& checkpoint);

private:
    void run(const std::stop_token& stop);
    void stampAll();
    [[nodiscard]] Result<void> obtain(TenantId tenant, const StoredCheckpoint& checkpoint);

    Services m_services;
    ops::Counter& m_obtained;
    ops::Counter& m_failed;
    std::mutex m_mutex;
    std::condition_variable_any m_wake;
    std::jthread m_thread;
};

/// The response over the note of that head; nullopt when there is none.
[[nodiscard]] Result<std::optional<Bytes>> readTimeStamp(Transaction& transaction,
                                                         std::int32_t epoch,
                                                         std::uint64_t size);
/// The newest signed head of more than `sequence` entries that has a time stamp.
[[nodiscard]] Result<std::optional<StoredCheckpoint>> readStampedHead(Transaction& transaction,
                                                                      std::int32_t epoch,
                                                                      std::uint64_t sequence);

} // namespace exhibit::storage
