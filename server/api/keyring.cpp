// SPDX-License-Identifier: Apache-2.0
// The tenant's keyring: drafted here, signed elsewhere, published here.
#include "server/api/reply.h"
#include "server/api/resources.h"
#include "server/ops/log.h"
#include "server/storage/keyring_store.h"
#include "server/storage/pack_export.h"

namespace exhibit::api {
namespace {

struct NewKeyring {
    std::string root;
    std::string note;
};

template <class V>
void visitFields(V& visit, Of<V, NewKeyring>& keyring)
{
    visit("root", keyring.root);
    visit("note", keyring.note);
}

http::Response show(const SharedServices& services,
                    const http::Request& request,
                    const security::Principal& principal)
{
    EXHIBIT_ANSWER(request,
                   const auto keyring,
                   services->database.read(principal.tenant,
                                           Deadline::after(kHandlerTimeout),
                                           [](storage::Transaction& transaction) {
                                               return storage::readKeyring(transaction);
                                           }));
    if (!keyring) {
        return refusal(request, Error{ErrorCode::NotFound, "no keyring was published", {}});
    }
    return http::jsonResponse(200,
                              JsonObject{{"version", keyring->version},
                                         {"root", keyring->rootKey},
                                         {"note", keyring->note},
                                         {"published_at", formatTime(keyring->publishedAt)}});
}

http::Response draft(const SharedServices& services,
                     const http::Request& request,
                     const security::Principal& principal)
{
    if (services->evidence == nullptr) {
        return refusal(request, Error{ErrorCode::Unavailable, "the ledger is not open", {}});
    }
    EXHIBIT_ANSWER(request, const auto keys, services->evidence->packKeys());
    storage::HeldKeys held{{keys.log}, keys.certificate};
    if (keys.previousLog) {
        held.log.push_back(*keys.previousLog);
    }
    EXHIBIT_ANSWER(request,
                   const auto lines,
                   services->database.read(principal.tenant,
                                           Deadline::after(kHandlerTimeout),
                                           [&held](storage::Transaction& transaction) {
                                               return storage::draftKeyring(transaction, held);
                                           }));
    http::Response response;
    response.headers.add("Content-Type", "text/plain; charset=utf-8");
    response.body = evidence::writeKeyring(lines);
    return response;
}

http::Response publish(const SharedServices& services,
                       const http::Request& request,
                       const security::Principal& principal)
{
    EXHIBIT_ANSWER(request, const auto body, readBody<NewKeyring>(request));
    const auto store = [&](storage::Transaction& transaction) {
        return storage::publishKeyring(
            transaction, services->ledger, actorOf(request, principal), body.root, body.note);
    };
    EXHIBIT_ANSWER(
        request,
        const auto change,
        services->database.write(principal.tenant, Deadline::after(kHandlerTimeout), store));
    if (services->evidence != nullptr) {
        const auto head
            = services->evidence->publish(principal.tenant, Deadline::after(kHandlerTimeout));
        if (!head) {
            ops::logWarning("a head after a keyring waits to be signed: {}", head.error().message);
        }
    }
    JsonArray revoked;
    for (const auto& line : change.revoked) {
        revoked.push_back(Json(line.key.text()));
    }
    return http::jsonResponse(
        201, JsonObject{{"version", change.version}, {"revoked", std::move(revoked)}});
}

} // namespace

std::vector<ApiRoute> keyringRoutes(const SharedServices& services)
{
    using domain::Scope;
    return {{"GET", "/api/v1/ledger/keyring", Scope::AuditRead, with(services, show)},
            {"GET", "/api/v1/ledger/keyring/draft", Scope::AuditRead, with(services, draft)},
            {"POST", "/admin/keyring", Scope::KeyManage, with(services, publish)}};
}

} // namespace exhibit::api
