// SPDX-License-Identifier: Apache-2.0
// Drafts for authorities and courts, and what forensic programs read: each made from the pack.
#include "models/report/art73.h"
#include "models/report/case_uco.h"
#include "models/report/declaration.h"
#include "models/report/words.h"
#include "server/api/export_work.h"
#include "server/storage/entry_names.h"
#include "server/storage/mappings.h"

namespace exhibit::api {
namespace {

struct Source {
    storage::ExportedPack pack;
    report::PackFacts facts;
};

Result<Source> readSource(const ExportWork& work)
{
    EXHIBIT_TRY(const auto bundle, makeBundle(work));
    Source source;
    EXHIBIT_TRY(source.pack, makePack(work, bundle));
    EXHIBIT_TRY(source.facts, report::readPackFacts(source.pack.bytes));
    // Whoever signs such a draft says that the record holds; a report says itself what failed.
    if (source.facts.checks.hasFailure()) {
        return storage::evidenceDamaged(source.pack.origin, "its pack does not pass its checks");
    }
    return source;
}

Result<report::Art73Bundle> art73Of(const ExportWork& work, const Source& source)
{
    EXHIBIT_TRY(const Json mapping, storage::readMapping("ai_act_art73.json"));
    return report::makeArt73(source.facts, mapping, work.request.art73, "/art73");
}

} // namespace

Result<Exported> exportAsArt73Json(const ExportWork& work)
{
    EXHIBIT_TRY(const auto source, readSource(work));
    EXHIBIT_TRY(const auto bundle, art73Of(work, source));
    return recorded(
        work,
        source.pack.id,
        {printJson(toJson(bundle)), "application/json", work.incident.text() + "-art73.json", {}},
        ofPack(source.pack));
}

Result<Exported> exportAsArt73(const ExportWork& work)
{
    EXHIBIT_TRY(const auto source, readSource(work));
    EXHIBIT_TRY(const auto bundle, art73Of(work, source));
    EXHIBIT_TRY(const auto keys, work.services->evidence->packKeys());
    const auto sign = [&keys, &source](const Digest& document) {
        return keys.signPdf(source.pack.id, document);
    };
    EXHIBIT_TRY(auto pdf,
                report::makeBundleReport(printJson(toJson(bundle)),
                                         report::ReportKind::AiActArt73,
                                         {{std::string(report::kAttachedPack), source.pack.bytes}},
                                         sign));
    return recorded(work,
                    source.pack.id,
                    {std::move(pdf), "application/pdf", work.incident.text() + "-art73.pdf", {}},
                    ofPack(source.pack));
}

/// A draft that nobody signed, so that the file is not signed either.
Result<Exported> exportAsDeclaration(const ExportWork& work)
{
    EXHIBIT_TRY(const auto source, readSource(work));
    const auto declared = report::declarationOf(source.facts);
    EXHIBIT_TRY(auto pdf,
                report::makeBundleReport(printJson(toJson(declared)),
                                         report::ReportKind::Fre902,
                                         {{std::string(report::kAttachedPack), source.pack.bytes}},
                                         {}));
    return recorded(work,
                    source.pack.id,
                    {std::move(pdf), "application/pdf", work.incident.text() + "-fre902.pdf", {}},
                    ofPack(source.pack));
}

Result<Exported> exportAsCase(const ExportWork& work)
{
    EXHIBIT_TRY(const auto source, readSource(work));
    EXHIBIT_TRY(const Json mapping, storage::readMapping("case_uco.json"));
    return recorded(work,
                    source.pack.id,
                    {printJson(report::caseUco(source.facts, mapping)),
                     "application/ld+json",
                     work.incident.text() + "-case.jsonld",
                     {}},
                    ofPack(source.pack));
}

} // namespace exhibit::api
