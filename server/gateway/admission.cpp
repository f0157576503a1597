// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/admission.h"

#include "server/gateway/admission_replies.h"
#include "server/gateway/wakeup.h"
#include "server/ops/log.h"

#include <algorithm>

namespace exhibit::gateway {

namespace asio = boost::asio;

namespace {

constexpr int kSpoolRetrySeconds = 5;

/// The steps of admission, in order; the first refusal ends them.
class Admitting {
public:
    Admitting(const AdmissionParts& parts, const http::Request& request, const Surface& surface)
        : m_services(parts.services)
        , m_violations(parts.violations)
        , m_health(parts.health)
        , m_request(request)
        , m_surface(surface)
    {
    }

    /// The steps before the run is known.
    void begin()
    {
        m_admission.refusal
            = inOrder({&Admitting::identifyCaller, &Admitting::checkSpool, &Admitting::readBody});
    }

    /// What has to be looked up before the run can be bound; nullopt for nothing.
    std::optional<RunId> runToLookUp()
    {
        if (m_admission.refusal || !m_call->chat->clientRunId) {
            return std::nullopt;
        }
        const auto run = prevention::deriveRunId(
            m_principal.tenant, m_principal.project, *m_call->chat->clientRunId);
        return m_services.runs.needsLook(m_principal.tenant, run) ? std::optional(run)
                                                                  : std::nullopt;
    }
    [[nodiscard]] TenantId tenant() const { return m_principal.tenant; }

    void lookedUp(const Result<void>& outcome)
    {
        if (!outcome) {
            m_admission.refusal = unavailable("run_state_unavailable", outcome.error().message, 1);
        }
        m_vouched = prevention::Vouched::ByDatabase;
        // The run may bring a snapshot that was not loaded before.
        m_call->catalogue = m_services.catalogue.get();
    }

    /// The steps that quotas need to know about.
    void route()
    {
        if (!m_admission.refusal) {
            m_admission.refusal = inOrder({&Admitting::findUpstream});
        }
    }

    /// What must be reserved before the call; nullopt for nothing.
    std::optional<QuotaCall> quotaCall()
    {
        if (m_admission.refusal || m_services.quotas == nullptr) {
            return std::nullopt;
        }
        const auto& quotas = m_call->catalogue->quotas;
        const auto found = quotas.find(m_principal.tenant);
        if (found == quotas.end()) {
            return std::nullopt;
        }
        return quotaCallOf(*m_call, found->second, knownRun(), m_request.receivedAt);
    }

    /// The stop of a run that is over its own limits is to be made known before the client hears
    /// of it.
    std::optional<domain::KillReason> reserved(QuotaAnswer answer)
    {
        if (answer) {
            m_call->quota = *std::move(answer);
            return std::nullopt;
        }
        refuseByQuota(answer.error());
        return m_call->evidence && m_call->bound ? answer.error().endsRun : std::nullopt;
    }
    [[nodiscard]] RunId run() const { return m_call->run.runId; }

    /// The other steps, unless it was refused already.
    Admission finish()
    {
        if (!m_admission.refusal) {
            m_admission.refusal
                = inOrder({&Admitting::bindRun, &Admitting::compile, &Admitting::judge});
        }
        const bool recorded = m_call && m_call->evidence;
        if (recorded && (m_admission.refusal || m_admission.stopped)) {
            m_call->meter->nothingCharged();
        }
        m_admission.call = recorded ? std::move(m_call) : nullptr;
        return std::move(m_admission);
    }

private:
    using Refusal = std::optional<http::ErrorReply>;

    Refusal inOrder(std::initializer_list<Refusal (Admitting::*)()> steps)
    {
        for (const auto step : steps) {
            if (auto refused = (this->*step)()) {
                return refused;
            }
        }
        return std::nullopt;
    }

    Refusal identifyCaller()
    {
        auto caller = identify(m_services, m_request);
        if (!caller) {
            return std::move(caller).error();
        }
        m_principal = caller->principal;
        m_admission.presented = std::move(caller->presented);
        m_call = std::make_shared<CallState>();
        m_call->catalogue = std::move(caller->catalogue);
        m_call->surface = &m_surface;
        return std::nullopt;
    }

    Refusal checkSpool()
    {
        const auto spool = m_services.journal.stats();
        if (spool.full || spool.failing) {
            return unavailable(spool.full ? "spool_full" : "spool_failing",
                               "no evidence can be kept at the moment, so no call is let through",
                               kSpoolRetrySeconds);
        }
        return std::nullopt;
    }

    Refusal readBody()
    {
        auto chat = ChatRequest::read(m_request, m_surface);
        if (!chat) {
            return http::replyFor(chat.error());
        }
        m_call->chat = *std::move(chat);
        return std::nullopt;
    }

    Refusal findUpstream()
    {
        const auto& catalogue = *m_call->catalogue;
        m_call->project = catalogue.findProject(m_principal.project);
        const domain::RouteQuery query{m_principal.project,
                                       m_call->chat->model,
                                       m_surface.traits().wire,
                                       m_call->chat->region,
                                       m_call->chat->dataClasses};
        auto decision = domain::decideRoute(
            catalogue.upstreams, query, [this](UpstreamId id) { return m_health.of(id); });
        if (m_call->project == nullptr || decision.order.empty()) {
            auto reply = decision.modelKnown
                ? refusal(403, "permission_error", "no_service_fits", decision.reason)
                : refusal(
                    404, "invalid_request_error", "model_not_found", "no upstream has the model");
            reply.param = "model";
            return reply;
        }
        if (decision.order.size() > 1 || decision.order.front()->contract || query.region
            || !query.dataClasses.empty()) {
            m_route = Json(domain::routeJson(decision, query));
        }
        m_call->route = std::move(decision.order);
        m_call->upstream = m_call->route.front();
        auto target = parseBaseUrl(m_call->upstream->baseUrl);
        if (!target) {
            ops::logError("upstream {}: {}", m_call->upstream->name, target.error().message);
            return http::replyFor({ErrorCode::Internal, {}, {}});
        }
        m_call->target = *std::move(target);
        m_call->price = catalogue.prices.find(m_call->chat->model);
        if (m_call->price != nullptr) {
            m_call->closing.priceVersion = catalogue.prices.version;
        }
        return std::nullopt;
    }

    Refusal bindRun()
    {
        const auto tenant = m_principal.tenant;
        const auto current = m_call->catalogue->currentSnapshot.find(tenant);
        if (current == m_call->catalogue->currentSnapshot.end()) {
            return unavailable("policies_unavailable", "the policies are not loaded yet", 1);
        }
        const auto& clientRunId = m_call->chat->clientRunId;
        if (!clientRunId) {
            m_call->run.runId = RunId::generate();
            m_call->run.snapshotId = current->second;
            m_call->run.counters.llmCalls = 1;
            m_call->run.counters.startedAt = m_request.receivedAt;
            return std::nullopt;
        }
        m_call->bound = true;
        auto bound = m_services.runs.bind(tenant,
                                          m_principal.project,
                                          *clientRunId,
                                          current->second,
                                          m_request.receivedAt,
                                          m_vouched);
        if (bound) {
            m_call->run = *std::move(bound);
            return std::nullopt;
        }
        if (bound.error().subject != "run_stopped") {
            return unavailable("run_state_unavailable", bound.error().message, 1);
        }
        return refuseStopped(current->second);
    }

    std::optional<domain::LiveRun> knownRun() const
    {
        const auto& clientRunId = m_call->chat->clientRunId;
        return clientRunId ? m_services.runs.peek(
                   m_principal.tenant,
                   prevention::deriveRunId(m_principal.tenant, m_principal.project, *clientRunId))
                           : std::nullopt;
    }

    void refuseByQuota(const QuotaRefusal& refusal)
    {
        m_admission.refusal = refusal.reply;
        const auto current = m_call->catalogue->currentSnapshot.find(m_principal.tenant);
        if (current == m_call->catalogue->currentSnapshot.end()) {
            return;
        }
        m_call->bound = m_call->chat->clientRunId.has_value();
        m_call->run.runId = m_call->bound ? prevention::deriveRunId(
                                m_principal.tenant, m_principal.project, *m_call->chat->clientRunId)
                                          : RunId::generate();
        m_call->run.snapshotId = current->second;
        open();
        m_admission.refusal->runId = m_call->run.runId.text();
    }

    /// A refused step is evidence too: it shows that nothing reached the provider.
    Refusal refuseStopped(const std::string& snapshotId)
    {
        const RunId run = prevention::deriveRunId(
            m_principal.tenant, m_principal.project, *m_call->chat->clientRunId);
        m_call->run.runId = run;
        m_call->run.snapshotId = snapshotId;
        open();
        return runStopped(m_services.runs.stopOf(m_principal.tenant, run), run);
    }

    Refusal compile()
    {
        const auto snapshot
            = m_call->catalogue->findSnapshot(m_principal.tenant, m_call->run.snapshotId);
        if (snapshot == nullptr) {
            return unavailable("policies_unavailable", "the run's policies are not loaded", 1);
        }
        auto compiled = m_services.snapshots.get(snapshot);
        if (!compiled) {
            ops::logError("snapshot {}: {}", snapshot->snapshotId, compiled.error().message);
            return unavailable("policies_unavailable", "the run's policies cannot be applied", 5);
        }
        m_call->snapshot = *std::move(compiled);
        m_call->guard
            = std::make_unique<prevention::CallGuard>(m_call->snapshot, subjectOf(*m_call));
        return std::nullopt;
    }

    Refusal judge()
    {
        auto& call = *m_call;
        auto verdict = call.guard->judgeInput(call.chat->texts());
        ChatRequest::Changes changes;
        if (!verdict.stop) {
            changes.replacements = std::move(verdict.replacements);
            changes.askForUsage = call.guard->needsUsage();
            call.usageAsked
                = changes.askForUsage && call.chat->streaming && !call.chat->usageRequested;
            call.sentBody = call.chat->rewritten(changes);
        }
        open();
        call.guard->usageChanged(call.meter->runCounters(), 0, m_request.receivedAt);
        if (call.guard->stop()) {
            stopHere(std::move(verdict.outcome));
        } else {
            recordInput(std::move(verdict.outcome));
        }
        return std::nullopt;
    }

    /// The call's first record; from here on every end is recorded.
    void open()
    {
        auto& call = *m_call;
        call.meter
            = std::make_unique<UsageMeter>(call.price, call.run.counters, call.chat->textBytes());
        call.evidence = std::make_unique<CallEvidence>(m_services.journal,
                                                       CallIdentity{m_principal.tenant,
                                                                    m_principal.project,
                                                                    m_principal.key,
                                                                    CallId::generate(),
                                                                    call.run.runId,
                                                                    m_request.id,
                                                                    m_request.receivedAt,
                                                                    m_request.startedAt});
        auto opened = openedRecord(call, m_request);
        opened.route = std::move(m_route);
        spool::Journal::Completion durable;
        if (call.chat->streaming) {
            // The head goes out before any of the answer: this is on disk by then.
            durable = call.opened.emplace(m_services.io).track();
        }
        call.evidence->open(std::move(opened), std::move(durable));
    }

    void recordInput(prevention::StageOutcome outcome)
    {
        if (outcome.decisions.empty()) {
            m_call->inputPasses = std::move(outcome.passes);
            return;
        }
        ViolationRecorder(*m_call, m_violations)
            .record(std::move(outcome), inputTexts(*m_call->chat));
    }

    void stopHere(prevention::StageOutcome outcome)
    {
        auto run = m_call->guard->finishOutput();
        std::move(
            run.decisions.begin(), run.decisions.end(), std::back_inserter(outcome.decisions));
        std::move(run.passes.begin(), run.passes.end(), std::back_inserter(outcome.passes));
        m_admission.stopped = std::move(outcome);
    }

    const GatewayServices& m_services;
    ops::Counter& m_violations;
    const ServiceHealth& m_health;
    const http::Request& m_request;
    const Surface& m_surface;
    security::Principal m_principal;
    prevention::Vouched m_vouched = prevention::Vouched::ByLocalCopy;
    std::shared_ptr<CallState> m_call;
    std::optional<Json> m_route; ///< Where there was a choice.
    Admission m_admission;
};

} // namespace

asio::awaitable<Admission> admit(AdmissionParts parts,
                                 const http::Request& request,
                                 const Surface& surface)
{
    const auto& services = parts.services;
    Admitting admitting(parts, request, surface);
    admitting.begin();
    if (const auto run = admitting.runToLookUp()) {
        Durability looked(services.io);
        services.runs.look(admitting.tenant(), *run, looked.track());
        const auto outcome = co_await looked.wait();
        admitting.lookedUp(outcome);
    }
    admitting.route();
    if (auto wanted = admitting.quotaCall()) {
        auto answer = co_await services.quotas->reserve(*std::move(wanted));
        if (const auto over = admitting.reserved(std::move(answer))) {
            Durability stopped(services.io);
            services.runs.stop(
                admitting.tenant(), admitting.run(), runOver(*over), stopped.track());
            static_cast<void>(co_await stopped.wait());
        }
    }
    co_return admitting.finish();
}

} // namespace exhibit::gateway
