// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/api/one_or_more.h"
#include "server/storage/call_store.h"

namespace exhibit::api {

/// How a call ended (spool::CallClosed).
enum class CallOutcome : std::uint8_t {
    Completed,
    Refused,
    Stopped,
    ClientGone,
    ServerStopped,
    UpstreamError,
    Timeout,
    Recovered,
};

} // namespace exhibit::api

namespace exhibit {

template <>
struct EnumNames<api::CallOutcome> {
    using E = api::CallOutcome;
    static constexpr std::string_view kType = "call outcome";
    static constexpr std::pair<E, std::string_view> kNames[]
        = {{E::Completed, "completed"},
           {E::Refused, "refused"},
           {E::Stopped, "stopped"},
           {E::ClientGone, "client_gone"},
           {E::ServerStopped, "server_stopped"},
           {E::UpstreamError, "upstream_error"},
           {E::Timeout, "timeout"},
           {E::Recovered, "recovered"}};
};

} // namespace exhibit

namespace exhibit::api {

/// The body of a search over calls.
struct CallSearchRequest {
    std::optional<std::string> query;
    std::optional<std::string> userId;
    std::optional<std::string> sessionId;
    std::optional<std::string> runId;
    std::optional<ProjectId> projectId;
    std::optional<UtcTime> timeFrom;
    std::optional<UtcTime> timeTo;
    std::optional<std::string> model;
    std::optional<std::string> policy;
    std::optional<OneOrMore<domain::DecisionResult>> result;
    std::optional<std::uint32_t> status;
    std::optional<OneOrMore<CallOutcome>> outcome;
    std::optional<TenantId> tenantId;
    std::optional<std::uint32_t> limit;
    std::optional<std::string> cursor;
    std::optional<std::uint32_t> offset;
};

template <class V>
void visitFields(V& visit, Of<V, CallSearchRequest>& request)
{
    visit("query", request.query);
    visit("user_id", request.userId);
    visit("session_id", request.sessionId);
    visit("run_id", request.runId);
    visit("project_id", request.projectId);
    visit("time_from", request.timeFrom);
    visit("time_to", request.timeTo);
    visit("model", request.model);
    visit("policy", request.policy);
    visit("result", request.result);
    visit("status", request.status);
    visit("outcome", request.outcome);
    visit("tenant_id", request.tenantId);
    visit("limit", request.limit);
    visit("cursor", request.cursor);
    visit("offset", request.offset);
}

/// A filter that calls do not have.
[[nodiscard]] std::optional<query::QueryError> foreignFilter(const query::Query& query);

/// The search of a request whose query was parsed and is not foreign; errors as of incidents.
[[nodiscard]] Result<storage::CallSearch> toSearch(const CallSearchRequest& request,
                                                   query::Query query,
                                                   TenantId tenant);

} // namespace exhibit::api
