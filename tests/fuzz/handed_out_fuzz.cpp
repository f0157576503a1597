// SPDX-License-Identifier: Apache-2.0
// Any bytes as a file that somebody handed on, and as the parts of an archive: verification ends
// with a verdict, and without a pinned key it is never "valid".
#include "models/base/assert.h"
#include "models/evidence/zip_writer.h"
#include "models/report/handed_out.h"

#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace exhibit;
    const BytesView bytes(reinterpret_cast<const char*>(data), size);
    const auto look = [](BytesView file) {
        const auto inspection = report::inspectHandedOut(file, {});
        EXHIBIT_ASSERT(inspection.report.verdict != evidence::Verdict::Valid);
    };
    look(bytes);
    for (const auto* names : {"soc2-b1/soc2.json",
                              "production-b1/legal_discovery.json",
                              "soc2-b1/manifest-sha256.txt"}) {
        Bytes archive;
        evidence::ZipWriter writer([&archive](BytesView part) -> Result<void> {
            archive += part;
            return {};
        });
        EXHIBIT_ASSERT(writer.add(names, bytes));
        EXHIBIT_ASSERT(writer.finish());
        look(archive);
    }
    return 0;
}
