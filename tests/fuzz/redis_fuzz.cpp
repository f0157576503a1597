// SPDX-License-Identifier: Apache-2.0
// Bytes that a Redis sends, and the address it is found by: replies are the same however their
// bytes come, and an address that is one leads somewhere.
#include "models/base/assert.h"
#include "server/redis/redis_address.h"
#include "server/redis/redis_reply.h"

#include <algorithm>

namespace {

/// The kinds of all replies; ends where the bytes are none.
std::string kindsOf(exhibit::BytesView bytes, std::size_t step)
{
    using namespace exhibit::redis;
    ReplyReader reader;
    std::string kinds;
    for (std::size_t at = 0; at < bytes.size(); at += step) {
        if (!reader.feed(bytes.substr(at, step))) {
            return kinds + "!";
        }
        auto reply = reader.next();
        while (reply && *reply) {
            kinds += static_cast<char>('0' + static_cast<int>((*reply)->kind));
            reply = reader.next();
        }
        if (!reply) {
            return kinds + "!";
        }
    }
    return kinds;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const exhibit::BytesView bytes(reinterpret_cast<const char*>(data), size);
    EXHIBIT_ASSERT(kindsOf(bytes, 1) == kindsOf(bytes, std::max<std::size_t>(size, 1)));
    const auto address = exhibit::redis::parseAddress(bytes);
    EXHIBIT_ASSERT(!address || (!address->host.empty() && address->port != 0));
    return 0;
}
