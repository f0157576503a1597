// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/bytes.h"
#include "models/base/secret.h"
#include "server/storage/descriptor.h"

#include <sys/types.h>

#include <filesystem>
#include <optional>

/// The few files of the data directory that nobody else may read.
namespace exhibit::storage {

struct FileOwner {
    uid_t uid = 0;
    gid_t gid = 0;
};

/// Replaces the file as a whole: after a crash it holds the old or the new bytes. Mode 0600, on
/// disk when this returns. It belongs to this process's account, or to `owner`.
[[nodiscard]] Result<void> writePrivateFile(const std::filesystem::path& file,
                                            BytesView bytes,
                                            const std::optional<FileOwner>& owner = {});
/// Makes what was created or renamed in the folder durable.
[[nodiscard]] Result<void> syncFolder(const std::filesystem::path& folder);
/// nullopt when there is none; TooLarge beyond 64 KiB.
[[nodiscard]] Result<std::optional<Bytes>> readSmallFile(const std::filesystem::path& file);

/// 192 random bits in hex.
[[nodiscard]] Secret randomPassword();

/// Held by the one process that works in a data directory; released with the object, also by
/// kill -9. Not inherited by child processes.
class DataDirectoryLock {
public:
    /// Makes the directory when it is missing. Conflict when another process holds the lock.
    [[nodiscard]] static Result<DataDirectoryLock> acquire(
        const std::filesystem::path& dataDirectory);

private:
    explicit DataDirectoryLock(Descriptor descriptor)
        : m_descriptor(std::move(descriptor))
    {
    }
    Descriptor m_descriptor;
};

} // namespace exhibit::storage
