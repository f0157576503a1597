// SPDX-License-Identifier: Apache-2.0
#include "server/api/incident_call.h"

#include "server/api/reply.h"
#include "server/storage/incident_store.h"
#include "server/storage/pack_export.h"
#include "server/storage/policy_store.h"
#include "server/storage/recorded_binding.h"

namespace exhibit::api {

Result<IncidentCall> readIncidentCall(const ApiServices& services,
                                      TenantId tenant,
                                      IncidentId incident)
{
    const auto deadline = Deadline::after(kHandlerTimeout);
    EXHIBIT_TRY(const auto stored,
                storage::IncidentStore(services.database).get(tenant, incident, deadline));
    const auto compare = [&](storage::Transaction& transaction) -> Result<bool> {
        EXHIBIT_CHECK(storage::expectIncidentAsCommitted(
            transaction, services.evidence->keys, stored.incident));
        return true;
    };
    EXHIBIT_CHECK(services.database.read(tenant, deadline, compare));
    storage::RecordedCalls calls(services.database, services.evidence->keys);
    EXHIBIT_TRY(auto call, calls.find(tenant, stored.incident.callId, deadline));
    EXHIBIT_TRY(auto tables, calls.priceTables(tenant, deadline));
    const auto prices = tables.find(call.priceVersion.value_or(""));
    EXHIBIT_TRY(
        auto snapshot,
        storage::PolicyStore(services.database).snapshot(tenant, call.snapshotId, deadline));
    return IncidentCall{std::make_shared<const storage::RecordedCall>(std::move(call)),
                        std::make_shared<const domain::PolicySnapshot>(std::move(snapshot)),
                        prices == tables.end() ? std::nullopt : std::optional(prices->second),
                        stored.incident.policyId};
}

http::Response replayRefusal(const http::Request& request, const Error& error)
{
    const bool busy = error.subject == kReplaysBusy;
    if (!busy && error.subject != kProviderFault) {
        return refusal(request, error);
    }
    http::ErrorReply reply;
    reply.status = busy ? 503 : error.code == ErrorCode::DeadlineExceeded ? 504 : 502;
    reply.type = busy ? "server_error" : "upstream_error";
    reply.code = busy ? "replays_busy" : "upstream_error";
    reply.message = error.message;
    reply.retryAfterSeconds = 1;
    return http::errorResponse(reply, request.id);
}

} // namespace exhibit::api
