// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/storage/chain_ledger.h"
#include "server/storage/database.h"

#include <filesystem>
#include <functional>
#include <mutex>
#include <set>

namespace exhibit::storage {

/// The ids of the keys that erasures destroyed, in a file beside the database: a backup that is
/// restored brings keys and rows back, and here it is known that they are to be gone. Ids alone;
/// lines of "tenant key", both UUIDs. Any thread.
class ErasedKeys {
public:
    using Id = std::pair<TenantId, Uuid>;
    /// The file is made when the first id is added. A line that was torn by a crash counts for
    /// nothing; Corrupt for one in between that is none.
    [[nodiscard]] static Result<std::unique_ptr<ErasedKeys>> open(std::filesystem::path file);

    /// On disk when this returns; each id once.
    [[nodiscard]] Result<void> add(TenantId tenant, Uuid key);
    [[nodiscard]] std::vector<Uuid> of(TenantId tenant) const;

private:
    explicit ErasedKeys(std::filesystem::path file)
        : m_file(std::move(file))
    {
    }

    std::filesystem::path m_file;
    mutable std::mutex m_mutex;
    std::set<Id> m_ids; ///< Under m_mutex.
    bool m_torn = false; ///< The file ends within a line.
};

struct ErasureServices {
    Database& database;
    ChainLedger& ledger;
    ErasedKeys& erased;
    /// Before something is erased again: the log may be the one of a backup, which is not to be
    /// written any more.
    std::function<Result<void>(TenantId)> prepare;
};
/// Erases again whose keys are there once more, each with an entry of its own that says so; adds
/// what other replicas erased to the list. How many were erased. What a hold covers stays, and is
/// logged: the hold came back with the backup, and only people can say whether it is in force.
[[nodiscard]] Result<std::size_t> eraseAgain(const ErasureServices& services, Deadline deadline);

} // namespace exhibit::storage
