// SPDX-License-Identifier: Apache-2.0
#include "server/main/database_service.h"

#include "server/ops/log.h"
#include "server/security/authenticator.h"
#include "server/storage/bootstrap.h"
#include "server/storage/catalogue_loader.h"

#include <condition_variable>

namespace exhibit::server {
namespace {

using namespace std::chrono_literals;

constexpr auto kStartTimeout = 120s;
/// With a local copy at hand nobody waits longer than this for PostgreSQL.
constexpr auto kServeAnyway = 10s;
constexpr auto kRetryPause = 1s;
constexpr auto kLoadTimeout = 30s;
constexpr auto kPartitionsTimeout = 60s;

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
    m_trying.request_stop();
    if (m_trying.joinable()) {
        m_trying.join(); // It may be making the other two.
    }
    m_partitions.reset();
    m_listener.reset();
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

Result<void> DatabaseService::start(Events events)
{
    m_events = std::move(events);
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
    listen();
    m_partitions = std::make_unique<Periodic>(
        "making the partitions of the coming months", m_events.partitions, [this] {
            return storage::ensurePartitions(m_database->writers(),
                                             Deadline::after(kPartitionsTimeout));
        });
    noteTrouble({});
    m_ready = true;
    m_events.onReady();
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
    const auto reload = [this] {
        if (const auto reloaded = reloadCatalogue(); !reloaded) {
            ops::logWarning("the catalogue could not be read again: {}", reloaded.error().message);
        }
    };
    m_listener = std::make_unique<storage::ChangeListener>(
        m_setup->urls().listener,
        storage::ChangeListener::Handlers{.onChange = reload, .onNotice = m_events.onNotice});
}

Result<void> DatabaseService::ensureSnapshot(TenantId tenant,
                                             const std::string& snapshotId,
                                             Deadline deadline)
{
    if (m_catalogue.get()->findSnapshot(tenant, snapshotId) != nullptr) {
        return {};
    }
    EXHIBIT_TRY(auto snapshot, storage::loadSnapshot(*m_database, tenant, snapshotId, deadline));
    const std::scoped_lock lock(m_reload);
    auto next = *m_catalogue.get();
    next.snapshots[{tenant, snapshotId}] = std::move(snapshot);
    m_catalogue.set(std::make_shared<const storage::Catalogue>(std::move(next)));
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
