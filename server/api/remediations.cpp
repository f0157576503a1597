// SPDX-License-Identifier: Apache-2.0
// What is done about an incident, and replays that show whether it helped.
#include "models/replay/fix_verdict.h"
#include "server/api/incident_call.h"
#include "server/api/reply.h"
#include "server/api/resources.h"
#include "server/storage/pack_export.h"
#include "server/storage/policy_store.h"
#include "server/storage/remediation_store.h"

#include <algorithm>
#include <charconv>

namespace exhibit::api {
namespace {

constexpr std::size_t kActionBytesMax = 4000;
constexpr std::size_t kPersonBytesMax = 256;
constexpr std::size_t kListMax = 100;

struct RemediationRequest {
    std::optional<std::int64_t> number; ///< In a list: absent adds one.
    std::string action;
    std::optional<std::string> owner;
    std::optional<UtcTime> due;
    domain::RemediationState state = domain::RemediationState::Open;
    std::optional<std::string> approver;
};
struct ListRequest {
    std::vector<RemediationRequest> items;
};
struct VerifyRequest {
    std::optional<std::string> snapshotId; ///< Absent: the one that new runs bind to.
};

template <class V>
void visitFields(V& visit, Of<V, RemediationRequest>& request)
{
    visit("n", request.number);
    visit("action", request.action);
    visit("owner", request.owner);
    visit("due", request.due);
    visit.defaulted("state", request.state);
    visit("approver", request.approver);
}
template <class V>
void visitFields(V& visit, Of<V, ListRequest>& request)
{
    visit("items", request.items);
}
template <class V>
void visitFields(V& visit, Of<V, VerifyRequest>& request)
{
    visit("snapshot_id", request.snapshotId);
}

Result<std::int64_t> numberOf(const http::Request& request)
{
    const auto found = request.pathParameters.find("n");
    const std::string_view text = found == request.pathParameters.end()
        ? std::string_view{}
        : std::string_view(found->second);
    std::int64_t number = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    if (read.ec != std::errc{} || read.ptr != text.data() + text.size() || number < 1) {
        return fail(ErrorCode::InvalidInput, "expected a number from 1", "n");
    }
    return number;
}

Result<domain::Remediation> itemOf(RemediationRequest body, const std::string& pointer)
{
    if (body.action.empty() || body.action.size() > kActionBytesMax) {
        return fail(ErrorCode::InvalidInput, "expected 1 to 4000 bytes", pointer + "/action");
    }
    for (const auto* person : {&body.owner, &body.approver}) {
        if (*person && ((*person)->empty() || (*person)->size() > kPersonBytesMax)) {
            return fail(ErrorCode::InvalidInput,
                        "expected 1 to 256 bytes",
                        pointer + (person == &body.owner ? "/owner" : "/approver"));
        }
    }
    if (body.state == domain::RemediationState::Done && !body.approver) {
        return fail(
            ErrorCode::InvalidInput, "what is done needs an approver", pointer + "/approver");
    }
    domain::Remediation item;
    item.number = body.number.value_or(0);
    item.action = std::move(body.action);
    item.owner = std::move(body.owner);
    item.due = body.due;
    item.state = body.state;
    item.approver = std::move(body.approver);
    return item;
}

Result<std::vector<domain::Remediation>> readItems(const http::Request& request)
{
    EXHIBIT_TRY(auto body, readBody<ListRequest>(request));
    if (body.items.empty() || body.items.size() > kListMax) {
        return fail(ErrorCode::InvalidInput, "expected 1 to 100 items", "/items");
    }
    std::vector<domain::Remediation> items;
    for (auto& one : body.items) {
        EXHIBIT_TRY(auto item, itemOf(std::move(one), "/items/" + std::to_string(items.size())));
        items.push_back(std::move(item));
    }
    return items;
}

http::Response list(const SharedServices& services,
                    const http::Request& request,
                    const security::Principal& principal)
{
    EXHIBIT_ANSWER(request, const auto incident, readId<IncidentId>(request));
    EXHIBIT_ANSWER(request,
                   const auto all,
                   storage::RemediationStore(services->database)
                       .list(principal.tenant, incident, Deadline::after(kHandlerTimeout)));
    return http::jsonResponse(200,
                              JsonObject{{"remediations", toJson(all.items)},
                                         {"verifications", toJson(all.verifications)}});
}

http::Response save(const SharedServices& services,
                    const http::Request& request,
                    const security::Principal& principal,
                    std::int64_t number)
{
    EXHIBIT_ANSWER(request, const auto incident, readId<IncidentId>(request));
    EXHIBIT_ANSWER(request, auto body, readBody<RemediationRequest>(request));
    if (body.number) {
        return refusal(request,
                       {ErrorCode::InvalidInput, "the number stands in the path alone", "/n"});
    }
    EXHIBIT_ANSWER(request, auto item, itemOf(std::move(body), ""));
    item.number = number;
    EXHIBIT_ANSWER(request,
                   const auto saved,
                   storage::RemediationStore(services->database)
                       .save(principal.tenant,
                             incident,
                             item,
                             actorOf(request, principal),
                             services->ledger,
                             Deadline::after(kHandlerTimeout)));
    return http::jsonResponse(number == 0 ? 201 : 200, toJson(saved));
}

http::Response add(const SharedServices& services,
                   const http::Request& request,
                   const security::Principal& principal)
{
    return save(services, request, principal, 0);
}

http::Response change(const SharedServices& services,
                      const http::Request& request,
                      const security::Principal& principal)
{
    EXHIBIT_ANSWER(request, const auto number, numberOf(request));
    return save(services, request, principal, number);
}

/// Changes those with a number, adds the others: all or none. Those not named stay.
http::Response changeAll(const SharedServices& services,
                         const http::Request& request,
                         const security::Principal& principal)
{
    EXHIBIT_ANSWER(request, const auto incident, readId<IncidentId>(request));
    EXHIBIT_ANSWER(request, const auto items, readItems(request));
    const auto saved = storage::RemediationStore(services->database)
                           .saveAll(principal.tenant,
                                    incident,
                                    items,
                                    actorOf(request, principal),
                                    services->ledger,
                                    Deadline::after(kHandlerTimeout));
    return saved ? list(services, request, principal) : refusal(request, saved.error());
}

Result<std::shared_ptr<const domain::PolicySnapshot>> changedSnapshot(
    const SharedServices& services, const http::Request& request, TenantId tenant)
{
    VerifyRequest body;
    if (!request.body.empty()) {
        EXHIBIT_TRY(body, readBody<VerifyRequest>(request));
    }
    if (!body.snapshotId) {
        const auto catalogue = services->catalogue.get();
        const auto current = catalogue->currentSnapshot.find(tenant);
        if (current == catalogue->currentSnapshot.end()) {
            return fail(ErrorCode::Unavailable, "the policies are not loaded yet");
        }
        body.snapshotId = current->second;
    }
    EXHIBIT_TRY(auto snapshot,
                storage::PolicyStore(services->database)
                    .snapshot(tenant, *body.snapshotId, Deadline::after(kHandlerTimeout)));
    return std::make_shared<const domain::PolicySnapshot>(std::move(snapshot));
}

/// Before anything is sent to a provider for nothing.
Result<void> expectItem(const SharedServices& services,
                        TenantId tenant,
                        IncidentId incident,
                        std::int64_t number)
{
    EXHIBIT_TRY(const auto all,
                storage::RemediationStore(services->database)
                    .list(tenant, incident, Deadline::after(kHandlerTimeout)));
    const bool known = std::any_of(all.items.begin(), all.items.end(), [number](const auto& item) {
        return item.number == number;
    });
    if (!known) {
        return fail(ErrorCode::NotFound, "the incident has no remediation of that number", "n");
    }
    return {};
}

Result<domain::FixVerification> verifyFix(const SharedServices& services,
                                          const http::Request& request,
                                          const security::Principal& principal)
{
    EXHIBIT_TRY(const auto incident, readId<IncidentId>(request));
    EXHIBIT_TRY(const auto number, numberOf(request));
    if (services->evidence == nullptr || services->replays == nullptr) {
        return fail(ErrorCode::Unavailable, "the ledger is not open");
    }
    EXHIBIT_CHECK(expectItem(services, principal.tenant, incident, number));
    EXHIBIT_TRY(const auto changed, changedSnapshot(services, request, principal.tenant));
    EXHIBIT_TRY(const auto original, readIncidentCall(*services, principal.tenant, incident));
    EXHIBIT_TRY(const auto outcome,
                services->replays->replay({principal.tenant,
                                           principal.key,
                                           request.id,
                                           original.call,
                                           original.recorded,
                                           original.prices,
                                           changed}));
    const storage::ReplayFindings found{
        incident, *original.call, outcome, outcome.match, actorOf(request, principal)};
    return storage::RemediationStore(services->database)
        .recordVerification(
            principal.tenant,
            {number, found, replay::fixVerdict(outcome, found.match, original.policyId)},
            services->evidence->ledger,
            Deadline::after(kHandlerTimeout));
}

http::Response verify(const SharedServices& services,
                      const http::Request& request,
                      const security::Principal& principal)
{
    const auto verification = verifyFix(services, request, principal);
    return verification ? http::jsonResponse(201, toJson(*verification))
                        : replayRefusal(request, verification.error());
}

} // namespace

std::vector<ApiRoute> remediationRoutes(const SharedServices& services)
{
    using domain::Scope;
    const std::string path = "/api/v1/incidents/{id}/remediations";
    return {{"GET", path, Scope::IncidentRead, with(services, list)},
            {"PUT", path, Scope::IncidentWrite, with(services, changeAll)},
            {"POST", path, Scope::IncidentWrite, with(services, add)},
            {"PUT", path + "/{n}", Scope::IncidentWrite, with(services, change)},
            {"POST", path + "/{n}/verify", Scope::IncidentWrite, with(services, verify)}};
}

} // namespace exhibit::api
