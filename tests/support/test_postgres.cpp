// SPDX-License-Identifier: Apache-2.0
#include "tests/support/test_postgres.h"

#include "tests/support/unsynced_postgres.h"

#include <fmt/format.h>

#include <sys/stat.h>

#include <csignal>
#include <thread>

namespace exhibit::test {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kPassword = "only-in-this-test";

} // namespace

TestPostgres::TestPostgres(storage::ClusterPlace place, std::filesystem::path socketFolder)
    : m_place(std::move(place))
    , m_socketFolder(std::move(socketFolder))
{
}

TestPostgres::~TestPostgres()
{
    stop();
    std::error_code ignored;
    std::filesystem::remove_all(m_socketFolder, ignored);
}

Result<std::unique_ptr<TestPostgres>> TestPostgres::create(const std::filesystem::path& folder)
{
    storage::ClusterPlace place;
    place.folder = folder / "postgres";
    if (const auto programs = sharedPostgres()) {
        place.programs = *programs;
    } else {
        EXHIBIT_TRY(place.programs, storage::findPostgresPrograms(place.folder));
    }
    EXHIBIT_TRY(place.account, storage::unprivilegedAccount());
    if (::chmod(folder.c_str(), 0711) != 0) {
        return fail(ErrorCode::Internal, "cannot open the folder for PostgreSQL", folder.string());
    }
    EXHIBIT_CHECK(
        storage::createCluster(place, Secret(std::string(kPassword)), false, Deadline::after(60s)));
    EXHIBIT_CHECK(storage::writeClusterSettings(place, false));
    EXHIBIT_TRY(auto socketFolder, storage::makeSocketFolder(place.account));
    std::unique_ptr<TestPostgres> postgres(
        new TestPostgres(std::move(place), std::move(socketFolder)));
    EXHIBIT_CHECK(postgres->start());
    return postgres;
}

Result<void> TestPostgres::start()
{
    m_postmaster = std::make_unique<storage::Postmaster>(m_place, m_socketFolder);
    const auto deadline = Deadline::after(60s);
    for (;;) {
        const auto answered = query("SELECT 1");
        if (answered) {
            m_postmaster->confirmReady();
            return {};
        }
        if (deadline.reached()) {
            return tl::make_unexpected(answered.error());
        }
        std::this_thread::sleep_for(20ms);
    }
}

void TestPostgres::stop()
{
    m_postmaster.reset();
}

void TestPostgres::kill()
{
    if (const pid_t pid = m_postmaster ? m_postmaster->pid() : 0; pid > 0) {
        ::kill(pid, SIGKILL);
    }
}

std::string TestPostgres::url() const
{
    std::string host;
    for (const char c : m_socketFolder.string()) {
        host += c == '/' ? "%2F" : std::string(1, c);
    }
    return fmt::format(
        "postgresql://{}:{}@/postgres?host={}", storage::kAdministrator, kPassword, host);
}

Result<storage::Rows> TestPostgres::query(std::string_view sql,
                                          const storage::Parameters& parameters) const
{
    EXHIBIT_TRY(const auto connection,
                storage::Connection::open(Secret(url()), Deadline::after(10s)));
    return connection->query(sql, parameters, Deadline::after(30s));
}

} // namespace exhibit::test
