// SPDX-License-Identifier: Apache-2.0
#include "server/api/export_work.h"

#include "models/report/bundle_json.h"
#include "models/report/executive_debrief.h"
#include "models/report/left_out.h"
#include "models/report/passages.h"
#include "models/report/redaction.h"
#include "server/storage/export_record.h"
#include "server/storage/report_facts.h"

#include <algorithm>

namespace exhibit::api {
namespace {

/// Fields that show personal data or a secret; the names of users are personal data.
std::optional<std::string> reasonToWithhold(const report::ExportRedaction& redaction,
                                            std::string_view path,
                                            const Json& value)
{
    const std::string text = value.is_string() ? std::string(value.get_string()) : "";
    if (path == "/user_id") {
        return text.empty() ? std::nullopt
                            : std::optional<std::string>("personal data: the user's name");
    }
    if (path == "/incident" || path == "/decision") {
        const auto said = parseJson(text);
        if (said && !stringMember(*said, "user_id").empty()) {
            return "personal data: the user's name";
        }
        if (said && redaction.concerns(*said)) {
            return "personal data or a secret"; // Spelled otherwise than in the JSON's text.
        }
    }
    return redaction.concerns(value) ? std::optional<std::string>("personal data or a secret")
                                     : std::nullopt;
}

/// Of an entry that may repeat a document withheld from the production: ids, times and counts.
bool saysNothingOfContent(std::string_view path)
{
    constexpr std::string_view kPlain[] = {"/call_id",
                                           "/run_id",
                                           "/incident_id",
                                           "/occurred_at",
                                           "/closed_at",
                                           "/spool",
                                           "/status",
                                           "/reporter_id",
                                           "/outcome",
                                           "/cost_microcents",
                                           "/recovered",
                                           "/usage",
                                           "/model",
                                           "/snapshot_id",
                                           "/project_id",
                                           "/reporter_type"};
    return std::find(std::begin(kPlain), std::end(kPlain), path) != std::end(kPlain);
}

Result<Exported> exportAsPack(const ExportWork& work)
{
    EXHIBIT_TRY(const auto bundle, makeBundle(work));
    EXHIBIT_TRY(auto pack, makePack(work, bundle));
    JsonObject more{{"tree_size", pack.treeSize}, {"withheld", pack.withheld}};
    return recorded(
        work,
        pack.id,
        {std::move(pack.bytes), "application/vnd.exhibit+zip", pack.id + ".exhibit", {}},
        std::move(more));
}

Result<Exported> exportAsJson(const ExportWork& work)
{
    EXHIBIT_TRY(const auto bundle, makeBundle(work));
    return recorded(
        work,
        bundle.bundleId,
        {printJson(toJson(bundle)), "application/json", work.incident.text() + ".json", {}});
}

/// Without the bundle it is made of: pages need room too.
Result<storage::ExportedPack> packAlone(const ExportWork& work)
{
    EXHIBIT_TRY(const auto bundle, makeBundle(work));
    return makePack(work, bundle);
}

Result<Exported> exportAsReport(const ExportWork& work, report::ReportKind kind)
{
    EXHIBIT_TRY(const auto pack, packAlone(work));
    EXHIBIT_TRY(const auto keys, work.services->evidence->packKeys());
    EXHIBIT_CHECK(work.tell("pages"));
    EXHIBIT_TRY(auto pdf,
                report::makeReport(pack.bytes, kind, [&keys, &pack](const Digest& document) {
                    return keys.signPdf(pack.id, document);
                }));
    return recorded(work,
                    pack.id,
                    {std::move(pdf),
                     "application/pdf",
                     work.incident.text() + "-" + std::string(wireName(kind)) + ".pdf",
                     {}},
                    ofPack(pack));
}

Result<Exported> exportAsPdf(const ExportWork& work)
{
    return exportAsReport(work, report::ReportKind::Incident);
}

Result<Exported> exportAsDebrief(const ExportWork& work)
{
    return exportAsReport(work, report::ReportKind::ExecutiveDebrief);
}

/// As it stands in the pack of the same incident.
Result<Exported> exportAsDebriefJson(const ExportWork& work)
{
    EXHIBIT_TRY(const auto bundle, makeBundle(work));
    return recorded(work,
                    bundle.bundleId,
                    {printJson(toJson(report::makeExecutiveDebrief(bundle))),
                     "application/json",
                     work.incident.text() + "-executive_debrief.json",
                     {}});
}

using Make = Result<Exported> (*)(const ExportWork&);

/// nullptr for an unknown format.
Make makerOf(std::string_view format)
{
    static constexpr std::pair<std::string_view, Make> kFormats[]
        = {{"exhibit", exportAsPack},
           {"json", exportAsJson},
           {"pdf", exportAsPdf},
           {"executive_debrief", exportAsDebrief},
           {"executive_debrief_json", exportAsDebriefJson},
           {"legal_discovery", exportAsProduction},
           {"ai_act_art73", exportAsArt73},
           {"ai_act_art73_json", exportAsArt73Json},
           {"fre_902", exportAsDeclaration},
           {"case_uco", exportAsCase}};
    for (const auto& [name, make] : kFormats) {
        if (name == format) {
            return make;
        }
    }
    return nullptr;
}

} // namespace

Result<report::EvidenceBundle> makeBundle(const ExportWork& work)
{
    EXHIBIT_TRY(const auto facts,
                storage::readReportFacts(
                    work.services->database,
                    work.services->evidence == nullptr ? nullptr : &work.services->evidence->keys,
                    work.principal.tenant,
                    work.incident,
                    work.deadline));
    const auto& include = work.request.include;
    EXHIBIT_TRY(auto bundle,
                report::makeEvidenceBundle(facts,
                                           {.bundleId = Uuid::v7().base32(),
                                            .createdAt = utcNow(),
                                            .exportedBy = work.actor.id,
                                            .reason = work.request.handOver.reason,
                                            .include = {include.begin(), include.end()},
                                            .redact = work.request.redact}));
    std::vector<std::string> paths;
    for (const auto& redaction : work.request.redactions) {
        paths.push_back(redaction.path);
    }
    EXHIBIT_CHECK(report::leaveOut(bundle, paths));
    return bundle;
}

Result<storage::ExportedPack> makePack(const ExportWork& work, const report::EvidenceBundle& bundle)
{
    if (work.services->evidence == nullptr) {
        return fail(ErrorCode::Unavailable, "the ledger is not open");
    }
    EXHIBIT_CHECK(work.tell("pack"));
    EXHIBIT_TRY(auto redaction, report::ExportRedaction::make(work.request.redact));
    storage::PackRequest pack;
    pack.incident = work.incident;
    for (const auto& one : work.request.redactions) {
        pack.redactions.push_back({one.path, one.reason});
    }
    pack.handOver = work.request.handOver;
    const auto& custodian = work.request.production.custodian;
    pack.custodian = custodian.empty() ? bundle.tenant.name : custodian;
    if (bundle.violatedPolicy) {
        pack.classifications = bundle.violatedPolicy->references;
    }
    pack.exporter = work.actor;
    // Of what the bundle holds, the evidence too.
    for (const auto one : report::everyInclude()) {
        const auto& left = bundle.leftOut;
        if (std::find(left.begin(), left.end(), wireName(one)) != left.end()) {
            pack.include.erase(one);
        }
    }
    const auto& production = work.request.production;
    const bool withheld = !production.withheld.empty() || !production.passages.empty();
    EXHIBIT_TRY(const auto none, report::ExportRedaction::make(false));
    const report::Passages passages(production.passages, none);
    pack.tells
        = [&passages](std::string_view text) { return !passages.standingIn(Json(text)).empty(); };
    if (redaction.on() || withheld) {
        pack.withhold
            = [&redaction, &passages, withheld](std::string_view path,
                                                const Json& value) -> std::optional<std::string> {
            if (withheld && (!saysNothingOfContent(path) || !passages.standingIn(value).empty())) {
                return "may repeat a document or a passage that is withheld";
            }
            return redaction.on() ? reasonToWithhold(redaction, path, value) : std::nullopt;
        };
    }
    pack.exports.emplace(report::kBundlePath, printJson(toJson(bundle)));
    pack.exports.emplace(report::kDebriefPath,
                         printJson(toJson(report::makeExecutiveDebrief(bundle))));
    return storage::exportPack(work.services->database,
                               *work.services->evidence,
                               work.principal.tenant,
                               pack,
                               work.deadline);
}

JsonObject ofPack(const storage::ExportedPack& pack)
{
    return {{"pack_sha256", toHex(asView(sha256(pack.bytes)))},
            {"tree_size", pack.treeSize},
            {"withheld", pack.withheld}};
}

Exported recorded(const ExportWork& work, const std::string& id, Exported exported, JsonObject more)
{
    const auto& asked = work.request;
    JsonArray include;
    const bool all = asked.format == "legal_discovery"; // Whatever was asked for.
    for (const auto one : report::everyInclude()) {
        if (all
            || std::find(asked.include.begin(), asked.include.end(), one) != asked.include.end()) {
            include.emplace_back(wireName(one));
        }
    }
    more.emplace("include", std::move(include));
    JsonArray leftOut;
    for (const auto& redaction : asked.redactions) {
        leftOut.emplace_back(redaction.path);
    }
    if (!leftOut.empty()) {
        more.emplace("redactions", std::move(leftOut));
    }
    JsonArray withheld;
    for (const auto& document : asked.production.withheld) {
        withheld.emplace_back(document.stepIndex);
    }
    if (all && !withheld.empty()) {
        more.emplace("withheld_steps", std::move(withheld));
    }
    if (all && !asked.production.passages.empty()) { // Never what they say.
        more.emplace("redacted_passages", asked.production.passages.size());
    }
    exported.record = storage::ExportRecord{.id = id,
                                            .format = work.request.format,
                                            .handOver = asked.handOver,
                                            .sha256 = sha256(exported.bytes),
                                            .bytes = exported.bytes.size(),
                                            .incident = work.incident,
                                            .redacted = asked.redact,
                                            .more = std::move(more)};
    return exported;
}

bool isExportFormat(std::string_view format)
{
    return makerOf(format) != nullptr;
}

Result<Exported> makeExport(const ExportWork& work)
{
    return makerOf(work.request.format)(work);
}

} // namespace exhibit::api
