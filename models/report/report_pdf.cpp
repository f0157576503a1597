// SPDX-License-Identifier: Apache-2.0
#include "models/report/report_pdf.h"

#include "models/report/executive_debrief.h"
#include "models/report/incident_report.h"
#include "models/report/typesetter.h"

namespace exhibit::report {

Result<Document> documentOf(BytesView pack, ReportKind kind)
{
    EXHIBIT_TRY(const auto facts, readPackFacts(pack));
    auto document = kind == ReportKind::Incident ? incidentReport(facts) : executiveDebrief(facts);
    if (document) {
        document->report = wireName(kind);
    }
    return document;
}

Result<Bytes> makeReport(BytesView pack, ReportKind kind, const PdfSigner& sign)
{
    EXHIBIT_TRY(const auto document, documentOf(pack, kind));
    EXHIBIT_TRY(const auto typeset, report::typeset(document));
    PdfFinish finish;
    finish.attachments.push_back({std::string(kAttachedPack),
                                  std::string(evidence::kPackMimetype),
                                  "Evidence pack: it prevails over these pages",
                                  pack});
    finish.sign = sign;
    finish.signReason = "Exported from the evidence pack that is attached";
    return finishPdf(typeset.pdf, document, finish);
}

} // namespace exhibit::report
