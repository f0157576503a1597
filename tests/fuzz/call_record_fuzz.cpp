// SPDX-License-Identifier: Apache-2.0
// First byte: the record's kind; the rest: its payload. What can be read must be written and read
// again the same.
#include "models/base/assert.h"
#include "server/spool/call_record.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace exhibit;
    if (size == 0) {
        return 0;
    }
    const auto kind = static_cast<spool::RecordKind>(data[0]);
    const BytesView payload(reinterpret_cast<const char*>(data) + 1, size - 1);
    const auto content = spool::decodeRecord(kind, payload);
    if (content) {
        EXHIBIT_ASSERT(spool::kindOf(*content) == kind);
        const Bytes written = spool::encodeRecord(*content);
        const auto again = spool::decodeRecord(kind, written);
        EXHIBIT_ASSERT(again);
        EXHIBIT_ASSERT(spool::encodeRecord(*again) == written);
    }
    return 0;
}
