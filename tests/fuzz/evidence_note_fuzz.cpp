// SPDX-License-Identifier: Apache-2.0
// Any bytes: a note that is read is written again as it was; keys and keyrings likewise.
#include "models/base/assert.h"
#include "models/evidence/checkpoint.h"
#include "models/evidence/trust.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace exhibit;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const auto note = evidence::parseNote(text)) {
        EXHIBIT_ASSERT(evidence::writeNote(*note) == text);
    }
    if (const auto checkpoint = evidence::parseCheckpoint(text)) {
        EXHIBIT_ASSERT(text.starts_with(evidence::writeCheckpoint(*checkpoint)));
    }
    if (const auto key = evidence::NoteKey::parse(text)) {
        EXHIBIT_ASSERT(key->text() == text);
    }
    if (const auto lines = evidence::parseKeyring(text)) {
        EXHIBIT_ASSERT(evidence::parseKeyring(evidence::writeKeyring(*lines))->size()
                       == lines->size());
    }
    return 0;
}
