// SPDX-License-Identifier: Apache-2.0
#include "server/signer/socket_address.h"

#include <cstring>

#include <fcntl.h>

namespace exhibit::signer {

Result<SocketAddress> SocketAddress::of(const std::filesystem::path& socket)
{
    SocketAddress result;
    result.folder = spool::FileDescriptor(
        ::open(socket.parent_path().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (result.folder.get() < 0) {
        return spool::systemError("the folder of the signer's socket cannot be opened", socket);
    }
    const std::string path
        = "/proc/self/fd/" + std::to_string(result.folder.get()) + "/" + socket.filename().string();
    if (path.size() >= sizeof result.address.sun_path) {
        return fail(ErrorCode::InvalidInput, "the signer's socket has too long a name", path);
    }
    result.address.sun_family = AF_UNIX;
    std::memcpy(result.address.sun_path, path.c_str(), path.size() + 1);
    return result;
}

} // namespace exhibit::signer
