// SPDX-License-Identifier: Apache-2.0
// Checks of a tenant's logs, and what is handed to those who look into damage.
#include "server/api/ledger_query.h"
#include "server/api/places.h"
#include "server/api/reply.h"
#include "server/ops/log.h"
#include "server/storage/ledger_dump.h"
#include "server/storage/ledger_findings.h"
#include "server/storage/self_tests.h"

namespace exhibit::api {
namespace {

constexpr std::chrono::seconds kVerifyTimeout{300};
/// Checks of whole logs; the API has 8 threads and 8 readers.
constexpr int kChecksMax = 2;
constexpr const char* kChecksBusy = "checks_busy";

JsonArray gapsJson(const storage::SpoolLosses& losses)
{
    JsonArray list;
    for (const auto& gap : losses.gaps) {
        list.push_back(
            JsonObject{{"replica", gap.replica}, {"first", gap.first}, {"last", gap.last}});
    }
    return list;
}

JsonArray openJournalsJson(const storage::SpoolLosses& losses)
{
    JsonArray list;
    for (const auto& open : losses.open) {
        list.push_back(JsonObject{{"replica", open.replica},
                                  {"brought", open.brought},
                                  {"told_at", formatTime(open.toldAt)}});
    }
    return list;
}

/// Made with the routes; found again later, when nothing may be added any more.
ops::Counter& failedChecks(const SharedServices& services)
{
    return services->metrics.counter("exhibit_ledger_verify_failed_total",
                                     "Checks of a log that found damage which was not known");
}

/// The answer stands without the entry: what cannot be written now is when somebody asks again.
void noteFindings(const SharedServices& services,
                  const http::Request& request,
                  const security::Principal& principal,
                  const storage::LedgerCheck& check)
{
    if (check.sound()) {
        return;
    }
    const auto record = [&](storage::Transaction& transaction) {
        return storage::recordFindings(
            transaction, services->ledger, actorOf(request, principal), check);
    };
    const auto first
        = services->database.write(principal.tenant, Deadline::after(kHandlerTimeout), record);
    if (!first) {
        ops::logError("the findings of a check cannot be recorded: {}", first.error().message);
    } else if (*first) {
        failedChecks(services).add();
        ops::logError("the log of {} is damaged at {}: {}",
                      principal.tenant.text(),
                      check.findings.front().sequence,
                      check.findings.front().problem);
    }
}

http::Response verify(const SharedServices& services,
                      const http::Request& request,
                      const security::Principal& principal)
{
    EXHIBIT_ANSWER(request, const auto* parts, ledgerParts(services));
    EXHIBIT_ANSWER(request,
                   const auto anchored,
                   storage::checkAnchored(services->database,
                                          parts->keys,
                                          parts->checkpointer.signer(),
                                          principal.tenant,
                                          Deadline::after(kVerifyTimeout)));
    const auto& check = anchored.check;
    noteFindings(services, request, principal, check);
    JsonArray missing;
    for (const auto& sentence : anchored.anchors.missing()) {
        missing.emplace_back(sentence);
    }
    return http::jsonResponse(200,
                              JsonObject{{"sound", anchored.sound()},
                                         {"entries", check.entries},
                                         {"checkpoints", check.checkpoints},
                                         {"unreadable", check.unreadable},
                                         {"gaps", gapsJson(check.losses)},
                                         {"open_journals", openJournalsJson(check.losses)},
                                         {"findings", storage::findingsJson(check.findings)},
                                         {"unlisted", check.unlisted},
                                         {"not_checked", std::move(missing)},
                                         {"checked_against", anchored.anchors.json()}});
}

http::Response selfTests(const SharedServices& services,
                         const http::Request& request,
                         const security::Principal& principal)
{
    EXHIBIT_ANSWER(request, const auto* parts, ledgerParts(services));
    bool passed = true;
    JsonArray tests;
    for (const auto& test : storage::runSelfTests(services->database,
                                                  parts->keys,
                                                  parts->checkpointer.signer(),
                                                  principal.tenant,
                                                  Deadline::after(kVerifyTimeout))) {
        passed = passed && test.passed;
        tests.push_back(JsonObject{{"name", test.name},
                                   {"passed", test.passed},
                                   {"detail", test.detail},
                                   {"duration_us", test.duration.count()}});
    }
    return http::jsonResponse(200, JsonObject{{"passed", passed}, {"tests", std::move(tests)}});
}

/// A part of a log as it lies in the tables. That it left the building is an entry.
http::Response dump(const SharedServices& services,
                    const http::Request& request,
                    const security::Principal& principal)
{
    EXHIBIT_ANSWER(request, const auto epoch, numberOf(request, "epoch", 1));
    EXHIBIT_ANSWER(request, const auto from, numberOf(request, "from", 0));
    EXHIBIT_ANSWER(request, const auto limit, numberOf(request, "limit", 100));
    if (epoch > INT32_MAX || limit == 0 || limit > limits::kLedgerPageRowsMax) {
        return refusal(request,
                       Error{ErrorCode::InvalidInput,
                             "expected the number of a log, and 1 to 1000 entries",
                             epoch > INT32_MAX ? "epoch" : "limit"});
    }
    const auto read = [&](storage::Transaction& transaction) {
        return storage::dumpLedger(transaction, static_cast<std::int32_t>(epoch), from, limit);
    };
    EXHIBIT_ANSWER(
        request,
        auto part,
        services->database.read(principal.tenant, Deadline::after(kHandlerTimeout), read));
    const auto record = [&](storage::Transaction& transaction) -> Result<bool> {
        EXHIBIT_CHECK(storage::recordAction(
            transaction,
            services->ledger,
            actorOf(request, principal),
            {"log.dumped",
             std::to_string(epoch),
             JsonObject{
                 {"from", from}, {"rows", part.rows}, {"sha256", toHex(asView(sha256(part.text)))}},
             {}}));
        return true;
    };
    EXHIBIT_ANSWER(
        request,
        [[maybe_unused]] const bool recorded,
        services->database.write(principal.tenant, Deadline::after(kHandlerTimeout), record));
    http::Response response;
    response.headers.add("Content-Type", "application/x-ndjson");
    response.body = std::move(part.text);
    return response;
}

} // namespace

std::vector<ApiRoute> ledgerCheckRoutes(const SharedServices& services)
{
    const auto audit = domain::Scope::AuditRead;
    const auto checks = std::make_shared<Places>(kChecksMax);
    failedChecks(services);
    return {
        {"GET",
         "/api/v1/ledger/verify",
         audit,
         inPlace(checks, kChecksBusy, with(services, verify))},
        {"POST", "/api/v1/ledger/dump", audit, inPlace(checks, kChecksBusy, with(services, dump))},
        {"GET",
         "/api/security/tests",
         audit,
         inPlace(checks, kChecksBusy, with(services, selfTests))}};
}

} // namespace exhibit::api
