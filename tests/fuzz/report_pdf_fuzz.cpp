// SPDX-License-Identifier: Apache-2.0
// Any bytes as a report, and as what is attached to one: verification ends with a verdict, and
// without a pinned certificate it is never "valid".
#include "models/base/assert.h"
#include "models/report/pdf_text.h"
#include "models/report/pdf_verifier.h"
#include "models/report/report_pdf.h"
#include "models/report/typesetter.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace exhibit;
    using namespace exhibit::report;
    const Bytes bytes(reinterpret_cast<const char*>(data), size);
    EXHIBIT_ASSERT(verifyReportPdf(bytes, {}, {}).verdict != evidence::Verdict::Valid);
    if (const auto text = readPdfText(bytes); text && !text->pageEnds.empty()) {
        EXHIBIT_ASSERT(text->pageEnds.back() == text->body.size());
    }
    static const Bytes pages = typeset(Document{}).value().pdf;
    for (const auto& [kind, name] : EnumNames<ReportKind>::kNames) {
        Document document;
        document.report = name;
        PdfFinish finish;
        finish.attachments.push_back(
            {std::string(attachmentOf(kind)), "application/octet-stream", "", bytes});
        const auto pdf = finishPdf(pages, document, finish);
        EXHIBIT_ASSERT(pdf);
        EXHIBIT_ASSERT(verifyReportPdf(*pdf, {}, {}).verdict != evidence::Verdict::Valid);
    }
    return 0;
}
