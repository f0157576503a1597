// SPDX-License-Identifier: Apache-2.0
// Who calls, and what a call is to policies, to its record and to quotas.
#include "server/gateway/admission.h"

#include "models/base/traffic_limits.h"

namespace exhibit::gateway {

tl::expected<Caller, http::ErrorReply> identify(const GatewayServices& services,
                                                const http::Request& request)
{
    auto presented = findPresentedKey(request.headers);
    auto catalogue = services.catalogue.get();
    auto principal = presented
        ? security::authenticate(*catalogue, presented->key.expose())
        : Result<security::Principal>(fail(ErrorCode::Unauthenticated,
                                           "an API key is needed: Authorization: Bearer exk_..."));
    if (!principal) {
        if (services.authnFailures != nullptr) {
            services.authnFailures->add();
        }
        return tl::make_unexpected(http::replyFor(principal.error()));
    }
    if (!principal->may(domain::Scope::RunCreate)) {
        if (services.authzDenials != nullptr) {
            services.authzDenials->add();
        }
        return tl::make_unexpected(
            http::replyFor({ErrorCode::Forbidden, "this key lacks the scope run:create", {}}));
    }
    return Caller{std::move(catalogue), *std::move(principal), *std::move(presented)};
}

prevention::CallSubject subjectOf(const CallState& call)
{
    prevention::CallSubject subject;
    subject.project = call.project->slug;
    subject.model = call.chat->model;
    subject.userId = call.chat->userId.value_or("");
    subject.run = call.run.counters;
    subject.priced = call.price != nullptr;
    subject.facts = call.chat->facts ? &*call.chat->facts : nullptr;
    return subject;
}

spool::CallOpened openedRecord(const CallState& call, const http::Request& request)
{
    const auto& chat = *call.chat;
    spool::CallOpened opened;
    opened.clientRunId = chat.clientRunId;
    opened.userId = chat.userId;
    opened.sessionId = chat.sessionId;
    opened.channel = chat.channel;
    opened.metadata = chat.metadata;
    opened.facts = chat.facts;
    opened.endpoint = request.path;
    opened.model = chat.model;
    opened.streaming = chat.streaming;
    opened.upstream = call.upstream->name;
    opened.snapshotId = call.run.snapshotId;
    opened.runBefore = call.run.counters;
    opened.runLimits = call.limits.described();
    opened.requestHeaders = recordedRequestHeaders(request.headers);
    opened.providerState = chat.providerState;
    opened.request = request.body;
    opened.sentRequest = call.sentBody;
    return opened;
}

QuotaCall quotaCallOf(const CallState& call,
                      const domain::TenantQuotas& quotas,
                      const std::optional<domain::LiveRun>& run,
                      UtcTime now)
{
    QuotaCall wanted;
    wanted.quotas = &quotas;
    wanted.userId = call.chat->userId.value_or("");
    wanted.project = call.project->slug;
    wanted.newRun = !run;
    wanted.counters.startedAt = now;
    // The first call of a named run holds its slot under the id that the second one comes with.
    const auto& named = call.chat->clientRunId;
    wanted.run = named
        ? prevention::deriveRunId(call.project->tenantId, call.project->projectId, *named)
        : RunId::generate();
    if (run) {
        wanted.counters = run->counters;
    }
    ++wanted.counters.llmCalls;
    wanted.promptTokens = domain::estimateTokens(call.chat->textBytes(), call.price);
    wanted.outputTokensMax = call.chat->outputTokensMax();
    wanted.streaming = call.chat->streaming;
    wanted.price = call.price;
    wanted.now = now;
    return wanted;
}

} // namespace exhibit::gateway
