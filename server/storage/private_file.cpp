// SPDX-License-Identifier: Apache-2.0
#include "server/storage/private_file.h"

#include "models/base/assert.h"

#include <fcntl.h>
#include <openssl/rand.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

namespace exhibit::storage {
namespace {

constexpr std::size_t kSmallFileBytesMax = 64 * 1024;

tl::unexpected<Error> systemError(const std::string& what, const std::filesystem::path& file)
{
    const auto code = errno == ENOSPC ? ErrorCode::Unavailable : ErrorCode::Internal;
    return fail(code,
                what + ' ' + file.string() + ": " + std::generic_category().message(errno),
                file.string());
}

Result<void> writeAll(int descriptor, BytesView bytes, const std::filesystem::path& file)
{
    while (!bytes.empty()) {
        const auto written = write(descriptor, bytes.data(), bytes.size());
        if (written < 0 && errno != EINTR) {
            return systemError("cannot write", file);
        }
        bytes.remove_prefix(written < 0 ? 0 : static_cast<std::size_t>(written));
    }
    if (fsync(descriptor) != 0) {
        return systemError("cannot write", file);
    }
    return {};
}

} // namespace

Result<void> writePrivateFile(const std::filesystem::path& file,
                              BytesView bytes,
                              const std::optional<FileOwner>& owner)
{
    auto fresh = file;
    fresh += ".new";
    // A left-over of a crash may have any mode.
    unlink(fresh.c_str());
    const Descriptor descriptor{
        open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600)};
    if (descriptor.get() < 0) {
        return systemError("cannot create", fresh);
    }
    if (owner && fchown(descriptor.get(), owner->uid, owner->gid) != 0) {
        return systemError("cannot give away", fresh);
    }
    EXHIBIT_CHECK(writeAll(descriptor.get(), bytes, fresh));
    if (rename(fresh.c_str(), file.c_str()) != 0) {
        return systemError("cannot create", file);
    }
    return syncFolder(file.parent_path());
}

Result<void> syncFolder(const std::filesystem::path& folder)
{
    const Descriptor descriptor{open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    if (descriptor.get() < 0 || fsync(descriptor.get()) != 0) {
        return systemError("cannot write", folder);
    }
    return {};
}

Result<std::optional<Bytes>> readSmallFile(const std::filesystem::path& file)
{
    const Descriptor descriptor{open(file.c_str(), O_RDONLY | O_CLOEXEC)};
    if (descriptor.get() < 0) {
        if (errno == ENOENT) {
            return std::nullopt;
        }
        return systemError("cannot open", file);
    }
    Bytes bytes(kSmallFileBytesMax + 1, '\0');
    std::size_t size = 0;
    while (size < bytes.size()) {
        const auto count = read(descriptor.get(), bytes.data() + size, bytes.size() - size);
        if (count < 0 && errno != EINTR) {
            return systemError("cannot read", file);
        }
        if (count == 0) {
            break;
        }
        size += count < 0 ? 0 : static_cast<std::size_t>(count);
    }
    if (size > kSmallFileBytesMax) {
        return fail(ErrorCode::TooLarge, "the file is too large to be ours", file.string());
    }
    bytes.resize(size);
    return bytes;
}

Secret randomPassword()
{
    std::array<std::uint8_t, 24> random{};
    EXHIBIT_ASSERT(RAND_bytes(random.data(), static_cast<int>(random.size())) == 1);
    return Secret{toHex(asView(random))};
}

Result<DataDirectoryLock> DataDirectoryLock::acquire(const std::filesystem::path& dataDirectory)
{
    std::error_code error;
    std::filesystem::create_directories(dataDirectory, error);
    const auto file = dataDirectory / "exhibitd.lock";
    Descriptor descriptor{open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)};
    if (descriptor.get() < 0) {
        return systemError("cannot use the data directory: cannot open", file);
    }
    if (flock(descriptor.get(), LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK) {
            return systemError("cannot lock", file);
        }
        return fail(ErrorCode::Conflict,
                    "another exhibitd runs in the data directory " + dataDirectory.string(),
                    file.string());
    }
    return DataDirectoryLock{std::move(descriptor)};
}

} // namespace exhibit::storage
