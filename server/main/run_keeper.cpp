// SPDX-License-Identifier: Apache-2.0
#include "server/main/run_keeper.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <future>

namespace exhibit::server {
namespace {

using namespace std::chrono_literals;

constexpr auto kEndTimeout = 5s;

} // namespace

RunKeeper::RunKeeper(boost::asio::io_context& io,
                     prevention::RunRegistry& runs,
                     spool::Journal& journal,
                     std::chrono::seconds idleTimeout)
    : m_io(io)
    , m_runs(runs)
    , m_journal(journal)
    , m_idleTimeout(idleTimeout)
    , m_timer(io)
{
}

void RunKeeper::start()
{
    expireLater();
}

void RunKeeper::stop()
{
    m_timer.cancel();
}

void RunKeeper::expireLater()
{
    // Often enough that a run ends at most a twentieth later than it should.
    m_timer.expires_after(std::clamp<std::chrono::seconds>(m_idleTimeout / 20, 1s, 30s));
    m_timer.async_wait([this](const boost::system::error_code& error) {
        if (!error) {
            expireNow();
            expireLater();
        }
    });
}

void RunKeeper::expireNow()
{
    const UtcTime now = utcNow();
    for (const auto& run : m_runs.expireIdle(now - m_idleTimeout)) {
        record(run.tenantId,
               {.runId = run.runId,
                .status = domain::RunStatus::Succeeded,
                .reason = domain::TerminationReason::Completed,
                .at = now});
    }
}

bool RunKeeper::end(TenantId tenant, RunId run, domain::RunStatus status)
{
    auto answer = std::make_shared<std::promise<bool>>();
    auto ended = answer->get_future();
    boost::asio::post(m_io, [this, tenant, run, status, answer] {
        if (!m_runs.needsLook(tenant, run)) {
            answer->set_value(endNow(tenant, run, status));
            return;
        }
        m_runs.look(tenant, run, [this, tenant, run, status, answer](const Result<void>& known) {
            answer->set_value(known && endNow(tenant, run, status));
        });
    });
    return ended.wait_for(kEndTimeout) == std::future_status::ready && ended.get();
}

bool RunKeeper::endNow(TenantId tenant, RunId run, domain::RunStatus status)
{
    const UtcTime now = utcNow();
    if (!m_runs.end(tenant, run, now, status)) {
        return false;
    }
    // What failed in the application is no policy's and no provider's doing (domain.md).
    const auto reason = status == domain::RunStatus::Failed
        ? domain::TerminationReason::SystemFailure
        : domain::TerminationReason::Completed;
    record(tenant, {.runId = run, .status = status, .reason = reason, .at = now});
    return true;
}

/// One kill on its way through the io thread.
struct RunKeeper::Killing {
    api::KillOrder order;
    std::chrono::steady_clock::time_point since = std::chrono::steady_clock::now();
    api::KilledRun killed;
    std::promise<api::KilledRun> done;
};

api::KilledRun RunKeeper::kill(const api::KillOrder& order)
{
    const auto killing = std::make_shared<Killing>();
    killing->order = order;
    auto done = killing->done.get_future();
    boost::asio::post(m_io, [this, killing] { startKilling(killing); });
    return done.wait_for(kEndTimeout) == std::future_status::ready ? done.get() : api::KilledRun{};
}

void RunKeeper::startKilling(const std::shared_ptr<Killing>& killing)
{
    // What is live is cut first: looking may take time.
    const auto& order = killing->order;
    killing->killed.callsCut = m_cut ? m_cut(order.tenant, order.run, order.reason) : 0;
    killing->killed.cutLatencyUs = std::chrono::duration_cast<std::chrono::microseconds>(
                                       std::chrono::steady_clock::now() - killing->since)
                                       .count();
    m_runs.announceKill(order.tenant, order.run, order.reason);
    if (!m_runs.needsLook(order.tenant, order.run)) {
        killNow(killing);
        return;
    }
    m_runs.look(order.tenant, order.run, [this, killing](const Result<void>& /*known*/) {
        killNow(killing);
    });
}

void RunKeeper::killNow(const std::shared_ptr<Killing>& killing)
{
    domain::RunStop stop;
    stop.status = domain::RunStatus::Cancelled;
    stop.reason = domain::TerminationReason::UserAbort;
    stop.killReason = killing->order.reason;
    stop.at = utcNow();
    const auto recorded = [this, killing, at = stop.at](const Result<void>& durable) {
        auto& killed = killing->killed;
        killed.known = durable.has_value() || killed.callsCut > 0 || killing->order.runsElsewhere;
        if (killed.known) {
            record(killing->order.tenant,
                   {.runId = killing->order.run,
                    .status = domain::RunStatus::Cancelled,
                    .reason = domain::TerminationReason::UserAbort,
                    .killReason = killing->order.reason,
                    .actor = killing->order.actor,
                    .callsCut = static_cast<std::int64_t>(killed.callsCut),
                    .cutLatencyUs = killed.cutLatencyUs,
                    .at = at});
        }
        killing->done.set_value(killed);
    };
    m_runs.stop(killing->order.tenant, killing->order.run, std::move(stop), recorded);
}

void RunKeeper::record(TenantId tenant, const spool::RunEnded& ended)
{
    m_journal.append(spool::recordOf(tenant, ended));
}

} // namespace exhibit::server
