// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/admission.h"

#include "server/gateway/admission_replies.h"
#include "server/gateway/admitting.h"
#include "server/gateway/quota_demands.h"
#include "server/gateway/run_ending.h"
#include "server/gateway/wakeup.h"
#include "server/ops/log.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace exhibit::gateway {

namespace asio = boost::asio;

Admitting::Admitting(const AdmissionParts& parts,
                     const http::Request& request,
                     const Surface& surface)
    : m_services(parts.services)
    , m_violations(parts.violations)
    , m_health(parts.health)
    , m_request(request)
    , m_surface(surface)
{
}

void Admitting::begin()
{
    m_admission.refusal
        = inOrder({&Admitting::identifyCaller, &Admitting::checkSpool, &Admitting::readBody});
}

std::optional<RunId> Admitting::runToLookUp() const
{
    const bool known = m_admission.refusal || !m_namedRun
        || !m_services.runs.needsLook(m_principal.tenant, *m_namedRun);
    return known ? std::nullopt : m_namedRun;
}

void Admitting::lookedUp(const Result<void>& outcome)
{
    if (!outcome) {
        m_admission.refusal = unavailable("run_state_unavailable", outcome.error().message, 1);
    }
    m_vouched = prevention::Vouched::ByDatabase;
    // The run may bring a snapshot that was not loaded before.
    m_call->catalogue = m_services.catalogue.get();
}

void Admitting::route()
{
    if (!m_admission.refusal) {
        m_admission.refusal = inOrder({&Admitting::findUpstream});
    }
}

std::optional<QuotaCall> Admitting::quotaCall()
{
    if (m_admission.refusal || m_surface.traits().asksNoModel) {
        return std::nullopt;
    }
    const auto& quotas = m_call->catalogue->quotas;
    const auto found = quotas.find(m_principal.tenant);
    if (found == quotas.end()) {
        return std::nullopt;
    }
    auto applied
        = domain::quotasOf(found->second, m_call->chat->userId.value_or(""), m_call->project->slug);
    m_call->limits = RunLimits(applied);
    if (m_services.quotas == nullptr || applied.empty()) {
        return std::nullopt;
    }
    const auto known = knownRun();
    if (known && known->stop) {
        return std::nullopt; // It is refused for that (rulings.md 4).
    }
    auto wanted = quotaCallOf(*m_call, found->second, known, m_request.receivedAt);
    wanted.applied = std::move(applied);
    return wanted;
}

std::optional<RunOverrun> Admitting::reserved(QuotaAnswer answer)
{
    if (answer) {
        const auto over = usedUpMeanwhile();
        if (!over) {
            m_call->quota = *std::move(answer);
            return std::nullopt;
        }
        answer = tl::make_unexpected(QuotaRefusal{runLimitReply(over->breach), over});
    }
    refuseByQuota(answer.error());
    return m_call->evidence && m_call->bound ? answer.error().endsRun : std::nullopt;
}

std::optional<RunOverrun> Admitting::usedUpMeanwhile() const
{
    const auto known = knownRun();
    if (!known || known->stop) {
        return std::nullopt;
    }
    auto counters = known->counters;
    ++counters.llmCalls;
    return m_call->limits.usedUpBefore(counters, m_request.receivedAt);
}

void Admitting::bind()
{
    if (!m_admission.refusal) {
        m_admission.refusal = inOrder({&Admitting::bindRun, &Admitting::compile});
    }
}

bool Admitting::readSome()
{
    return !m_admission.refusal && m_call->guard->readInput(m_call->chat->texts());
}

Admission Admitting::finish()
{
    if (!m_admission.refusal) {
        m_admission.refusal = inOrder({&Admitting::checkRun, &Admitting::judge});
    }
    const bool recorded = m_call && m_call->evidence;
    if (recorded && (m_admission.refusal || m_admission.stopped)) {
        m_call->meter->nothingCharged();
    }
    m_admission.call = recorded ? std::move(m_call) : nullptr;
    return std::move(m_admission);
}

Admitting::Refusal Admitting::inOrder(std::initializer_list<Refusal (Admitting::*)()> steps)
{
    for (const auto step : steps) {
        if (auto refused = (this->*step)()) {
            return refused;
        }
    }
    return std::nullopt;
}

Admitting::Refusal Admitting::identifyCaller()
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

Admitting::Refusal Admitting::checkSpool()
{
    const auto spool = m_services.journal.stats();
    if (spool.full || spool.failing) {
        return unrecorded(spool,
                          "no evidence can be kept at the moment, so no call is let through");
    }
    return std::nullopt;
}

Admitting::Refusal Admitting::readBody()
{
    auto chat = ChatRequest::read(m_request, m_surface);
    if (!chat) {
        return http::replyFor(chat.error());
    }
    m_call->chat = *std::move(chat);
    if (const auto& named = m_call->chat->clientRunId) {
        m_namedRun = prevention::deriveRunId(m_principal.tenant, m_principal.project, *named);
    }
    return std::nullopt;
}

/// Who keeps a response nobody here knows: the first service of the wire.
void Admitting::findKeeper()
{
    for (const auto& upstream : m_call->catalogue->upstreams) {
        const bool fits
            = upstream.projectId == m_principal.project && upstream.wire == m_surface.traits().wire;
        if (fits && m_call->route.empty()) {
            m_call->route.push_back(&upstream);
        }
    }
}

Admitting::Refusal Admitting::findUpstream()
{
    const auto& catalogue = *m_call->catalogue;
    m_call->project = catalogue.findProject(m_principal.project);
    if (m_surface.traits().asksNoModel && m_call->chat->model.empty()) {
        findKeeper();
        return m_call->project == nullptr || m_call->route.empty()
            ? Refusal(refusal(404, "invalid_request_error", "not_found", "no upstream can answer"))
            : takeService();
    }
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
            : refusal(404, "invalid_request_error", "model_not_found", "no upstream has the model");
        reply.param = "model";
        return reply;
    }
    if (decision.order.size() > 1 || decision.order.front()->contract || query.region
        || !query.dataClasses.empty()) {
        m_route = Json(domain::routeJson(decision, query));
    }
    m_call->route = std::move(decision.order);
    return takeService();
}

/// The first of the route.
Admitting::Refusal Admitting::takeService()
{
    m_call->upstream = m_call->route.front();
    auto target = parseBaseUrl(m_call->upstream->baseUrl);
    if (!target) {
        ops::logError("upstream {}: {}", m_call->upstream->name, target.error().message);
        return http::replyFor({ErrorCode::Internal, {}, {}});
    }
    m_call->target = *std::move(target);
    const auto& prices = m_call->catalogue->pricesOf(m_principal.tenant);
    m_call->price = prices.find(m_call->chat->model);
    if (m_call->price != nullptr) {
        m_call->closing.priceVersion = prices.version;
    }
    return std::nullopt;
}

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
            recordOverrun(
                services.journal, {admitting.tenant(), admitting.run(), 0, 0}, *over, stopped);
            services.runs.stop(
                admitting.tenant(), admitting.run(), runOver(over->breach.reason), stopped.track());
            static_cast<void>(co_await stopped.wait());
        }
    }
    admitting.bind();
    while (admitting.readSome()) {
        co_await boost::asio::post(services.io, boost::asio::use_awaitable);
    }
    co_return admitting.finish();
}

} // namespace exhibit::gateway
