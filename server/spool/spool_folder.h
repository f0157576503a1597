// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/spool/file_keeper.h"
#include "server/spool/key_wrapper.h"
#include "server/spool/local_file.h"
#include "server/spool/stored_record.h"

/// The folder of a journal:
///   lock          held by the process that has it open
///   replica       the replica's id, made at first open
///   durable       record_no:u64-le, the last record that a commit was acknowledged for
///   NNNNNNNN.spool, -wal, -shm
///   recycled.log, *.draft   work in progress, worthless after a crash
namespace exhibit::spool {

/// What was found in the files at start.
struct Inventory {
    std::vector<FileEntry> entries; ///< Oldest first.
    std::int64_t firstFreeNumber = 1;
    ChainEnd end;
};

class SpoolFolder {
public:
    /// Creates the folder (mode 0700) when needed and locks it. Conflict when another process has
    /// it; Corrupt when there are records but no replica id.
    [[nodiscard]] static Result<SpoolFolder> open(const std::filesystem::path& folder);

    /// Reads every record, checks the chain from the oldest to the newest and that none is missing
    /// that was acknowledged; removes what a crash left half-made. Corrupt names file and record.
    [[nodiscard]] Result<Inventory> takeInventory(KeyWrapper& keys, std::size_t fileBytes);

    [[nodiscard]] ReplicaId replica() const { return m_replica; }
    /// Remembers what was acknowledged. Not synced: it is written after the records are durable,
    /// survives kill -9, and after a power loss can only be too low. It finds records that vanish
    /// from the end of the newest log, where SQLite takes damage for a torn write and ignores it.
    void noteDurable(std::int64_t recordNo);

private:
    [[nodiscard]] Result<ReadableSpoolFile> openChecked(const std::filesystem::path& path,
                                                        KeyWrapper& keys) const;
    [[nodiscard]] Result<void> removeLeftovers() const;
    [[nodiscard]] Result<void> readReplica();
    [[nodiscard]] Result<void> checkNoneLost(const Inventory& inventory) const;

    std::filesystem::path m_folder;
    FileDescriptor m_lock;
    FileDescriptor m_durable;
    ReplicaId m_replica;
};

} // namespace exhibit::spool
