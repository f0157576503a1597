// SPDX-License-Identifier: Apache-2.0
#include "models/evidence/field.h"
#include "models/evidence/trust.h"
#include "server/api/key_lists.h"
#include "server/api/ledger_query.h"
#include "server/api/reply.h"
#include "server/api/resources.h"
#include "server/storage/good_head.h"
#include "server/storage/pack_parts.h"

namespace exhibit::api {
namespace {

/// The ledger's parts, once they are there, for the tenant that the path names.
Result<const storage::LedgerParts*> partsFor(const SharedServices& services,
                                             const http::Request& request,
                                             const security::Principal& principal)
{
    const auto named = request.pathParameters.find("tenant");
    if (named != request.pathParameters.end() && named->second != principal.tenant.text()) {
        const auto tenant = TenantId::parse(named->second);
        // Another tenant's log looks like none: that it exists is not said.
        return fail(ErrorCode::NotFound,
                    tenant ? "there is no such log" : "expected a tenant's id",
                    "tenant");
    }
    return ledgerParts(services);
}

http::Response textResponse(std::string text)
{
    http::Response response;
    response.headers.add("Content-Type", "text/plain; charset=utf-8");
    response.body = std::move(text);
    return response;
}

/// The log that `epoch` names, or the one that grows; nullopt before the tenant's first entry.
Result<std::optional<storage::LedgerHead>> logOf(storage::Transaction& transaction,
                                                 std::uint64_t epoch)
{
    if (epoch == 0) {
        return storage::readHead(transaction);
    }
    EXHIBIT_TRY(auto heads, storage::readAllHeads(transaction));
    for (auto& head : heads) {
        if (static_cast<std::uint64_t>(head.epoch) == epoch) {
            return std::optional(std::move(head));
        }
    }
    return fail(ErrorCode::NotFound, "there is no log of that epoch", "epoch");
}

/// The last head of a log that ended: the last one that fits and is signed. nullopt: it grows.
Result<std::optional<storage::StoredCheckpoint>> headOfEnded(storage::Transaction& transaction,
                                                             const storage::PackKeys& keys,
                                                             std::uint64_t epoch)
{
    EXHIBIT_TRY(const auto log, logOf(transaction, epoch));
    EXHIBIT_TRY(const auto open, storage::readHead(transaction));
    if (!log || log->epoch == open->epoch) {
        return std::optional<storage::StoredCheckpoint>{};
    }
    EXHIBIT_TRY(
        const auto noted,
        storage::keysOfLog(transaction, log->epoch, log->origin, storage::currentLogKeys(keys)));
    EXHIBIT_TRY(auto good, storage::lastGoodHead(transaction, log->epoch, noted));
    if (!good) {
        return fail(ErrorCode::NotFound, "that log has no signed head that fits", "epoch");
    }
    return good;
}

http::Response checkpoint(const SharedServices& services,
                          const http::Request& request,
                          const security::Principal& principal)
{
    EXHIBIT_ANSWER(request, const auto* parts, partsFor(services, request, principal));
    EXHIBIT_ANSWER(request, const auto epoch, numberOf(request, "epoch", 0));
    if (epoch != 0) {
        EXHIBIT_ANSWER(request, const auto keys, parts->packKeys());
        const auto read = [&](storage::Transaction& transaction) {
            return headOfEnded(transaction, keys, epoch);
        };
        EXHIBIT_ANSWER(
            request,
            const auto ended,
            services->database.read(principal.tenant, Deadline::after(kHandlerTimeout), read));
        if (ended) {
            return textResponse(ended->note);
        }
    }
    EXHIBIT_ANSWER(
        request,
        const auto head,
        parts->checkpointer.checkpointNow(principal.tenant, Deadline::after(kHandlerTimeout)));
    return textResponse(head.note);
}

/// What a proof is made against: the newest head, or an older one of `size`.
Result<storage::StoredCheckpoint> headOfSize(storage::Transaction& transaction,
                                             std::int32_t epoch,
                                             std::uint64_t size)
{
    EXHIBIT_TRY(auto checkpoint, storage::readCheckpoint(transaction, epoch, size));
    if (!checkpoint || (size != INT64_MAX && checkpoint->head.size != size)) {
        return fail(ErrorCode::NotFound, "there is no signed head of that size", "size");
    }
    return *std::move(checkpoint);
}

/// A head that is signed, and the tree below it.
struct SignedTree {
    storage::StoredCheckpoint checkpoint;
    evidence::NodeSource nodes;
    [[nodiscard]] std::uint64_t size() const { return checkpoint.head.size; }
};

Result<std::string> proveInclusion(const SignedTree& tree, std::uint64_t sequence)
{
    return storage::proveInclusion(tree.nodes, tree.checkpoint, sequence);
}

Result<std::string> proveConsistency(const SignedTree& tree, std::uint64_t from)
{
    if (from > tree.size()) {
        return fail(ErrorCode::InvalidInput, "the earlier size is larger than the later", "from");
    }
    EXHIBIT_TRY(const auto proof, evidence::consistencyProof(tree.nodes, from, tree.size()));
    return evidence::writeConsistency({from, proof, tree.checkpoint.note});
}

/// Answers with what is proven of the number that the parameter `name` has.
template <class Prove>
auto proof(const char* name, Prove prove)
{
    return [name, prove](const SharedServices& services,
                         const http::Request& request,
                         const security::Principal& principal) -> http::Response {
        EXHIBIT_ANSWER(
            request, [[maybe_unused]] const auto* parts, partsFor(services, request, principal));
        EXHIBIT_ANSWER(request, const auto number, numberOf(request, name, 0));
        EXHIBIT_ANSWER(request, const auto size, numberOf(request, "size", INT64_MAX));
        EXHIBIT_ANSWER(request, const auto epoch, numberOf(request, "epoch", 0));
        const auto read = [&](storage::Transaction& transaction) -> Result<std::string> {
            EXHIBIT_TRY(const auto head, logOf(transaction, epoch));
            if (!head) {
                return fail(ErrorCode::NotFound, "the tenant has no log yet");
            }
            EXHIBIT_TRY(auto checkpoint, headOfSize(transaction, head->epoch, size));
            auto nodes = storage::ledgerNodes(transaction, head->epoch, checkpoint.head.size);
            return prove(SignedTree{std::move(checkpoint), std::move(nodes)}, number);
        };
        EXHIBIT_ANSWER(
            request,
            auto text,
            services->database.read(principal.tenant, Deadline::after(kHandlerTimeout), read));
        return textResponse(std::move(text));
    };
}

http::Response entries(const SharedServices& services,
                       const http::Request& request,
                       const security::Principal& principal)
{
    EXHIBIT_ANSWER(
        request, [[maybe_unused]] const auto* parts, partsFor(services, request, principal));
    EXHIBIT_ANSWER(request, const auto from, numberOf(request, "from", 0));
    EXHIBIT_ANSWER(request, const auto limit, numberOf(request, "limit", 100));
    EXHIBIT_ANSWER(request, const auto epoch, numberOf(request, "epoch", 0));
    const auto read = [&](storage::Transaction& transaction) -> Result<Json> {
        EXHIBIT_TRY(const auto head, logOf(transaction, epoch));
        JsonArray list;
        if (head) {
            EXHIBIT_TRY(
                const auto rows,
                storage::readChain(transaction,
                                   head->epoch,
                                   from,
                                   std::min<std::uint64_t>(limit, limits::kLedgerPageRowsMax)));
            for (const auto& row : rows) {
                // Text, unless somebody changed it into what is none.
                list.push_back(
                    JsonObject{{"seq", row.sequence}, {"entry", evidence::byteValue(row.entry)}});
            }
        }
        return Json(JsonObject{{"origin", head ? head->origin : ""}, {"entries", std::move(list)}});
    };
    EXHIBIT_ANSWER(
        request,
        const auto page,
        services->database.read(principal.tenant, Deadline::after(kHandlerTimeout), read));
    return http::jsonResponse(200, page);
}

/// What a verifier pins: to be handed on by another way than the evidence.
http::Response keys(const SharedServices& services,
                    const http::Request& request,
                    const security::Principal& principal)
{
    EXHIBIT_ANSWER(request, const auto* parts, partsFor(services, request, principal));
    EXHIBIT_ANSWER(request, const auto packKeys, parts->packKeys());
    const auto list = [&packKeys](storage::Transaction& transaction) {
        return keyLists(transaction, packKeys);
    };
    EXHIBIT_ANSWER(
        request,
        const auto named,
        services->database.read(principal.tenant, Deadline::after(kHandlerTimeout), list));
    return http::jsonResponse(200,
                              JsonObject{{"tenant", principal.tenant.text()},
                                         {"logs", named.at("logs")},
                                         {"certificates", named.at("certificates")},
                                         {"certificate", toHex(packKeys.certificate.raw())},
                                         {"certificate_key_id", packKeys.certificate.id()},
                                         {"pdf_certificate", packKeys.pdfCertificate}});
}

} // namespace

std::vector<ApiRoute> ledgerRoutes(const SharedServices& services)
{
    const auto audit = domain::Scope::AuditRead;
    return {{"GET", "/api/v1/ledger/{tenant}/checkpoint", audit, with(services, checkpoint)},
            {"GET",
             "/api/v1/ledger/{tenant}/inclusion",
             audit,
             with(services, proof("seq", proveInclusion))},
            {"GET",
             "/api/v1/ledger/{tenant}/consistency",
             audit,
             with(services, proof("from", proveConsistency))},
            {"GET", "/api/v1/ledger/{tenant}/entries", audit, with(services, entries)},
            {"GET", "/api/v1/ledger/keys", audit, with(services, keys)}};
}

} // namespace exhibit::api
