// SPDX-License-Identifier: Apache-2.0
#include "models/evidence/mapped_file.h"

#include "models/base/limits.h"

#include <cstring>
#include <utility>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace exhibit::evidence {

Result<MappedFile> MappedFile::open(const std::filesystem::path& file)
{
    const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    struct stat status { };
    if (descriptor < 0 || ::fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
        const std::string why = descriptor < 0 ? std::strerror(errno) : "not an ordinary file";
        if (descriptor >= 0) {
            ::close(descriptor);
        }
        return fail(ErrorCode::InvalidInput, "the file cannot be read: " + why, file.string());
    }
    const auto size = static_cast<std::size_t>(status.st_size);
    void* const map = size == 0 || size > limits::kPackBytesMax
        ? nullptr
        : ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, descriptor, 0);
    ::close(descriptor);
    if (size > limits::kPackBytesMax) {
        return fail(ErrorCode::TooLarge, "the file is larger than a pack may be", file.string());
    }
    if (map == MAP_FAILED) {
        return fail(ErrorCode::InvalidInput, "the file cannot be mapped", file.string());
    }
    return MappedFile(BytesView(static_cast<const char*>(map), size));
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : m_bytes(std::exchange(other.m_bytes, {}))
{
}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept
{
    std::swap(m_bytes, other.m_bytes);
    return *this;
}

MappedFile::~MappedFile()
{
    if (!m_bytes.empty()) {
        ::munmap(const_cast<char*>(m_bytes.data()), m_bytes.size());
    }
}

} // namespace exhibit::evidence
