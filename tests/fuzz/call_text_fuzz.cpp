// SPDX-License-Identifier: Apache-2.0
// The texts of a call, of any JSON: the limits hold and PostgreSQL can store what comes out.
#include "models/base/assert.h"
#include "models/base/json.h"
#include "models/redaction/redaction_pack.h"
#include "server/storage/call_text.h"

namespace {

const exhibit::scan::RedactionPack& pack()
{
    static const auto named = exhibit::redaction::shippedPack().value();
    return named.pack;
}

void check(const std::string& text)
{
    EXHIBIT_ASSERT(text.size() <= exhibit::limits::kCallTextBytesMax);
    EXHIBIT_ASSERT(exhibit::isValidUtf8(text));
    EXHIBIT_ASSERT(text.find('\0') == std::string::npos);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size)
{
    const auto json
        = exhibit::parseJson(exhibit::BytesView(reinterpret_cast<const char*>(data), size));
    if (!json) {
        return 0;
    }
    const auto text
        = exhibit::storage::callText(pack(), {*json, std::vector<exhibit::Json>(1, *json), *json});
    check(text.asked);
    check(text.answered);
    return 0;
}
