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

void RunKeeper::record(TenantId tenant, const spool::RunEnded& ended)
{
    spool::Record record;
    record.tenant = tenant;
    record.at = ended.at;
    record.kind = spool::RecordKind::RunEnded;
    record.payload = spool::encodeRecord(ended);
    m_journal.append(std::move(record));
}

} // namespace exhibit::server
