// SPDX-License-Identifier: Apache-2.0
#include "server/main/replicas.h"

#include "models/base/limits.h"
#include "server/ops/log.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <future>

#include <unistd.h>

namespace exhibit::server {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

constexpr std::size_t kLookers = 4;
constexpr auto kRenewTimeout = 2s;
constexpr auto kRenewRetry = 500ms;
constexpr auto kJoinPause = 20ms;
constexpr auto kRebuildTimeout = 30s;
constexpr auto kAdoptTimeout = 5s;
constexpr std::size_t kRunsPerPage = 1000;
/// So few that the io thread takes them over within a millisecond.
constexpr std::size_t kRunsAtOnce = 50;

std::string machineName()
{
    std::array<char, 256> name{};
    return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "unknown";
}

tl::unexpected<Error> standingUnknown()
{
    return fail(ErrorCode::Unavailable,
                "whether another replica has stopped this run cannot be known now",
                "run_state_unavailable");
}

} // namespace

Replicas::Replicas(ReplicaServices services)
    : m_services(std::move(services))
    , m_database(m_services.urls, kLookers)
    , m_store(m_database)
    , m_rows(m_database)
    , m_name(machineName())
    , m_lookers(kLookers)
{
}

Replicas::~Replicas()
{
    m_renewing.reset();
    m_lookers.join();
}

void Replicas::join(Deadline deadline)
{
    for (;;) {
        const auto renewed = renew();
        if (!renewed) {
            ops::logWarning("whether other replicas live is not known: {}",
                            renewed.error().message);
            // As alone as it was when the copy was last complete.
            stand(m_services.copy.complete() ? Standing::Alone : Standing::Unknown, 0);
            return;
        }
        const Standing standing = m_standing;
        if (standing == Standing::Alone || standing == Standing::Shared || deadline.reached()) {
            return;
        }
        std::this_thread::sleep_for(kJoinPause);
    }
}

void Replicas::start()
{
    m_serving = true;
    m_renewing = std::make_unique<Periodic>("renewing this replica's lease",
                                            Periodic::Timing{limits::kReplicaRenewal, kRenewRetry},
                                            [this] { return renew(); });
}

void Replicas::leave()
{
    m_renewing.reset();
    m_lookers.join();
    const auto removed = m_store.remove(m_services.replica, Deadline::after(kRenewTimeout));
    if (!removed) {
        ops::logInfo("this replica's lease runs out by itself: {}", removed.error().message);
    }
}

Result<storage::OtherReplicas> Replicas::takeLease(bool sharing)
{
    const auto began = std::chrono::steady_clock::now();
    EXHIBIT_TRY(const auto others,
                m_store.renew({.replica = m_services.replica,
                               .name = m_name,
                               .length = limits::kReplicaLease,
                               .sharing = sharing},
                              Deadline::after(kRenewTimeout)));
    m_leaseUntil = began + limits::kReplicaLease;
    return others;
}

Result<void> Replicas::renew()
{
    const bool alone = m_standing == Standing::Alone;
    EXHIBIT_TRY(auto others, takeLease(!alone));
    if (others.live == 0) {
        return alone && m_joined ? Result<void>() : standAlone();
    }
    const auto standingAmong = [](const storage::OtherReplicas& replicas) {
        return replicas.notSharing == 0 ? Standing::Shared : Standing::Joining;
    };
    if (alone) {
        // First this replica looks; then it lets the newcomer, which waits for that, know.
        stand(standingAmong(others), others.live);
    }
    if (m_services.copy.complete()) {
        EXHIBIT_CHECK(m_services.copy.markIncomplete());
    }
    if (alone) {
        EXHIBIT_TRY(others, takeLease(true));
    }
    m_joined = true;
    stand(standingAmong(others), others.live);
    return {};
}

Result<void> Replicas::standAlone()
{
    EXHIBIT_TRY(const bool lacking, copyMayLack());
    if (lacking) {
        EXHIBIT_CHECK(rebuildCopy());
    }
    EXHIBIT_TRY(const auto others, takeLease(false));
    if (others.live > 0) {
        // One came meanwhile, and waits: say that this one shares; the next renewal goes on.
        return takeLease(true).map([](const storage::OtherReplicas&) {});
    }
    m_joined = true;
    stand(Standing::Alone, 0);
    return {};
}

Result<bool> Replicas::copyMayLack()
{
    if (!m_services.copy.complete()) {
        return true;
    }
    if (m_joined) {
        return false;
    }
    // Complete when this process last ended; others may have served since.
    const auto catalogue = m_services.catalogue.get();
    for (const auto& [tenant, snapshot] : catalogue->currentSnapshot) {
        EXHIBIT_TRY(
            const bool others,
            m_store.othersHaveWritten(tenant, m_services.replica, Deadline::after(kRenewTimeout)));
        if (others) {
            return true;
        }
    }
    return false;
}

Result<void> Replicas::rebuildCopy()
{
    std::size_t count = 0;
    const auto catalogue = m_services.catalogue.get();
    for (const auto& [tenant, snapshot] : catalogue->currentSnapshot) {
        RunId after;
        for (;;) {
            EXHIBIT_TRY(const auto page,
                        m_rows.openAndStopped(
                            tenant, after, kRunsPerPage, Deadline::after(kRebuildTimeout)));
            if (page.empty()) {
                break;
            }
            after = page.back().runId;
            count += page.size();
            EXHIBIT_CHECK(adopt(page));
        }
    }
    EXHIBIT_CHECK(m_services.copy.markComplete());
    if (count > 0) {
        ops::logInfo("the local copy was compared with {} runs", count);
    }
    return {};
}

Result<void> Replicas::adopt(const std::vector<domain::LiveRun>& runs)
{
    if (!m_serving) {
        std::for_each(runs.begin(), runs.end(), [this](const domain::LiveRun& run) {
            m_services.runs.adopt(run);
        });
        return {};
    }
    for (std::size_t first = 0; first < runs.size(); first += kRunsAtOnce) {
        const auto begin = runs.begin() + static_cast<std::ptrdiff_t>(first);
        const auto count = std::min(kRunsAtOnce, runs.size() - first);
        std::vector<domain::LiveRun> some(begin, begin + static_cast<std::ptrdiff_t>(count));
        auto done = std::make_shared<std::promise<void>>();
        auto adopted = done->get_future();
        asio::post(m_services.io, [this, some = std::move(some), done] {
            for (const auto& run : some) {
                m_services.runs.adopt(run);
            }
            done->set_value();
        });
        if (adopted.wait_for(kAdoptTimeout) != std::future_status::ready) {
            return fail(ErrorCode::Unavailable, "the io thread is busy or has ended");
        }
    }
    return {};
}

void Replicas::stand(Standing standing, std::int64_t others)
{
    m_others = others;
    if (m_standing.exchange(standing) == standing) {
        return;
    }
    if (standing == Standing::Alone) {
        ops::logInfo("this replica is alone: runs are decided from the local copy");
    } else if (standing == Standing::Shared) {
        ops::logInfo("{} other replicas live: runs are looked up in PostgreSQL", others);
    }
}

bool Replicas::mayLook() const
{
    const Standing standing = m_standing;
    // With its lease run out, others may take this replica for gone and no longer look.
    return standing == Standing::Alone
        || (standing == Standing::Shared && std::chrono::steady_clock::now() < m_leaseUntil.load());
}

Result<std::optional<domain::LiveRun>> Replicas::lookNow(TenantId tenant,
                                                         RunId run,
                                                         Deadline deadline)
{
    EXHIBIT_TRY(auto row, m_rows.live(tenant, run, deadline));
    if (row) {
        EXHIBIT_CHECK(m_services.ensureSnapshot(tenant, row->snapshotId, deadline));
    }
    return row;
}

void Replicas::look(TenantId tenant, RunId run, Looked done)
{
    if (!mayLook()) {
        asio::post(m_services.io, [done = std::move(done)] { done(standingUnknown()); });
        return;
    }
    const auto deadline = Deadline::after(limits::kRunLookTimeout);
    asio::post(m_lookers, [this, tenant, run, deadline, done = std::move(done)]() mutable {
        auto row = deadline.reached() ? standingUnknown() : lookNow(tenant, run, deadline);
        asio::post(m_services.io, [done = std::move(done), row = std::move(row)]() mutable {
            done(std::move(row));
        });
    });
}

void Replicas::publishStop(domain::LiveRun stopped, Published done)
{
    const auto deadline = Deadline::after(limits::kStopPublishTimeout);
    asio::post(m_lookers,
               [this, stopped = std::move(stopped), deadline, done = std::move(done)]() mutable {
                   const auto published = m_rows.publishStop(stopped, deadline);
                   if (!published) {
                       ops::logWarning("the stop of {} reaches other replicas late: {}",
                                       stopped.runId.text(),
                                       published.error().message);
                   }
                   asio::post(m_services.io, std::move(done));
               });
}

void Replicas::publishKill(TenantId tenant, RunId run, domain::KillReason reason)
{
    if (m_services.alsoTellKill) {
        asio::post(m_lookers,
                   [this, tenant, run, reason] { m_services.alsoTellKill(tenant, run, reason); });
    }
    asio::post(m_lookers, [this, tenant, run, reason] {
        const auto published
            = m_rows.publishKill(tenant, run, reason, Deadline::after(limits::kStopPublishTimeout));
        if (!published) {
            ops::logWarning("the kill of {} reaches other replicas late: {}",
                            run.text(),
                            published.error().message);
        }
    });
}

void Replicas::notice(std::string_view payload)
{
    constexpr std::string_view kStopped = "run_stopped ";
    constexpr std::string_view kKilled = "run_killed ";
    if (payload.starts_with(kStopped)) {
        hearOfRun(payload.substr(kStopped.size()), false);
    } else if (payload.starts_with(kKilled)) {
        hearOfRun(payload.substr(kKilled.size()), true);
    } else {
        asio::post(m_services.io, [this] {
            if (m_renewing) {
                m_renewing->wake();
            }
        });
    }
}

// "TENANT RUN", with the reason behind it for a kill.
void Replicas::hearOfRun(std::string_view payload, bool killed)
{
    const auto next = [&payload] {
        const auto word = payload.substr(0, payload.find(' '));
        payload.remove_prefix(std::min(word.size() + 1, payload.size()));
        return word;
    };
    const auto tenant = TenantId::parse(next());
    const auto run = RunId::parse(next());
    const auto reason = parseEnum<domain::KillReason>(next());
    if (!tenant || !run || (killed && !reason)) {
        return;
    }
    if (killed) {
        asio::post(m_services.io, [this, tenant = *tenant, run = *run, reason = *reason] {
            m_services.runs.hearKill(tenant, run, reason);
        });
        return;
    }
    asio::post(m_services.io, [this, tenant = *tenant, run = *run] {
        // A look that fails costs nothing: the next call of the run looks again.
        m_services.runs.look(tenant, run, [](const Result<void>&) {});
    });
}

Json Replicas::health() const
{
    const Standing standing = m_standing;
    if (standing == Standing::Alone) {
        return JsonObject{{"ok", true}, {"detail", ""}, {"others", 0}};
    }
    const bool ok = mayLook();
    return JsonObject{{"ok", ok},
                      {"detail",
                       ok ? ""
                          : "calls of bound runs are refused until it is known"
                            " what other replicas have stopped"},
                      {"others", m_others.load()}};
}

} // namespace exhibit::server
