// SPDX-License-Identifier: Apache-2.0
#include "models/report/report_pdf.h"

#include "models/report/art73.h"
#include "models/report/declaration.h"
#include "models/report/executive_debrief.h"
#include "models/report/incident_report.h"
#include "models/report/legal_discovery_json.h"
#include "models/report/soc2.h"
#include "models/report/typesetter.h"

namespace exhibit::report {
namespace {

template <class T>
Result<T> readBundle(BytesView bytes)
{
    EXHIBIT_TRY(const Json json, parseJson(bytes));
    return fromJson<T>(json, UnknownMembers::Reject);
}

Result<Document> documentOfBundle(BytesView bytes, ReportKind kind)
{
    switch (kind) {
    case ReportKind::Soc2: {
        EXHIBIT_TRY(const auto bundle, readBundle<Soc2Bundle>(bytes));
        return soc2Report(bundle);
    }
    case ReportKind::LegalDiscovery: {
        EXHIBIT_TRY(const auto bundle, readBundle<LegalDiscoveryBundle>(bytes));
        const bool numbered = bundle.batesFirst > 0 && bundle.batesFirst <= bundle.batesLast
            && bundle.batesLast <= kBatesMax;
        if (bundle.custodians.empty() || !numbered) {
            return fail(ErrorCode::InvalidInput, "A production has a custodian and numbers.");
        }
        return legalCover(bundle);
    }
    case ReportKind::AiActArt73: {
        EXHIBIT_TRY(const auto bundle, readBundle<Art73Bundle>(bytes));
        return art73Report(bundle);
    }
    case ReportKind::Fre902: {
        EXHIBIT_TRY(const auto facts, readBundle<DeclarationFacts>(bytes));
        return draftDeclaration(facts);
    }
    case ReportKind::Incident:
    case ReportKind::ExecutiveDebrief:
        break;
    }
    return fail(ErrorCode::InvalidInput, "This report is made from a pack.");
}

const char* descriptionOf(std::string_view name)
{
    return name == kAttachedProofs ? "Proofs that the log holds the entries that are named"
                                   : "What the pages are drawn from";
}

std::string mimeTypeOf(std::string_view name)
{
    return name.ends_with(".exhibit") ? std::string(evidence::kPackMimetype)
                                      : "application/x-ndjson";
}

} // namespace

bool isSignedByNobody(ReportKind kind)
{
    return kind == ReportKind::Fre902;
}

std::string_view attachmentOf(ReportKind kind)
{
    switch (kind) {
    case ReportKind::Soc2:
        return kAttachedSoc2;
    case ReportKind::LegalDiscovery:
        return kAttachedLegal;
    case ReportKind::AiActArt73:
        return kAttachedArt73;
    case ReportKind::Fre902:
        return kAttachedDeclaration;
    case ReportKind::Incident:
    case ReportKind::ExecutiveDebrief:
        break;
    }
    return kAttachedPack;
}

Result<Bytes> makeBundleReport(BytesView bundle,
                               ReportKind kind,
                               const std::map<std::string, Bytes>& beside,
                               const PdfSigner& sign)
{
    EXHIBIT_TRY(Document document, documentOfBundle(bundle, kind));
    document.report = wireName(kind);
    EXHIBIT_TRY(const auto typeset, report::typeset(document));
    PdfFinish finish;
    finish.attachments.push_back({std::string(attachmentOf(kind)),
                                  "application/json",
                                  "What these pages say, as a machine reads it",
                                  bundle});
    for (const auto& [name, bytes] : beside) {
        finish.attachments.push_back({name, mimeTypeOf(name), descriptionOf(name), bytes});
    }
    finish.sign = isSignedByNobody(kind) ? PdfSigner() : sign;
    finish.signReason = "Exported from the record that is attached; not an attestation";
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

} // namespace exhibit::report
