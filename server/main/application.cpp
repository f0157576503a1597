// SPDX-License-Identifier: Apache-2.0
#include "server/main/application.h"

#include "models/redaction/redaction_pack.h"
#include "server/api/api.h"
#include "server/api/export_jobs.h"
#include "server/gateway/gateway.h"
#include "server/gateway/quotas.h"
#include "server/http/server.h"
#include "server/main/announcement.h"
#include "server/main/database_service.h"
#include "server/main/ledger_service.h"
#include "server/main/log_redaction.h"
#include "server/main/recovery.h"
#include "server/main/replay_service.h"
#include "server/main/replicas.h"
#include "server/main/request_gate.h"
#include "server/main/run_keeper.h"
#include "server/main/scorecard.h"
#include "server/main/shared_limits.h"
#include "server/storage/body_field_store.h"
#include "server/storage/call_indexer.h"
#include "server/storage/ingest.h"
#include "server/storage/local_copy_retention.h"
#include "server/storage/private_file.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fmt/format.h>

#include <csignal>

namespace exhibit::server {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

constexpr auto kJoinTimeout = 20s;
constexpr auto kSignerTimeout = 20s;
constexpr Periodic::Timing kForgetting{1h, 1min};
constexpr auto kForgetTimeout = 60s;
constexpr Periodic::Timing kInspecting{1h, 10s};

} // namespace

class Application::Impl {
public:
    explicit Impl(Configuration configuration)
        : m_configuration(std::move(configuration))
        , m_signals(m_io, SIGTERM, SIGINT)
    {
    }
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;
    ~Impl() { stopParts(); }

    Result<void> start();
    void run();

private:
    Result<void> openLocalParts();
    Result<void> startDatabase();
    Result<void> startServing();
    Result<void> forgetEndedRuns();
    void drain();
    void waitForIngest(Deadline deadline);
    void stopParts();
    api::ApiServices apiServices();
    Json health() const;

    Configuration m_configuration;
    asio::io_context m_io{1};
    asio::signal_set m_signals;
    ops::Metrics m_metrics;
    std::optional<storage::DataDirectoryLock> m_lock;
    storage::CatalogueHolder m_catalogue;
    std::unique_ptr<storage::LocalCopy> m_copy;
    std::unique_ptr<spool::Journal> m_journal;
    std::unique_ptr<DatabaseService> m_databaseService;
    std::unique_ptr<LedgerService> m_ledger;
    std::unique_ptr<storage::BodyFieldStore> m_fields;
    std::unique_ptr<storage::Ingest> m_ingest;
    std::unique_ptr<storage::CallIndexer> m_indexer;
    std::atomic<bool> m_ingesting{false};
    prevention::SnapshotCache m_snapshots;
    std::unique_ptr<prevention::RunRegistry> m_runs;
    std::unique_ptr<Replicas> m_replicas;
    std::unique_ptr<Periodic> m_forgetting;
    std::unique_ptr<Scorecard> m_scorecard;
    std::unique_ptr<RunKeeper> m_runKeeper;
    std::unique_ptr<SharedLimits> m_limits;
    std::unique_ptr<gateway::Quotas> m_quotas;
    std::unique_ptr<gateway::Gateway> m_gateway;
    std::unique_ptr<ReplayService> m_replays;
    std::unique_ptr<api::ExportJobs> m_exports;
    std::unique_ptr<RequestGate> m_gate;
    std::unique_ptr<http::Server> m_server;
    bool m_draining = false;
};

Result<void> Application::Impl::start()
{
    ops::setLogLevel(m_configuration.logLevel);
    EXHIBIT_CHECK(redactLog());
    EXHIBIT_CHECK(openLocalParts());
    EXHIBIT_CHECK(startDatabase());
    return startServing();
}

Result<void> Application::Impl::openLocalParts()
{
    const auto& folder = m_configuration.dataDir;
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    EXHIBIT_TRY(auto lock, storage::DataDirectoryLock::acquire(folder));
    m_lock.emplace(std::move(lock));
    const auto post = [this](std::function<void()> work) { asio::post(m_io, std::move(work)); };
    EXHIBIT_TRY(m_copy, storage::LocalCopy::open(folder / "local.db", post));
    EXHIBIT_TRY(auto keys, spool::keyFileWrapper(folder / "spool.key"));
    spool::JournalOptions options{
        .directory = folder / "spool", .bytesMax = m_configuration.spoolBytesMax, .post = post};
    EXHIBIT_TRY(m_journal, spool::Journal::open(std::move(options), std::move(keys)));
    // What a crash left behind is settled before anything new is recorded.
    EXHIBIT_CHECK(recoverRuns(*m_journal, *m_copy));
    EXHIBIT_TRY(const auto closed, storage::recoverOpenCalls(*m_journal, Deadline::after(60s)));
    if (closed > 0) {
        ops::logWarning("closed {} calls that the last run left open", closed);
    }
    m_runs = std::make_unique<prevention::RunRegistry>(*m_copy);
    return {};
}

Result<void> Application::Impl::startDatabase()
{
    m_databaseService = std::make_unique<DatabaseService>(m_configuration, *m_copy, m_catalogue);
    EXHIBIT_CHECK(m_databaseService->find());
    m_ledger = LedgerService::open(m_configuration, Deadline::after(kSignerTimeout));
    m_ledger->useDatabase(m_databaseService->database(), m_metrics, m_io);
    m_fields = std::make_unique<storage::BodyFieldStore>(m_ledger->keys());
    m_ingest = std::make_unique<storage::Ingest>(storage::Ingest::Services{
        m_databaseService->database(), *m_journal, m_ledger->ledger(), *m_fields, m_metrics});
    EXHIBIT_TRY(auto redaction, redaction::shippedPack());
    m_indexer = std::make_unique<storage::CallIndexer>(storage::CallIndexer::Services{
        m_databaseService->database(), *m_journal, m_metrics, std::move(redaction.pack)});
    EXHIBIT_TRY(m_limits,
                SharedLimits::open(m_configuration,
                                   {m_io,
                                    m_databaseService->database(),
                                    m_journal->replica(),
                                    [this](TenantId tenant, RunId run, domain::KillReason reason) {
                                        m_runs->hearKill(tenant, run, reason);
                                    }}));
    m_replicas = std::make_unique<Replicas>(ReplicaServices{
        .io = m_io,
        .urls = m_databaseService->urls(),
        .replica = m_journal->replica(),
        .copy = *m_copy,
        .catalogue = m_catalogue,
        .runs = *m_runs,
        .ensureSnapshot =
            [this](TenantId tenant, const std::string& snapshot, Deadline deadline) {
                return m_databaseService->ensureSnapshot(tenant, snapshot, deadline);
            },
        .alsoTellKill =
            [this](TenantId tenant, RunId run, domain::KillReason reason) {
                m_limits->announceKill(tenant, run, reason);
            }});
    m_runs->shareWith(*m_replicas);
    DatabaseService::Events events;
    events.onReady = [this] {
        m_ledger->start(m_databaseService->database());
        m_ingest->start();
        m_indexer->start();
        m_ingesting = true;
    };
    events.onNotice = [this](std::string_view payload) { m_replicas->notice(payload); };
    EXHIBIT_CHECK(m_databaseService->start(std::move(events)));
    m_replicas->join(Deadline::after(kJoinTimeout));
    return {};
}

Result<void> Application::Impl::startServing()
{
    m_runKeeper
        = std::make_unique<RunKeeper>(m_io, *m_runs, *m_journal, m_configuration.runIdleTimeout);
    m_scorecard = std::make_unique<Scorecard>(
        Scorecard::Services{m_metrics, *m_journal, m_databaseService->database()}, kInspecting);
    // Shared with the API, which counts the same refusals.
    auto& unknownKeys = m_metrics.counter("cai_authn_failures",
                                          "Requests whose credential was missing or not known");
    auto& denials = m_metrics.counter(
        "cai_authz_denials", "Requests whose credential does not allow what they asked for");
    m_quotas = std::make_unique<gateway::Quotas>(m_io, m_limits->budgets());
    m_gateway = std::make_unique<gateway::Gateway>(
        gateway::GatewayServices{.io = m_io,
                                 .catalogue = m_catalogue,
                                 .snapshots = m_snapshots,
                                 .runs = *m_runs,
                                 .journal = *m_journal,
                                 .metrics = m_metrics,
                                 .options = {.upstreamKeys = m_configuration.upstreamKeys},
                                 .quotas = m_quotas.get(),
                                 .authnFailures = &unknownKeys,
                                 .authzDenials = &denials});
    m_replays = std::make_unique<ReplayService>(ReplayService::Services{
        m_io, *m_gateway, m_catalogue, m_snapshots, m_configuration.embeddings});
    m_exports = std::make_unique<api::ExportJobs>(api::ExportJobs::Services{
        m_databaseService->database(), m_ledger->ledger(), m_catalogue, m_journal->replica()});
    const auto cut = [this](TenantId tenant, RunId run, domain::KillReason reason) {
        return m_gateway->cutRun(tenant, run, reason);
    };
    m_runKeeper->cutWith(cut);
    m_runs->onKilled(cut);
    auto router = std::make_shared<http::Router>();
    m_gateway->addRoutes(*router);
    api::addRoutes(*router, apiServices());
    http::ServerOptions options;
    options.address = m_configuration.listenAddress;
    options.port = m_configuration.listenPort;
    options.connectionsMax = m_configuration.connectionsMax;
    m_gate = std::make_unique<RequestGate>(
        m_catalogue, m_configuration.rates, m_configuration.trustedProxies);
    options.gate = [this](http::Request& request, http::Surface surface) {
        return m_gate->admit(request, surface);
    };
    m_server = std::make_unique<http::Server>(m_io, options, std::move(router));
    return m_server->start();
}

api::ApiServices Application::Impl::apiServices()
{
    return {.database = m_databaseService->database(),
            .catalogue = m_catalogue,
            .ledger = m_ledger->ledger(),
            .metrics = m_metrics,
            .reloadCatalogue = [this] { return m_databaseService->reloadCatalogue(); },
            .endRun =
                [this](TenantId tenant, RunId run, domain::RunStatus status) {
                    return m_runKeeper->end(tenant, run, status);
                },
            .killRun = [this](const api::KillOrder& order) { return m_runKeeper->kill(order); },
            .incidentInSpool
            = [this](TenantId tenant,
                     IncidentId incident) { return m_ingest->incidentInSpool(tenant, incident); },
            .health = [this] { return health(); },
            .ingestLag = [this] { return m_ingest->state().lag; },
            .serviceRecord = [this](UpstreamId id) { return m_gateway->serviceRecord(id); },
            .evidence = &m_ledger->parts(),
            .replays = m_replays.get(),
            .exports = m_exports.get(),
            .upstreamKeys = &m_configuration.upstreamKeys,
            .publicUrl = m_configuration.publicUrl};
}

Json Application::Impl::health() const
{
    const auto journal = m_journal->stats();
    const auto ingest = m_ingest->state();
    const auto index = m_indexer->state();
    const std::string database = m_databaseService->trouble();
    const std::string spool = journal.full ? "the spool is full: calls are refused"
        : journal.failing                  ? "the last commit failed and is repeated"
                                           : "";
    const std::string aside = ingest.quarantined == 0 ? ""
                                                      : std::to_string(ingest.quarantined)
            + " records could not be stored and are set aside; the log says why";
    JsonObject health{
        {"evidence", JsonObject{{"ok", aside.empty()}, {"detail", aside}}},
        {"database", JsonObject{{"ok", m_ingesting && !ingest.failing}, {"detail", database}}},
        {"spool",
         JsonObject{{"ok", spool.empty()},
                    {"detail", spool},
                    {"bytes", journal.bytesOnDisk},
                    {"waiting", ingest.waiting}}},
        {"call_index",
         JsonObject{{"ok", !index.failing},
                    {"detail", index.failing ? "calls wait to be indexed; the log says why" : ""},
                    {"lag_us", index.lag.count()}}},
        {"signer", m_ledger->health()},
        {"replicas", m_replicas->health()}};
    if (auto redis = m_limits->health()) {
        health.emplace("redis", *std::move(redis));
    }
    return health;
}

Result<void> Application::Impl::forgetEndedRuns()
{
    storage::RunStore runs(m_databaseService->database());
    return storage::dropEndedRuns(
               *m_copy, runs, utcNow() - limits::kEndedRunKept, Deadline::after(kForgetTimeout))
        .map([](std::size_t count) {
            if (count > 0) {
                ops::logInfo("{} ended runs left the local copy", count);
            }
        });
}

void Application::Impl::run()
{
    m_runKeeper->start();
    m_replicas->start();
    m_quotas->start();
    m_limits->start(m_gate->windows(), [this] { return m_replicas->shared(); });
    m_forgetting = std::make_unique<Periodic>(
        "forgetting ended runs", kForgetting, [this] { return forgetEndedRuns(); });
    m_signals.async_wait([this](const boost::system::error_code& error, int) {
        if (!error) {
            drain();
        }
    });
    announce({m_configuration.listenAddress, m_server->port(), m_databaseService->newAdminKey()});
    m_io.run();
    m_limits->stop();
    m_quotas->leave();
    waitForIngest(Deadline::after(m_configuration.drainTimeout));
    m_replicas->leave();
}

void Application::Impl::drain()
{
    if (m_draining) {
        m_io.stop();
        return;
    }
    m_draining = true;
    ops::logInfo("draining: {} calls under way", m_gateway->openCalls());
    // A second signal ends the wait.
    m_signals.async_wait([this](const boost::system::error_code& error, int) {
        if (!error) {
            drain();
        }
    });
    m_runKeeper->stop();
    m_server->drain(Deadline::after(m_configuration.drainTimeout), [this] { m_io.stop(); });
}

void Application::Impl::waitForIngest(Deadline deadline)
{
    const auto last = m_journal->stats().lastRecordNo;
    while (m_ingesting && m_ingest->state().lastRecordNo < last && !m_ingest->state().failing
           && !deadline.reached()) {
        std::this_thread::sleep_for(10ms);
    }
    const auto waiting = last - m_ingest->state().lastRecordNo;
    ops::logInfo("stopped; {} records wait in the spool for the next start", waiting);
}

void Application::Impl::stopParts()
{
    if (m_replays) {
        m_replays->stop();
    }
    m_server.reset();
    m_exports.reset();
    m_replays.reset();
    if (m_runs) {
        m_runs->onKilled(nullptr);
    }
    m_gateway.reset();
    m_quotas.reset();
    m_runKeeper.reset();
    m_forgetting.reset();
    m_scorecard.reset();
    m_indexer.reset();
    m_ingest.reset();
    m_fields.reset();
    m_ledger.reset();
    m_databaseService.reset();
    m_replicas.reset();
    m_limits.reset();
    m_runs.reset();
    m_journal.reset();
    m_copy.reset();
}

Application::Application(std::unique_ptr<Impl> impl)
    : m_impl(std::move(impl))
{
}

Application::~Application() = default;

Result<std::unique_ptr<Application>> Application::start(const Configuration& configuration)
{
    auto impl = std::make_unique<Impl>(configuration);
    EXHIBIT_CHECK(impl->start());
    return std::unique_ptr<Application>(new Application(std::move(impl)));
}

void Application::run()
{
    m_impl->run();
}

} // namespace exhibit::server
