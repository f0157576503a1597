// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/prevention/run_registry.h"
#include "server/spool/journal.h"

#include <boost/asio/steady_timer.hpp>

#include <chrono>

namespace boost::asio {
class io_context;
}

namespace exhibit::server {

/// Ends runs: those that were idle for too long, and those the application says are over. Each end
/// is a record of the journal (rulings.md 3).
class RunKeeper {
public:
    RunKeeper(boost::asio::io_context& io,
              prevention::RunRegistry& runs,
              spool::Journal& journal,
              std::chrono::seconds idleTimeout);

    void start(); ///< Io thread.
    void stop(); ///< Io thread, or when it no longer runs.
    /// Ends a run as succeeded or failed; false when it is unknown or does not run. With other
    /// replicas it may be one of theirs. Any thread but the io thread.
    [[nodiscard]] bool end(TenantId tenant, RunId run, domain::RunStatus status);

private:
    [[nodiscard]] bool endNow(TenantId tenant, RunId run, domain::RunStatus status);
    void expireLater();
    void expireNow();
    void record(TenantId tenant, const spool::RunEnded& ended);

    boost::asio::io_context& m_io;
    prevention::RunRegistry& m_runs;
    spool::Journal& m_journal;
    std::chrono::seconds m_idleTimeout;
    boost::asio::steady_timer m_timer;
};

} // namespace exhibit::server
