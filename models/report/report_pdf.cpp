// SPDX-License-Identifier: Apache-2.0
#include "models/report/report_pdf.h"

#include "models/report/executive_debrief.h"
#include "models/report/incident_report.h"
#include "models/report/soc2.h"
#include "models/report/typesetter.h"

namespace exhibit::report {
namespace {

Result<Soc2Bundle> readSoc2(BytesView bytes)
{
    EXHIBIT_TRY(const Json json, parseJson(bytes));
    return fromJson<Soc2Bundle>(json, UnknownMembers::Reject);
}

} // namespace

Result<Document> documentOf(BytesView pack, ReportKind kind)
{
    EXHIBIT_TRY(const auto facts, readPackFacts(pack));
    if (kind == ReportKind::Soc2) {
        return fail(ErrorCode::InvalidInput, "A SOC 2 report is not made from a pack.");
    }
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

Result<Bytes> makeSoc2Report(BytesView json,
                             const std::map<std::string, Bytes>& listings,
                             const PdfSigner& sign)
{
    EXHIBIT_TRY(const auto bundle, readSoc2(json));
    Document document = soc2Report(bundle);
    document.report = wireName(ReportKind::Soc2);
    EXHIBIT_TRY(const auto typeset, report::typeset(document));
    PdfFinish finish;
    finish.attachments.push_back({std::string(kAttachedSoc2),
                                  "application/json",
                                  "The evidence as a machine reads it",
                                  json});
    for (const auto& [name, listing] : listings) {
        finish.attachments.push_back({name, "application/x-ndjson", "A population", listing});
    }
    finish.sign = sign;
    finish.signReason = "Exported from the evidence that is attached; not an attestation";
    return finishPdf(typeset.pdf, document, finish);
}

std::optional<std::string> faultOfListings(BytesView json,
                                           const std::map<std::string, Bytes>& attachments)
{
    const auto bundle = readSoc2(json);
    if (!bundle) {
        return "soc2.json: " + bundle.error().message;
    }
    for (const auto& row : bundle->rows) {
        if (!row.evidenceSha256) {
            continue;
        }
        const auto found = attachments.find(row.evidenceFile);
        if (found == attachments.end() || sha256(found->second) != *row.evidenceSha256) {
            return "the listing of " + row.criterion + " is not the one that was exported";
        }
    }
    return std::nullopt;
}

} // namespace exhibit::report
