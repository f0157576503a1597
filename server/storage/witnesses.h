// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/evidence/note.h"
#include "server/ops/metrics.h"
#include "server/storage/database.h"
#include "server/storage/ledger_reading.h"

#include <condition_variable>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>

namespace exhibit::storage {

/// Submits signed heads to witnesses (C2SP tlog-witness) and keeps their cosignatures, which then
/// stand in the heads' notes: at certificates, exports and holds, else the newest head every few
/// seconds. What a witness does not give is missing, never an error. Any thread.
class Witnesses {
public:
    struct Witness {
        evidence::NoteKey key;
        std::string url; ///< The submission prefix.
    };
    struct Answer {
        int status = 0;
        Bytes body;
    };
    /// Posts a body to an address.
    using Post = std::function<Result<Answer>(
        const std::string& url, const Bytes& body, Deadline deadline)>;
    struct Services {
        Database& database;
        std::vector<Witness> witnesses;
        Post post;
        ops::Metrics& metrics;
    };
    explicit Witnesses(Services services);
    ~Witnesses();

    /// Starts the thread, once.
    void start();
    /// Waits a little for the witnesses that answered when they were asked last, all at once.
    void cosign(TenantId tenant, const StoredCheckpoint& checkpoint);

private:
    struct State;
    /// Every witness, whether it answered last or not, for every newest head.
    void cosignAll();
    void run(const std::stop_token& stop);
    void ask(State& state, TenantId tenant, const StoredCheckpoint& checkpoint);
    [[nodiscard]] Result<void> obtain(State& state,
                                      TenantId tenant,
                                      const StoredCheckpoint& checkpoint);
    /// The size it saw last, as far as is known here; nullopt when it cosigned this head already.
    [[nodiscard]] Result<std::optional<std::uint64_t>> lastSize(const Witness& witness,
                                                                TenantId tenant,
                                                                const StoredCheckpoint& checkpoint);
    [[nodiscard]] Result<Answer> submit(const Witness& witness,
                                        TenantId tenant,
                                        const StoredCheckpoint& checkpoint,
                                        std::uint64_t from);
    [[nodiscard]] Result<void> store(const Witness& witness,
                                     TenantId tenant,
                                     const StoredCheckpoint& checkpoint,
                                     const std::string& line);

    Services m_services;
    ops::Counter& m_obtained;
    ops::Counter& m_failed;
    std::vector<std::unique_ptr<State>> m_states;
    std::mutex m_mutex;
    std::condition_variable_any m_wake;
    std::jthread m_thread;
};

} // namespace exhibit::storage
