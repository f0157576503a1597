// SPDX-License-Identifier: Apache-2.0
#include "server/storage/migrations.h"

#include "models/base/sha256.h"
#include "server/ops/log.h"
#include "server/storage/connection.h"
#include "server/storage/roles.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <functional>
#include <map>

namespace exhibit::storage {
namespace {

struct Migration {
    int number = 0;
    std::string name;
    std::string_view sql;
    Digest digest{};
    std::string minServer;
};

struct Applied {
    std::string name;
    Bytes digest;
    UtcTime at{};
    std::string minServer;
};

using AppliedByNumber = std::map<int, Applied>;

std::string minServerOf(std::string_view sql)
{
    constexpr std::string_view kMark = "-- min-server:";
    const auto head = sql.substr(0, sql.find("\n\n"));
    const auto at = head.find(kMark);
    if (at == std::string_view::npos) {
        return "0";
    }
    auto value = head.substr(at + kMark.size());
    value = value.substr(0, value.find('\n'));
    value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
    return std::string(value);
}

/// "0001_foundation.sql".
Result<Migration> parseMigration(const EmbeddedFile& file)
{
    Migration migration;
    const auto* const end = file.name.data() + file.name.size();
    const auto [rest, error] = std::from_chars(file.name.data(), end, migration.number);
    const std::string_view tail{rest, static_cast<std::size_t>(end - rest)};
    if (error != std::errc{} || !tail.starts_with('_') || !tail.ends_with(".sql")) {
        return fail(ErrorCode::Internal, "not a migration's name", std::string(file.name));
    }
    migration.name = tail.substr(1, tail.size() - 5);
    migration.sql = file.text;
    migration.digest = sha256(file.text);
    migration.minServer = minServerOf(file.text);
    return migration;
}

std::array<int, 3> versionNumbers(std::string_view text)
{
    std::array<int, 3> numbers{};
    const char* at = text.data();
    const char* const end = at + text.size();
    for (auto& number : numbers) {
        at = std::from_chars(at, end, number).ptr;
        at += at != end && *at == '.' ? 1 : 0;
    }
    return numbers;
}

/// One migration's transaction: nobody else migrates meanwhile, and names mean the schema's.
std::vector<Statement> beginning(const std::string& owner)
{
    return {{"BEGIN", {}},
            {"SELECT pg_advisory_xact_lock(hashtextextended('exhibit/migrations', 0))", {}},
            // A migration that waits for a lock makes everybody behind it wait too.
            {"SET LOCAL lock_timeout = '30s'", {}},
            {"SET LOCAL ROLE " + quoteIdentifier(owner), {}},
            {"SET LOCAL search_path = exhibit, public, extensions", {}}};
}

Result<void> inTransaction(Connection& connection,
                           const std::string& owner,
                           const std::function<Result<void>()>& work,
                           Deadline deadline)
{
    auto result = [&]() -> Result<void> {
        EXHIBIT_CHECK(connection.pipeline(beginning(owner), deadline));
        EXHIBIT_CHECK(work());
        EXHIBIT_CHECK(connection.query("COMMIT", {}, deadline));
        return {};
    }();
    if (!result && connection.isOpen()) {
        (void)connection.query("ROLLBACK", {}, deadline);
    }
    return result;
}

Result<void> ensureSchema(Connection& connection, const std::string& owner, Deadline deadline)
{
    const auto create = [&] {
        return connection.script("CREATE SCHEMA IF NOT EXISTS exhibit;"
                                 "CREATE TABLE IF NOT EXISTS exhibit.schema_migrations ("
                                 "number integer PRIMARY KEY, name text NOT NULL,"
                                 "sha256 bytea NOT NULL, min_server text NOT NULL,"
                                 "applied_at timestamptz NOT NULL DEFAULT now())",
                                 deadline);
    };
    return inTransaction(connection, owner, create, deadline);
}

Result<AppliedByNumber> readApplied(Connection& connection, Deadline deadline)
{
    AppliedByNumber applied;
    EXHIBIT_TRY(const Rows table,
                connection.query(
                    "SELECT to_regclass('exhibit.schema_migrations') IS NOT NULL", {}, deadline));
    if (!table.boolean(0, 0)) {
        return applied;
    }
    EXHIBIT_TRY(const Rows rows,
                connection.query("SELECT number, name, sha256, applied_at, min_server "
                                 "FROM exhibit.schema_migrations",
                                 {},
                                 deadline));
    for (std::size_t row = 0; row < rows.size(); ++row) {
        applied.emplace(static_cast<int>(rows.integer(row, 0)),
                        Applied{std::string(rows.text(row, 1)),
                                rows.bytes(row, 2),
                                rows.time(row, 3),
                                std::string(rows.text(row, 4))});
    }
    return applied;
}

Result<void> refuseNewerSchema(const AppliedByNumber& applied, const std::string& serverVersion)
{
    for (const auto& [number, entry] : applied) {
        if (isNewerVersion(entry.minServer, serverVersion)) {
            return fail(ErrorCode::Conflict,
                        fmt::format("the database needs exhibitd {} or newer (migration {:04} {}); "
                                    "this is {}",
                                    entry.minServer,
                                    number,
                                    entry.name,
                                    serverVersion),
                        "schema_migrations");
        }
    }
    return {};
}

Result<void> apply(Connection& connection,
                   const std::string& owner,
                   const Migration& migration,
                   Deadline deadline)
{
    const auto work = [&]() -> Result<void> {
        EXHIBIT_TRY(const Rows found,
                    connection.query("SELECT FROM exhibit.schema_migrations WHERE number = $1",
                                     {migration.number},
                                     deadline));
        if (!found.empty()) {
            return {}; // Another server was faster.
        }
        EXHIBIT_CHECK(connection.script(migration.sql, deadline));
        EXHIBIT_CHECK(connection.query(
            "INSERT INTO exhibit.schema_migrations (number, name, sha256, min_server) "
            "VALUES ($1, $2, $3, $4)",
            {migration.number, migration.name, migration.digest, migration.minServer},
            deadline));
        ops::logInfo("applied migration {:04} {}", migration.number, migration.name);
        return {};
    };
    auto result = inTransaction(connection, owner, work, deadline);
    if (!result) {
        result.error().message = fmt::format(
            "migration {:04} {}: {}", migration.number, migration.name, result.error().message);
    }
    return result;
}

std::vector<MigrationStatus> report(const std::vector<Migration>& known, AppliedByNumber applied)
{
    std::vector<MigrationStatus> list;
    for (const auto& migration : known) {
        MigrationStatus status{migration.number, migration.name, MigrationState::Pending, {}};
        if (const auto found = applied.extract(migration.number)) {
            status.appliedAt = found.mapped().at;
            const bool same = found.mapped().digest == asView(migration.digest);
            status.state = same ? MigrationState::Applied : MigrationState::Changed;
        }
        list.push_back(std::move(status));
    }
    for (const auto& [number, entry] : applied) {
        list.push_back({number, entry.name, MigrationState::Newer, entry.at});
    }
    return list;
}

} // namespace

bool isNewerVersion(std::string_view left, std::string_view right)
{
    return versionNumbers(left) > versionNumbers(right);
}

Result<std::vector<MigrationStatus>> migrate(const Secret& administratorUrl,
                                             std::span<const EmbeddedFile> migrations,
                                             const MigrationOptions& options,
                                             Deadline deadline)
{
    std::vector<Migration> known;
    for (const auto& file : migrations) {
        EXHIBIT_TRY(auto migration, parseMigration(file));
        known.push_back(std::move(migration));
    }
    EXHIBIT_TRY(auto connection, Connection::open(administratorUrl, deadline));
    EXHIBIT_TRY(const Rows database, connection->query("SELECT current_database()", {}, deadline));
    const auto owner = RoleNames::of(database.text(0, 0)).owner;
    EXHIBIT_TRY(auto applied, readApplied(*connection, deadline));
    EXHIBIT_CHECK(refuseNewerSchema(applied, options.serverVersion));
    if (!options.dryRun) {
        EXHIBIT_CHECK(ensureSchema(*connection, owner, deadline));
        for (const auto& migration : known) {
            const bool wanted = !options.upTo || migration.number <= *options.upTo;
            if (wanted && !applied.contains(migration.number)) {
                EXHIBIT_CHECK(apply(*connection, owner, migration, deadline));
            }
        }
        EXHIBIT_TRY(applied, readApplied(*connection, deadline));
    }
    auto list = report(known, std::move(applied));
    for (const auto& status : list) {
        if (status.state == MigrationState::Changed) {
            ops::logWarning("migration {:04} {} is not what was applied to this database",
                            status.number,
                            status.name);
        }
    }
    return list;
}

} // namespace exhibit::storage
