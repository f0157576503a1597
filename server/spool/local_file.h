// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/bytes.h"

#include <filesystem>
#include <optional>
#include <utility>

/// Plain files with the durability the spool needs. Errors name the file in `subject`.
namespace exhibit::spool {

/// An open descriptor; closed when destroyed.
class FileDescriptor {
public:
    FileDescriptor() = default;
    explicit FileDescriptor(int descriptor)
        : m_descriptor(descriptor)
    {
    }
    FileDescriptor(FileDescriptor&& other) noexcept
        : m_descriptor(std::exchange(other.m_descriptor, -1))
    {
    }
    FileDescriptor& operator=(FileDescriptor&& other) noexcept
    {
        std::swap(m_descriptor, other.m_descriptor);
        return *this;
    }
    ~FileDescriptor();

    [[nodiscard]] int get() const { return m_descriptor; }

private:
    int m_descriptor = -1;
};

/// Unavailable with the reason in errno, e.g. when the disk is full.
[[nodiscard]] tl::unexpected<Error> systemError(std::string_view what,
                                                const std::filesystem::path& file);

/// nullopt when there is none; Forbidden when others than its owner may read or write it.
[[nodiscard]] Result<std::optional<Bytes>> readPrivateFile(const std::filesystem::path& file,
                                                           std::size_t bytesMax);
/// Mode 0600, durable, all or nothing; an existing file is left as it is.
[[nodiscard]] Result<void> createPrivateFile(const std::filesystem::path& file, BytesView content);
/// A new file of `bytes` zeros that are really on disk, so that writing into it later neither
/// allocates nor changes metadata (posix_fallocate does not do that: facts of the file system).
[[nodiscard]] Result<void> createZeroFile(const std::filesystem::path& file, std::size_t bytes);
/// Makes names that were created, renamed or removed in the folder durable.
[[nodiscard]] Result<void> syncFolder(const std::filesystem::path& folder);
/// An exclusive lock on the file for as long as the descriptor lives, also after kill -9 of a
/// former holder; Conflict when another process holds it.
[[nodiscard]] Result<FileDescriptor> lockFile(const std::filesystem::path& file);

} // namespace exhibit::spool
