// SPDX-License-Identifier: Apache-2.0
// Any bytes: a certificate's document that is read says the same when it is written again, and
// nothing that the fuzzer makes is ever called valid without a pinned key.
#include "models/base/assert.h"
#include "models/evidence/certificate_document.h"
#include "models/evidence/verifier.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace exhibit;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const auto document = evidence::parseCertificateDocument(text)) {
        const auto again
            = evidence::parseCertificateDocument(evidence::writeCertificateDocument(*document));
        EXHIBIT_ASSERT(again && again->envelope.payload == document->envelope.payload
                       && again->issuedField == document->issuedField
                       && again->entries.size() == document->entries.size());
    }
    const auto report = evidence::verifyFile(text, {});
    EXHIBIT_ASSERT(report.verdict != evidence::Verdict::Valid);
    return 0;
}
