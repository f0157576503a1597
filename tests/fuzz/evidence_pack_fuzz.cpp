// SPDX-License-Identifier: Apache-2.0
// Any bytes as a pack, and as the payload file of an otherwise good pack: verification ends with a
// verdict, and without a pinned key it is never "valid".
#include "models/base/assert.h"
#include "models/evidence/bundle_claims.h"
#include "models/evidence/call_bytes.h"
#include "models/evidence/erased_fields.h"
#include "models/evidence/pack.h"
#include "models/evidence/verifier.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace exhibit;
    using namespace exhibit::evidence;
    const Bytes text(reinterpret_cast<const char*>(data), size);
    EXHIBIT_ASSERT(verifyFile(text, {}).verdict != Verdict::Valid);
    if (const auto fields = parseErasedFields(text)) {
        const Json again = JsonObject{{"erased", erasedFieldsJson(*fields)}};
        EXHIBIT_ASSERT(parseErasedFields(printJson(again)) == fields);
    }
    if (const auto pieces = parseCallPieces(text)) {
        const auto again = parseCallPieces(writeCallPieces(*pieces).value());
        EXHIBIT_ASSERT(again && again->released.size() == pieces->released.size()
                       && again->withheld.size() == pieces->withheld.size());
        static_cast<void>(chainOf(pieces->released, text));
    }
    if (const auto json = parseJson(text)) {
        const Json* other = findMember(*json, "other");
        const Json& committed = other == nullptr ? *json : *other;
        static_cast<void>(incidentContradictions(*json, committed));
        static_cast<void>(violationContradictions(*json, committed));
        static_cast<void>(stepContradictions(*json, "", committed));
    }
    // The first line names the payload file, the rest is its content.
    const std::size_t line = std::min(text.find('\n'), text.size());
    const std::string name = "data/" + text.substr(0, line);
    const auto bag = makeBag(
        {"fuzz", "log.example", 1, 0, "", ""},
        "2026-11-21",
        {{name, text.substr(std::min(line + 1, text.size()))}},
        [](const auto& statement, const auto& digest) -> Result<Envelope> {
            EXHIBIT_TRY(Bytes payload, writePackStatement(statement, digest));
            return Envelope{std::move(payload), std::string(kInTotoType), {{"none", "none"}}};
        });
    Bytes archive;
    const auto written = writePack("fuzz", *bag, [&archive](BytesView bytes) -> Result<void> {
        archive += bytes;
        return {};
    });
    if (written) {
        EXHIBIT_ASSERT(verifyPack(archive, {}).verdict != Verdict::Valid);
    }
    return 0;
}
