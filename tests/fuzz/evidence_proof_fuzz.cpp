// SPDX-License-Identifier: Apache-2.0
// Any bytes: a proof that is read is written again as it was; verifying ends, whatever it says.
#include "models/base/assert.h"
#include "models/evidence/checkpoint.h"
#include "models/evidence/tiles.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace exhibit;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const auto proof = evidence::parseTlogProof(text)) {
        EXHIBIT_ASSERT(evidence::writeTlogProof(*proof) == text);
        const auto leaf = evidence::leafHash(text);
        EXHIBIT_ASSERT(
            !evidence::verifyInclusion(leaf, proof->index, proof->index, leaf, proof->hashes));
        EXHIBIT_ASSERT(
            !evidence::verifyInclusion(leaf, proof->index, proof->index + 2, leaf, proof->hashes));
    }
    if (const auto file = evidence::parseConsistency(text)) {
        EXHIBIT_ASSERT(evidence::writeConsistency(*file) == text);
        const auto root = evidence::leafHash(text);
        EXHIBIT_ASSERT(file->oldSize == 0
                       || !evidence::verifyConsistency(
                           {file->oldSize, root}, {file->oldSize + 1, root}, file->hashes));
    }
    if (const auto entries = evidence::parseEntryBundle(text)) {
        EXHIBIT_ASSERT(entries->size() <= evidence::kTileWidth);
    }
    return 0;
}
