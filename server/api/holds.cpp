// SPDX-License-Identifier: Apache-2.0
// Legal holds, and the erasure that they beat.
#include "server/api/reply.h"
#include "server/api/resources.h"
#include "server/ops/log.h"
#include "server/storage/erasure.h"
#include "server/storage/pack_export.h"

namespace exhibit::api {
namespace {

constexpr std::size_t kTextBytesMax = 2000;
constexpr std::chrono::seconds kErasureTimeout{60};

struct NewHold {
    std::optional<std::string> subject;
    std::optional<IncidentId> incidentId;
    std::string reason;
};
struct ErasureRequest {
    std::string subject;
    std::string basis;
};

template <class V>
void visitFields(V& visit, Of<V, NewHold>& hold)
{
    visit("subject", hold.subject);
    visit("incident_id", hold.incidentId);
    visit("reason", hold.reason);
}
template <class V>
void visitFields(V& visit, Of<V, ErasureRequest>& request)
{
    visit("subject", request.subject);
    visit("basis", request.basis);
}

Result<void> expectText(const std::string& text, const char* pointer)
{
    if (text.empty() || text.size() > kTextBytesMax) {
        return fail(ErrorCode::InvalidInput, "expected 1 to 2000 bytes", pointer);
    }
    return {};
}

/// Names the member of the body that is at fault by its JSON pointer.
template <class T>
Result<T> pointing(Result<T> result)
{
    const bool theirs = !result
        && (result.error().code == ErrorCode::InvalidInput
            || result.error().code == ErrorCode::NotFound);
    if (theirs && !result.error().subject.empty()) {
        result.error().subject = "/" + result.error().subject;
    }
    return result;
}

/// A hold and an erasure are published at once. They stand whatever comes of this.
void publish(const SharedServices& services, TenantId tenant)
{
    if (services->evidence == nullptr) {
        return;
    }
    const auto signedHead = services->evidence->publish(tenant, Deadline::after(kHandlerTimeout));
    if (!signedHead) {
        ops::logWarning("a head after a hold or an erasure waits to be signed: {}",
                        signedHead.error().message);
    }
}

Json holdJson(const storage::StoredHold& hold)
{
    return JsonObject{
        {"hold_id", hold.id.text()},
        {"subject", hold.subject ? Json(*hold.subject) : Json()},
        {"incident_id", hold.incident ? Json(hold.incident->text()) : Json()},
        {"reason", hold.reason},
        {"placed_by", hold.placedBy},
        {"placed_at", formatTime(hold.placedAt)},
        {"released_at", hold.releasedAt ? Json(formatTime(*hold.releasedAt)) : Json()}};
}

http::Response placeHold(const SharedServices& services,
                         const http::Request& request,
                         const security::Principal& principal)
{
    EXHIBIT_ANSWER(request, const auto body, readBody<NewHold>(request));
    EXHIBIT_ANSWER(request,
                   [[maybe_unused]] const bool fits,
                   expectText(body.reason, "/reason").map([] { return true; }));
    if (body.subject && body.incidentId) {
        return refusal(request,
                       400,
                       "invalid_input",
                       "expected a subject or an incident, not both",
                       "/subject");
    }
    const auto place = [&](storage::Transaction& transaction) {
        return storage::placeHold(transaction,
                                  services->ledger,
                                  actorOf(request, principal),
                                  {body.subject, body.incidentId, body.reason});
    };
    auto placed
        = services->database.write(principal.tenant, Deadline::after(kHandlerTimeout), place);
    EXHIBIT_ANSWER(request, const auto id, pointing(std::move(placed)));
    publish(services, principal.tenant);
    return http::jsonResponse(201, JsonObject{{"hold_id", id.text()}});
}

http::Response listHolds(const SharedServices& services,
                         const http::Request& request,
                         const security::Principal& principal)
{
    EXHIBIT_ANSWER(request,
                   const auto holds,
                   services->database.read(principal.tenant,
                                           Deadline::after(kHandlerTimeout),
                                           [](storage::Transaction& transaction) {
                                               return storage::listHolds(transaction);
                                           }));
    JsonArray listed;
    for (const auto& hold : holds) {
        listed.push_back(holdJson(hold));
    }
    return http::jsonResponse(200, JsonObject{{"holds", std::move(listed)}});
}

http::Response releaseHold(const SharedServices& services,
                           const http::Request& request,
                           const security::Principal& principal)
{
    EXHIBIT_ANSWER(request, const auto id, readId<storage::HoldId>(request));
    const auto release = [&](storage::Transaction& transaction) -> Result<bool> {
        EXHIBIT_CHECK(
            storage::releaseHold(transaction, services->ledger, actorOf(request, principal), id));
        return true;
    };
    EXHIBIT_ANSWER(
        request,
        [[maybe_unused]] const bool released,
        services->database.write(principal.tenant, Deadline::after(kHandlerTimeout), release));
    publish(services, principal.tenant);
    http::Response response;
    response.status = 204;
    return response;
}

/// What cannot be noted now is at the next start, from the audit log.
void noteErased(const SharedServices& services, TenantId tenant, const std::optional<Uuid>& key)
{
    const auto& note = services->evidence->noteErased;
    const auto noted = note && key ? note(tenant, *key) : Result<void>();
    if (!noted) {
        ops::logError("{}", noted.error().message);
    }
}

http::Response erase(const SharedServices& services,
                     const http::Request& request,
                     const security::Principal& principal)
{
    EXHIBIT_ANSWER(request, const auto body, readBody<ErasureRequest>(request));
    EXHIBIT_ANSWER(request,
                   [[maybe_unused]] const bool fits,
                   expectText(body.basis, "/basis").map([] { return true; }));
    if (services->evidence == nullptr) {
        return refusal(request, Error{ErrorCode::Unavailable, "the ledger is not open", {}});
    }
    const auto eraseAll = [&](storage::Transaction& transaction) {
        return storage::eraseSubject(transaction,
                                     services->ledger,
                                     services->evidence->keys,
                                     actorOf(request, principal),
                                     body.subject,
                                     body.basis);
    };
    auto erased
        = services->database.write(principal.tenant, Deadline::after(kErasureTimeout), eraseAll);
    EXHIBIT_ANSWER(request, const auto done, pointing(std::move(erased)));
    noteErased(services, principal.tenant, done.key);
    publish(services, principal.tenant);
    return http::jsonResponse(
        200, JsonObject{{"fields", done.fields}, {"bodies", done.bodies}, {"calls", done.calls}});
}

} // namespace

std::vector<ApiRoute> holdRoutes(const SharedServices& services)
{
    using domain::Scope;
    return {{"POST", "/api/v1/holds", Scope::IncidentWrite, with(services, placeHold)},
            {"GET", "/api/v1/holds", Scope::AuditRead, with(services, listHolds)},
            {"DELETE", "/api/v1/holds/{id}", Scope::ProjectWrite, with(services, releaseHold)},
            {"POST", "/api/v1/erasures", Scope::ProjectWrite, with(services, erase)}};
}

} // namespace exhibit::api
