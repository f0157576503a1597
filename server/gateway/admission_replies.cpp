// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/admission_replies.h"

namespace exhibit::gateway {
namespace {

constexpr int kSpoolRetrySeconds = 5;

} // namespace

http::ErrorReply refusal(int status, std::string type, std::string code, std::string message)
{
    http::ErrorReply reply;
    reply.status = status;
    reply.type = std::move(type);
    reply.code = std::move(code);
    reply.message = std::move(message);
    return reply;
}

http::ErrorReply unavailable(std::string code, std::string message, int retrySeconds)
{
    auto reply = refusal(503, "server_error", std::move(code), std::move(message));
    reply.retryAfterSeconds = retrySeconds;
    return reply;
}

http::ErrorReply unrecorded(const spool::JournalStats& spool, std::string message)
{
    return unavailable(
        spool.full ? "spool_full" : "spool_failing", std::move(message), kSpoolRetrySeconds);
}

http::ErrorReply runStopped(const std::optional<domain::RunStop>& stop, RunId run)
{
    auto reply = refusal(403,
                         "permission_error",
                         "run_stopped",
                         "this run was stopped; begin a new one with another run id");
    reply.runId = run.text();
    if (stop) {
        reply.policyId = stop->policyId;
        if (stop->incidentId) {
            reply.incidentId = stop->incidentId->text();
        }
        if (stop->callId) {
            reply.callId = stop->callId->text();
        }
    }
    return reply;
}

} // namespace exhibit::gateway
