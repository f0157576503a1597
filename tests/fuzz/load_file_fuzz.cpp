// SPDX-License-Identifier: Apache-2.0
// Any bytes as load files: what is read as one has rows of one length, and a page its number.
#include "models/base/assert.h"
#include "models/report/load_file_reader.h"

#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace exhibit;
    using namespace exhibit::report;
    const BytesView bytes(reinterpret_cast<const char*>(data), size);
    for (const auto encoding : {TextEncoding::Utf8, TextEncoding::Windows1252}) {
        if (const auto rows = readDat(bytes, encoding, size)) {
            for (const auto& row : *rows) {
                EXHIBIT_ASSERT(row.size() <= kDatValuesMax);
                EXHIBIT_ASSERT(row.size() == rows->front().size());
            }
        }
    }
    if (const auto pages = readOpt(bytes, size)) {
        for (const auto& page : *pages) {
            EXHIBIT_ASSERT(!page.key.empty());
        }
    }
    return 0;
}
