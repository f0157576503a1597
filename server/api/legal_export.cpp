// SPDX-License-Identifier: Apache-2.0
#include "models/report/produced_bundles.h"
#include "server/api/export_work.h"
#include "server/storage/bates_store.h"
#include "server/storage/report_facts.h"

namespace exhibit::api {
namespace {

constexpr std::int64_t kPagesAtOnceMax = 500; ///< Page images that a request waits for.

/// A production shows everything that is not redacted or withheld.
Result<report::ProducedBundles> bundlesOf(const ExportWork& work)
{
    EXHIBIT_TRY(const auto facts,
                storage::readReportFacts(
                    work.services->database,
                    work.services->evidence == nullptr ? nullptr : &work.services->evidence->keys,
                    work.principal.tenant,
                    work.incident,
                    work.deadline));
    return report::makeProducedBundles(facts,
                                       {.bundleId = Uuid::v7().base32(),
                                        .createdAt = utcNow(),
                                        .exportedBy = work.actor.id,
                                        .reason = work.request.handOver.reason,
                                        .include = report::everyInclude(),
                                        .redact = work.request.redact},
                                       work.request.production);
}

} // namespace

Result<Exported> exportAsProduction(const ExportWork& work)
{
    const auto& production = work.request.production;
    EXHIBIT_CHECK(report::check(production, "/production"));
    EXHIBIT_CHECK(report::checkEntered(production,
                                       {{"/case", work.request.handOver.caseId},
                                        {"/authority", work.request.handOver.authority},
                                        {"/recipient", work.request.handOver.recipient},
                                        {"/reason", work.request.handOver.reason}},
                                       "/production"));
    if (!work.request.redactions.empty()) {
        // Its privilege log could not give the grounds.
        return fail(ErrorCode::InvalidInput,
                    "a production withholds documents (production.withheld) and redacts passages "
                    "(production.passages), not fields",
                    "/redactions");
    }
    EXHIBIT_TRY(const auto bundles, bundlesOf(work));
    EXHIBIT_TRY(const auto pack, makePack(work, bundles.shown));
    EXHIBIT_TRY(auto plan,
                report::planProduction({pack.bytes, bundles.original, work.request.handOver.caseId},
                                       production));
    if (plan.pages > kPagesAtOnceMax && !work.progress) {
        return fail(
            ErrorCode::TooLarge, "the production has more than 500 pages", std::string(kNeedsJob));
    }
    // Numbers are given out for good: not for what nobody wants any more.
    EXHIBIT_CHECK(work.tell("pages", 0, plan.pages));
    const std::string id = bundles.shown.bundleId;
    EXHIBIT_TRY(const auto numbering,
                storage::allocateBates(work.services->database,
                                       work.services->ledger,
                                       work.principal.tenant,
                                       {.prefix = production.prefix,
                                        .pages = plan.pages,
                                        .productionId = id,
                                        .incident = work.incident,
                                        .actor = work.actor},
                                       work.deadline));
    EXHIBIT_TRY(const auto keys, work.services->evidence->packKeys());
    const auto sign = [&keys, &id](const Digest& document) { return keys.signPdf(id, document); };
    const std::int64_t pages = plan.pages;
    const auto drawn
        = [&work, pages](std::int64_t count) { return work.tell("pages", count, pages); };
    EXHIBIT_TRY(auto archive, report::writeProduction(std::move(plan), numbering, sign, drawn));
    const auto number = [&](std::int64_t page) {
        return report::batesText(production.prefix, numbering.first + page);
    };
    auto more = ofPack(pack);
    more.emplace("bates_first", number(0));
    more.emplace("bates_last", number(pages - 1));
    return recorded(work,
                    id,
                    {std::move(archive), "application/zip", "production-" + id + ".zip", {}},
                    std::move(more));
}

} // namespace exhibit::api
