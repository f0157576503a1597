// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/report/art73.h"
#include "models/report/bundle.h"
#include "models/report/production.h"
#include "models/report/report_pdf.h"
#include "server/api/access.h"
#include "server/api/export_jobs.h"
#include "server/api/services.h"
#include "server/storage/pack_export.h"

/// What leaves the building about one incident: asked for, made, recorded.
namespace exhibit::api {

struct RedactionRequest {
    std::string path;
    std::string reason;
};
struct ExportRequest {
    std::string format = "exhibit";
    std::vector<report::Include> include{report::Include::FullTrace,
                                         report::Include::PolicyLog,
                                         report::Include::ReplayCert,
                                         report::Include::RootCause};
    std::vector<RedactionRequest> redactions;
    bool redact = true;
    storage::HandOver handOver;
    report::ProductionRequest production; ///< Of a legal production.
    report::Art73Entered art73; ///< Of a report under Article 73.
    std::string periodStart; ///< Of SOC 2 evidence.
    std::string periodEnd;
};

/// What one export works with.
struct ExportWork {
    SharedServices services;
    security::Principal principal;
    storage::Actor actor;
    IncidentId incident;
    ExportRequest request;
    Deadline deadline;
    ExportProgress progress{};

    [[nodiscard]] Result<void> tell(std::string_view phase,
                                    std::int64_t done = 0,
                                    std::int64_t total = 0) const
    {
        return progress ? progress(phase, done, total) : Result<void>();
    }
};

[[nodiscard]] bool isExportFormat(std::string_view format);
/// Makes it in the format of the request, which is one. TooLarge with kNeedsJob when it turns out
/// to take longer than anybody waits and nobody is told of its progress.
[[nodiscard]] Result<Exported> makeExport(const ExportWork& work);

// The parts that formats share.
[[nodiscard]] Result<report::EvidenceBundle> makeBundle(const ExportWork& work);
/// The pack of a bundle, with the bundles that reports are made from in it.
[[nodiscard]] Result<storage::ExportedPack> makePack(const ExportWork& work,
                                                     const report::EvidenceBundle& bundle);
/// What the log is to say of a file that was made from a pack, or that has one in it.
[[nodiscard]] JsonObject ofPack(const storage::ExportedPack& pack);
/// With what the log is to say of it; `more` belongs to the format.
[[nodiscard]] Exported recorded(const ExportWork& work,
                                const std::string& id,
                                Exported exported,
                                JsonObject more = {});

/// A production for legal discovery; its numbers are given out here.
[[nodiscard]] Result<Exported> exportAsProduction(const ExportWork& work);
/// Drafts: never signed in anybody's name, never sent.
[[nodiscard]] Result<Exported> exportAsArt73(const ExportWork& work);
[[nodiscard]] Result<Exported> exportAsArt73Json(const ExportWork& work);
[[nodiscard]] Result<Exported> exportAsDeclaration(const ExportWork& work);
[[nodiscard]] Result<Exported> exportAsCase(const ExportWork& work);

} // namespace exhibit::api
