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

bool RunKeeper::end(TenantId tenant, RunId run)
{
    auto answer = std::make_shared<std::promise<bool>>();
    auto ended = answer->get_future();
    boost::asio::post(m_io, [this, tenant, run, answer] {
        const UtcTime now = utcNow();
        const bool was = m_runs.end(tenant, run, now);
        if (was) {
            record(tenant, {.runId = run, .at = now});
        }
        answer->set_value(was);
    });
    return ended.wait_for(kEndTimeout) == std::future_status::ready && ended.get();
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
