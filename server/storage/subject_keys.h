// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/spool/key_wrapper.h"
#include "server/storage/ledger.h"

#include <map>
#include <mutex>
#include <unordered_map>

namespace exhibit::storage {

/// A subject's data key, for as long as a batch needs it.
struct SubjectKey {
    Uuid id;
    Secret key;
};

/// The data keys of subjects (table subject_keys), wrapped by the KeyWrapper. Unwrapped ones are
/// remembered, so that ingest goes on while the signer is away; which key is a subject's is asked
/// in each transaction, so that a destroyed one is never used again. Any thread.
class SubjectKeys {
public:
    explicit SubjectKeys(std::shared_ptr<spool::KeyWrapper> wrapper);

    /// Keys of these subjects, made where they are missing, in the transaction.
    [[nodiscard]] Result<std::map<SubjectId, SubjectKey>> forSubjects(
        Transaction& transaction, const std::vector<SubjectId>& subjects);
    /// By id; NotFound when it was destroyed.
    [[nodiscard]] Result<std::map<Uuid, SubjectKey>> byId(Transaction& transaction,
                                                          const std::vector<Uuid>& ids);
    /// Forgets what it remembers of a key.
    void forget(Uuid id);

private:
    [[nodiscard]] Result<SubjectKey> unwrap(Uuid id, BytesView wrapped);
    [[nodiscard]] Result<void> create(Transaction& transaction,
                                      const std::vector<SubjectId>& subjects);

    std::shared_ptr<spool::KeyWrapper> m_wrapper;
    std::mutex m_mutex;
    std::unordered_map<Uuid, Secret> m_known;
};

} // namespace exhibit::storage
