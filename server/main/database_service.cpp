// SPDX-License-Identifier: Apache-2.0
#include "server/main/database_service.h"

#include "server/ops/log.h"
#include "server/security/authenticator.h"
#include "server/storage/bootstrap.h"
#include "server/storage/catalogue_loader.h"
#include "server/storage/run_store.h"

#include <condition_variable>

namespace exhibit::server {
namespace {

using namespace std::chrono_literals;

constexpr auto kStartTimeout = 120s;
/// With a local copy at hand nobody waits longer than this for PostgreSQL.
constexpr auto kServeAnyway = 10s;
constexpr auto kRetryPause = 1s;
constexpr auto kLoadTimeout = 30s;
constexpr std::size_t kRunsPerPage = 1000;

} // namespace

DatabaseService::DatabaseService(const Configuration& configuration,
                                 storage::LocalCopy& copy,
                                 storage::CatalogueHolder& catalogue)
    : m_configuration(configuration)
    , m_copy(copy)
    , m_catalogue(catalogue)
{
}

DatabaseService::~DatabaseService()
{
    m_listener.reset();
    m_trying.request_stop();
    if (m_trying.joinable()) {
        m_trying.join();
    }
}

Result<void> DatabaseService::find()
{
    storage::DatabaseOptions options;
    options.dataDirectory = m_configuration.dataDir;
    if (!m_configuration.databaseUrl.empty()) {
        options.url = m_configuration.databaseUrl;
    }
    if (!m_configuration.databaseListenUrl.empty()) {
        options.listenUrl = m_configuration.databaseListenUrl;
    }
    EXHIBIT_TRY(auto setup, storage::DatabaseSetup::open(options, Deadline::after(kStartTimeout)));
    m_setup.emplace(std::move(setup));
    m_database = std::make_unique<storage::Database>(m_setup->urls());
    return {};
}

Result<void> DatabaseService::start(std::function<void()> onReady)
{
    m_onReady = std::move(onReady);
    EXHIBIT_TRY(auto stored, m_copy.loadCatalogue());
    const auto prepared = prepare(Deadline::after(stored ? std::chrono::seconds(kServeAnyway)
                                                         : std::chrono::seconds(kStartTimeout)));
    if (prepared) {
        return {};
    }
    const auto code = prepared.error().code;
    if (!stored || (code != ErrorCode::Unavailable && code != ErrorCode::DeadlineExceeded)) {
        return prepared;
    }
    ops::logWarning("serving from the local copy: {}", prepared.error().message);
    noteTrouble(prepared.error().message);
    m_catalogue.set(std::make_shared<const storage::Catalogue>(*std::move(stored)));
    m_trying = std::jthread([this](const std::stop_token& stop) { keepTrying(stop); });
    return {};
}

void DatabaseService::keepTrying(const std::stop_token& stop)
{
    std::mutex mutex;
    std::condition_variable_any wake;
    while (!stop.stop_requested()) {
        const auto prepared = prepare(Deadline::after(kStartTimeout));
        if (prepared) {
            ops::logInfo("PostgreSQL is back");
            return;
        }
        noteTrouble(prepared.error().message);
        std::unique_lock lock(mutex);
        wake.wait_for(lock, stop, kRetryPause, [] { return false; });
    }
}

Result<void> DatabaseService::prepare(Deadline deadline)
{
    EXHIBIT_CHECK(m_setup->bringUpToDate(deadline));
    EXHIBIT_CHECK(bootstrap(deadline));
    EXHIBIT_CHECK(reloadCatalogue());
    if (!m_copy.complete()) {
        EXHIBIT_CHECK(rebuildLocalCopy(deadline));
    }
    listen();
    noteTrouble({});
    m_ready = true;
    m_onReady();
    return {};
}

Result<void> DatabaseService::bootstrap(Deadline deadline)
{
    storage::FirstKey key;
    key.text = security::generateKey();
    key.hash = security::hashKey(key.text.expose());
    EXHIBIT_TRY(const bool used,
                storage::bootstrap(*m_database, m_configuration.dataDir, key, deadline));
    if (used) {
        m_newAdminKey = std::move(key.text);
    }
    return {};
}

void DatabaseService::listen()
{
    m_listener = std::make_unique<storage::ChangeListener>(m_setup->urls().listener, [this] {
        if (const auto reloaded = reloadCatalogue(); !reloaded) {
            ops::logWarning("the catalogue could not be read again: {}", reloaded.error().message);
        }
    });
}

Result<void> DatabaseService::rebuildLocalCopy(Deadline deadline)
{
    storage::RunStore runs(*m_database);
    std::size_t count = 0;
    for (const auto& [tenant, snapshot] : m_catalogue.get()->currentSnapshot) {
        RunId after;
        for (;;) {
            EXHIBIT_TRY(const auto page,
                        runs.openAndStopped(tenant, after, kRunsPerPage, deadline));
            if (page.empty()) {
                break;
            }
            after = page.back().runId;
            count += page.size();
            for (const auto& run : page) {
                EXHIBIT_TRY(const auto known, m_copy.findRun(tenant, run.runId));
                if (!known) {
                    m_copy.saveRun(run);
                }
            }
        }
    }
    EXHIBIT_CHECK(m_copy.flush());
    EXHIBIT_CHECK(m_copy.markComplete());
    if (count > 0) {
        ops::logInfo("the local copy was rebuilt with {} runs", count);
    }
    return {};
}

Result<void> DatabaseService::reloadCatalogue()
{
    const std::scoped_lock lock(m_reload);
    EXHIBIT_TRY(auto catalogue, storage::loadCatalogue(*m_database, Deadline::after(kLoadTimeout)));
    EXHIBIT_CHECK(m_copy.saveCatalogue(catalogue));
    m_catalogue.set(std::make_shared<const storage::Catalogue>(std::move(catalogue)));
    return {};
}

std::string DatabaseService::trouble() const
{
    const std::scoped_lock lock(m_mutex);
    return m_trouble;
}

void DatabaseService::noteTrouble(const std::string& why)
{
    const std::scoped_lock lock(m_mutex);
    m_trouble = why;
}

} // namespace exhibit::server
