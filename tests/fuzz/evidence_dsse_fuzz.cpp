// SPDX-License-Identifier: Apache-2.0
// Any bytes: an envelope that is read says the same when it is written again; a statement that is
// read is written as it was.
#include "models/base/assert.h"
#include "models/evidence/dsse.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace exhibit;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const auto envelope = evidence::parseEnvelope(text)) {
        const auto again = evidence::parseEnvelope(evidence::writeEnvelope(*envelope));
        EXHIBIT_ASSERT(again && again->payload == envelope->payload
                       && again->payloadType == envelope->payloadType
                       && again->signatures.size() == envelope->signatures.size());
        EXHIBIT_ASSERT(evidence::verifyEnvelope(*envelope, {}).empty());
    }
    if (const auto statement = evidence::parseStatement(text)) {
        const auto written = evidence::writeStatement(*statement);
        EXHIBIT_ASSERT(written.has_value());
    }
    return 0;
}
