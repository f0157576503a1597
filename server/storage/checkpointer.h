// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/ops/metrics.h"
#include "server/storage/database.h"
#include "server/storage/head_signer.h"
#include "server/storage/ledger_check.h"

#include <condition_variable>
#include <functional>
#include <mutex>
#include <set>
#include <stop_token>
#include <thread>

namespace exhibit::storage {

/// Signs the heads of all tenants' logs, each second or after limits::kCheckpointEntriesMax
/// entries, from what is committed, and stores them before anybody sees them. An unchanged head is
/// not signed again. At its start it asks whether each log still is what was signed last, by the
/// database's word and by the signer's; a log that is not goes on in a new epoch.
class Checkpointer {
public:
    struct Services {
        Database& database;
        ChainLedger& ledger;
        HeadSigner signer;
        ops::Metrics& metrics;
    };
    explicit Checkpointer(Services services);
    ~Checkpointer();

    /// Starts the thread, once; the checks come first, in it.
    void start();
    /// A head over everything committed by now; the stored one when nothing was added. NotFound
    /// when the tenant has no log yet.
    [[nodiscard]] Result<StoredCheckpoint> checkpointNow(TenantId tenant, Deadline deadline);
    /// Asks as at the start; recovers what is damaged. Whether all was well.
    [[nodiscard]] Result<bool> checkTenant(TenantId tenant, Deadline deadline);
    /// Why heads wait to be signed; empty when they do not. Any thread.
    [[nodiscard]] std::string trouble() const;
    /// What knows the heads from outside the database.
    [[nodiscard]] const HeadSigner& signer() const { return m_services.signer; }

private:
    struct Candidate;
    /// What the signer remembers of the log that grows.
    struct Remembered {
        std::string origin; ///< Empty before the tenant's first entry.
        std::optional<evidence::TreeHead> head;
        std::vector<evidence::NoteKey> keys; ///< The newest first; asked for by checkTenant().
    };
    void run(const std::stop_token& stop);
    void checkAll(const std::stop_token& stop);
    void recheckAll(const std::stop_token& stop);
    /// Once per tenant, before a head of its log is signed. With m_signing held.
    [[nodiscard]] Result<void> ensureChecked(TenantId tenant, Deadline deadline);
    void signAll();
    /// What the function of that name returns: list_tenants or logs_to_sign.
    [[nodiscard]] Result<std::vector<TenantId>> tenants(const char* function);
    [[nodiscard]] Result<Remembered> askSigner(TenantId tenant, Deadline deadline);
    [[nodiscard]] static Result<LedgerCheck> compare(Transaction& transaction,
                                                     const Remembered& remembered);
    [[nodiscard]] Result<bool> recover(TenantId tenant,
                                       const Remembered& remembered,
                                       Deadline deadline);
    [[nodiscard]] static Result<Candidate> prepare(Transaction& transaction,
                                                   const Remembered& remembered);
    [[nodiscard]] static Result<bool> isRotationUntold(Transaction& transaction,
                                                       const Remembered& remembered);
    [[nodiscard]] Result<void> noteRotation(TenantId tenant,
                                            const Remembered& remembered,
                                            Deadline deadline);
    [[nodiscard]] Result<StoredCheckpoint> signNext(TenantId tenant, Deadline deadline);
    /// Notes the public keys that signed, when they are not those of the tenant's last head.
    [[nodiscard]] Result<void> noteKeys(Transaction& transaction,
                                        const std::string& origin,
                                        const std::vector<std::uint32_t>& signers);
    void report(const std::optional<Error>& failure);
    [[nodiscard]] static Result<void> followEntries(Transaction& transaction, Candidate& candidate);

    Services m_services;
    ops::Counter& m_signed;
    ops::Counter& m_failed;
    std::mutex m_signing; ///< One head at a time: the signer wants each to follow the last.
    std::set<TenantId> m_checked; ///< Under m_signing.
    /// The ids of the keys that signed the last head; under m_signing.
    std::map<TenantId, std::vector<std::uint32_t>> m_signers;
    std::uint64_t m_seen = 0; ///< Entries the ledger had appended when heads were signed last.
    mutable std::mutex m_mutex; ///< Of what follows, and for waking.
    std::string m_trouble;
    std::condition_variable_any m_wake;
    std::jthread m_thread;
};

} // namespace exhibit::storage
