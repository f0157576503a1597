// SPDX-License-Identifier: Apache-2.0
// Any bytes as the response of a time stamp authority, and as a token in a signature: what comes
// out of a response goes in again, and nothing that nobody stamped is believed.
#include "models/base/assert.h"
#include "models/evidence/timestamp.h"
#include "models/evidence/timestamp_token.h"

#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace exhibit;
    using namespace exhibit::evidence;
    const BytesView bytes(reinterpret_cast<const char*>(data), size);
    if (const auto token = tokenOfResponse(bytes)) {
        EXHIBIT_ASSERT(tokenOfResponse(responseOfToken(*token)) == *token);
    }
    for (const bool believe : {false, true}) {
        const TimestampAuthorities authorities{{}, {}, believe};
        EXHIBIT_ASSERT(!verifyTimestamp(responseOfToken(bytes), "never stamped", authorities));
        EXHIBIT_ASSERT(!verifyTimestamp(bytes, "never stamped", authorities));
    }
    return 0;
}
