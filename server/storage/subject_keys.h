// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/spool/key_wrapper.h"
#include "server/storage/ledger.h"

#include <map>
#include <mutex>
#include <set>
#include <unordered_map>

namespace exhibit::storage {

/// A subject's data key, for as long as a batch needs it.
struct SubjectKey {
    Uuid id;
    Secret key;
};

/// What is known of keys by their ids; those that were destroyed are in none.
struct KnownKeys {
    std::map<Uuid, SubjectKey> keys;
    std::set<Uuid> lost; ///< Nobody can open them: their wrapping key went with a signer.
    std::set<Uuid> damaged; ///< What is stored of them does not open.
};

/// The data keys of subjects (table subject_keys), wrapped by the KeyWrapper. Unwrapped ones are
/// remembered, so that ingest goes on while the signer is away; which key is a subject's is asked
/// in each transaction, so that a destroyed one is never used again. Any thread.
class SubjectKeys {
public:
    explicit SubjectKeys(std::shared_ptr<spool::KeyWrapper> wrapper);

    /// Whether the wrapper opens the own key of every tenant. Corrupt names those that it does not
    /// open: it is another wrapper than the one they were made with, and nothing of these tenants
    /// is sealed or opened from then on (Unavailable); where it opens none, nothing of anybody.
    [[nodiscard]] Result<void> checkWrapper(Transaction& transaction);

    /// Whether checkWrapper() found the tenant's own key to open, or none to try.
    [[nodiscard]] bool opens(TenantId tenant) const { return expectOpens(tenant).has_value(); }
    /// What did not open was set aside: new keys are made for the tenant from now on.
    void admit(TenantId tenant);

    /// Keys of these subjects, made where they are missing, in the transaction.
    [[nodiscard]] Result<std::map<SubjectId, SubjectKey>> forSubjects(
        Transaction& transaction, const std::vector<SubjectId>& subjects);
    [[nodiscard]] Result<KnownKeys> byId(Transaction& transaction, const std::vector<Uuid>& ids);
    /// Forgets what it remembers of a key.
    void forget(Uuid id);

private:
    [[nodiscard]] Result<SubjectKey> unwrap(Uuid id, BytesView wrapped);
    [[nodiscard]] Result<void> expectOpens(TenantId tenant) const;
    [[nodiscard]] Result<void> create(Transaction& transaction,
                                      const std::vector<SubjectId>& subjects);

    std::shared_ptr<spool::KeyWrapper> m_wrapper;
    mutable std::mutex m_mutex;
    std::set<TenantId> m_shut; ///< Tenants whose own key does not open.
    bool m_allShut = false;
    struct Known {
        Bytes wrapped; ///< What it was opened from.
        Secret key;
    };
    std::unordered_map<Uuid, Known> m_known;
};

} // namespace exhibit::storage
