// SPDX-License-Identifier: Apache-2.0
// Any bytes: a canonical form is its own canonical form; what has a restricted canonical form has
// the same one by RFC 8785; an entry or field that is read is written again as it was.
#include "models/base/assert.h"
#include "models/base/canonical_json.h"
#include "models/evidence/entry.h"
#include "models/evidence/field.h"
#include "models/evidence/jcs.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace exhibit;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const auto canonical = evidence::canonicaliseRfc8785(text)) {
        EXHIBIT_ASSERT(evidence::canonicaliseRfc8785(*canonical) == *canonical);
    }
    if (parseCanonicalJson(text)) {
        EXHIBIT_ASSERT(evidence::canonicaliseRfc8785(text) == text);
    }
    if (const auto entry = evidence::parseEntry(text)) {
        EXHIBIT_ASSERT(evidence::writeEntry(*entry) == text && parseCanonicalJson(text));
        EXHIBIT_ASSERT(evidence::parseEntryHead(text)->sequence == entry->sequence);
    }
    if (const auto field = evidence::parseField(text)) {
        EXHIBIT_ASSERT(evidence::writeField(*field) == text);
    }
    return 0;
}
