// SPDX-License-Identifier: Apache-2.0
#include "models/report/report_pdf.h"

#include "models/report/executive_debrief.h"
#include "models/report/incident_report.h"
#include "models/report/legal_discovery_json.h"
#include "models/report/soc2.h"
#include "models/report/typesetter.h"

namespace exhibit::report {
namespace {

Result<Soc2Bundle> readSoc2(BytesView bytes)
{
    EXHIBIT_TRY(const Json json, parseJson(bytes));
    return fromJson<Soc2Bundle>(json, UnknownMembers::Reject);
}

Result<Document> documentOfBundle(BytesView bytes, ReportKind kind)
{
    EXHIBIT_TRY(const Json json, parseJson(bytes));
    if (kind == ReportKind::LegalDiscovery) {
        EXHIBIT_TRY(const auto bundle,
                    fromJson<LegalDiscoveryBundle>(json, UnknownMembers::Reject));
        if (bundle.custodians.empty()) {
            return fail(ErrorCode::InvalidInput, "A production has a custodian.", "/custodians");
        }
        return legalCover(bundle);
    }
    return fail(ErrorCode::InvalidInput, "Not a report that is made from a bundle.");
}

} // namespace

std::string_view attachmentOf(ReportKind kind)
{
    switch (kind) {
    case ReportKind::Soc2:
        return kAttachedSoc2;
    case ReportKind::LegalDiscovery:
        return kAttachedLegal;
    case ReportKind::Incident:
    case ReportKind::ExecutiveDebrief:
        break;
    }
    return kAttachedPack;
}

Result<Bytes> makeBundleReport(BytesView bundle, ReportKind kind, const PdfSigner& sign)
{
    EXHIBIT_TRY(Document document, documentOfBundle(bundle, kind));
    document.report = wireName(kind);
    EXHIBIT_TRY(const auto typeset, report::typeset(document));
    PdfFinish finish;
    finish.attachments.push_back({std::string(attachmentOf(kind)),
                                  "application/json",
                                  "What these pages say, as a machine reads it",
                                  bundle});
    finish.sign = sign;
    finish.signReason = "Exported from the record that is attached; nobody vouches for it by this";
    return finishPdf(typeset.pdf, document, finish);
}

Result<Document> documentOf(BytesView pack, ReportKind kind)
{
    EXHIBIT_TRY(const auto facts, readPackFacts(pack));
    if (attachmentOf(kind) != kAttachedPack) {
        return fail(ErrorCode::InvalidInput, "This report is not made from a pack.");
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
