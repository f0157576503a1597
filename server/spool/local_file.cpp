// SPDX-License-Identifier: Apache-2.0
#include "server/spool/local_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace exhibit::spool {
namespace {

Result<void> writeAll(int descriptor, BytesView content, const std::filesystem::path& file)
{
    while (!content.empty()) {
        const ssize_t written = ::write(descriptor, content.data(), content.size());
        if (written < 0 && errno != EINTR) {
            return systemError("cannot be written", file);
        }
        content.remove_prefix(written > 0 ? static_cast<std::size_t>(written) : 0);
    }
    return {};
}

Result<FileDescriptor> openNew(const std::filesystem::path& file)
{
    FileDescriptor descriptor(
        ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (descriptor.get() < 0) {
        return systemError("cannot be created", file);
    }
    return descriptor;
}

} // namespace

FileDescriptor::~FileDescriptor()
{
    if (m_descriptor >= 0) {
        ::close(m_descriptor);
    }
}

tl::unexpected<Error> systemError(std::string_view what, const std::filesystem::path& file)
{
    const auto reason = std::error_code(errno, std::generic_category()).message();
    return fail(
        ErrorCode::Unavailable, "the file " + std::string(what) + ": " + reason, file.string());
}

Result<std::optional<Bytes>> readPrivateFile(const std::filesystem::path& file,
                                             std::size_t bytesMax)
{
    const FileDescriptor descriptor(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    if (descriptor.get() < 0) {
        if (errno == ENOENT) {
            return std::optional<Bytes>{};
        }
        return systemError("cannot be opened", file);
    }
    struct stat status = {};
    if (::fstat(descriptor.get(), &status) != 0) {
        return systemError("cannot be examined", file);
    }
    if ((status.st_mode & 077) != 0) {
        return fail(ErrorCode::Forbidden,
                    "the file is open to others than its owner; set its mode to 0600",
                    file.string());
    }
    Bytes content(bytesMax, '\0');
    std::size_t size = 0;
    while (size < bytesMax) {
        const ssize_t got = ::read(descriptor.get(), content.data() + size, bytesMax - size);
        if (got < 0 && errno != EINTR) {
            return systemError("cannot be read", file);
        }
        if (got == 0) {
            break;
        }
        size += got > 0 ? static_cast<std::size_t>(got) : 0;
    }
    content.resize(size);
    return content;
}

Result<void> createPrivateFile(const std::filesystem::path& file, BytesView content)
{
    // Written under another name first: a crash leaves either no file or a whole one.
    const std::filesystem::path draft = file.string() + ".draft";
    ::unlink(draft.c_str());
    {
        EXHIBIT_TRY(const FileDescriptor descriptor, openNew(draft));
        EXHIBIT_CHECK(writeAll(descriptor.get(), content, draft));
        if (::fsync(descriptor.get()) != 0) {
            return systemError("cannot be made durable", draft);
        }
    }
    // link() and not rename(): never replaces a key that another process has just made.
    const int linked = ::link(draft.c_str(), file.c_str());
    const int reason = errno;
    ::unlink(draft.c_str());
    if (linked != 0 && reason != EEXIST) {
        errno = reason;
        return systemError("cannot be created", file);
    }
    return syncFolder(file.parent_path());
}

Result<void> createZeroFile(const std::filesystem::path& file, std::size_t bytes)
{
    EXHIBIT_TRY(const FileDescriptor descriptor, openNew(file));
    // In pieces, each synced: one big flush would delay the commits of the file in use.
    static const Bytes zeros(std::size_t{1} << 20, '\0');
    for (std::size_t done = 0; done < bytes; done += zeros.size()) {
        const BytesView piece = BytesView(zeros).substr(0, std::min(zeros.size(), bytes - done));
        EXHIBIT_CHECK(writeAll(descriptor.get(), piece, file));
        if (::fdatasync(descriptor.get()) != 0) {
            return systemError("cannot be made durable", file);
        }
    }
    return {};
}

Result<void> syncFolder(const std::filesystem::path& folder)
{
    const std::filesystem::path name = folder.empty() ? "." : folder;
    const FileDescriptor descriptor(::open(name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (descriptor.get() < 0 || ::fsync(descriptor.get()) != 0) {
        return systemError("cannot be made durable", name);
    }
    return {};
}

Result<FileDescriptor> lockFile(const std::filesystem::path& file)
{
    FileDescriptor descriptor(
        ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (descriptor.get() < 0) {
        return systemError("cannot be opened", file);
    }
    if (::flock(descriptor.get(), LOCK_EX | LOCK_NB) != 0) {
        if (errno == EWOULDBLOCK) {
            return fail(ErrorCode::Conflict, "another process uses this folder", file.string());
        }
        return systemError("cannot be locked", file);
    }
    return descriptor;
}

} // namespace exhibit::spool
