// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/api/services.h"
#include "server/prevention/run_registry.h"
#include "server/spool/journal.h"

#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <functional>
#include <memory>

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

    /// Cuts what is live of a run; returns how many calls. Io thread.
    using Cut = std::function<std::size_t(TenantId, RunId, domain::KillReason)>;
    void cutWith(Cut cut) { m_cut = std::move(cut); }

    void start(); ///< Io thread.
    void stop(); ///< Io thread, or when it no longer runs.
    /// Ends a run as succeeded or failed; false when it is unknown or does not run. With other
    /// replicas it may be one of theirs. Any thread but the io thread.
    [[nodiscard]] bool end(TenantId tenant, RunId run, domain::RunStatus status);

    /// Stops a run for good, a live answer included. With other replicas it may be one of theirs.
    /// Any thread but the io thread.
    [[nodiscard]] api::KilledRun kill(const api::KillOrder& order);

private:
    struct Killing;
    void startKilling(const std::shared_ptr<Killing>& killing);
    void killNow(const std::shared_ptr<Killing>& killing);
    [[nodiscard]] bool endNow(TenantId tenant, RunId run, domain::RunStatus status);
    void expireLater();
    void expireNow();
    void record(TenantId tenant, const spool::RunEnded& ended);

    boost::asio::io_context& m_io;
    prevention::RunRegistry& m_runs;
    spool::Journal& m_journal;
    std::chrono::seconds m_idleTimeout;
    Cut m_cut;
    boost::asio::steady_timer m_timer;
};

} // namespace exhibit::server
