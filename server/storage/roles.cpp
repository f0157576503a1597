// SPDX-License-Identifier: Apache-2.0
#include "server/storage/roles.h"

#include "server/storage/cluster_files.h"
#include "server/storage/connection_url.h"
#include "server/storage/postgres_error.h"

#include <fmt/format.h>

namespace exhibit::storage {
namespace {

/// PostgreSQL cuts names at 63 bytes; two databases must not share roles by that.
constexpr std::size_t kDatabaseNameBytesMax = 48;

/// Role names and passwords are ours: no character in them needs an escape, but their quotes.
std::string quoteLiteral(std::string_view text)
{
    std::string result = "'";
    for (const char character : text) {
        result += character == '\'' ? "''" : std::string(1, character);
    }
    return result + "'";
}

/// The database that the URL names.
Result<std::string> databaseOf(const Secret& url)
{
    EXHIBIT_TRY(auto settings, parseConnectionUrl(url));
    auto& database = settings["dbname"];
    if (database.empty()) {
        return fail(ErrorCode::InvalidInput, "the database URL names no database", "database_url");
    }
    if (database.size() > kDatabaseNameBytesMax) {
        return fail(
            ErrorCode::InvalidInput,
            fmt::format("the database's name may have at most {} bytes", kDatabaseNameBytesMax),
            "database_url");
    }
    return std::move(database);
}

Result<void> checkServer(Connection& connection, const std::string& database, Deadline deadline)
{
    EXHIBIT_TRY(const Rows rows,
                connection.query("SELECT current_database(), "
                                 "current_setting('server_version_num')::int / 10000",
                                 {},
                                 deadline));
    if (rows.integer(0, 1) < kPostgresMajorMin) {
        return fail(ErrorCode::InvalidInput,
                    fmt::format("the database is PostgreSQL {}; {} or newer is needed",
                                rows.integer(0, 1),
                                kPostgresMajorMin),
                    "database_url");
    }
    if (rows.text(0, 0) != database) {
        return fail(ErrorCode::InvalidInput,
                    fmt::format(R"(the database URL names "{}", but the database is "{}")",
                                database,
                                rows.text(0, 0)),
                    "database_url");
    }
    return {};
}

Result<bool> ensureRole(Connection& connection,
                        const std::string& name,
                        std::string_view attributes,
                        Deadline deadline)
{
    EXHIBIT_TRY(const Rows found,
                connection.query("SELECT FROM pg_roles WHERE rolname = $1", {name}, deadline));
    if (found.empty()) {
        EXHIBIT_CHECK(connection.query(
            fmt::format("CREATE ROLE {} {}", quoteIdentifier(name), attributes), {}, deadline));
    }
    return found.empty();
}

/// A login that exists keeps its password as long as it works: replicas share it.
Result<void> ensureLogin(Connection& connection,
                         const Secret& url,
                         const std::string& name,
                         const Secret& password,
                         Deadline deadline)
{
    const auto setPassword = "LOGIN PASSWORD " + quoteLiteral(password.expose());
    EXHIBIT_TRY(const bool created, ensureRole(connection, name, setPassword, deadline));
    if (created) {
        return {};
    }
    EXHIBIT_TRY(const Secret loginUrl, withLogin(url, name, password));
    const auto attempt = Connection::open(loginUrl, deadline);
    if (!attempt && attempt.error().subject == kLoginRefused) {
        EXHIBIT_CHECK(connection.query(
            fmt::format("ALTER ROLE {} {}", quoteIdentifier(name), setPassword), {}, deadline));
    }
    return {};
}

/// Row level security does not hold superusers, BYPASSRLS, or members of the tables' owners.
Result<void> checkWalls(Connection& connection, const RoleNames& names, Deadline deadline)
{
    EXHIBIT_TRY(const Rows rows,
                connection.query("SELECT rolname FROM pg_roles WHERE rolname IN ($1, $2) AND "
                                 "(rolsuper OR rolbypassrls OR rolcreaterole "
                                 "OR pg_has_role(rolname, $3, 'MEMBER') "
                                 "OR pg_has_role(rolname, $4, 'MEMBER'))",
                                 {names.writer, names.reader, names.owner, names.search},
                                 deadline));
    if (!rows.empty()) {
        return fail(
            ErrorCode::Forbidden,
            fmt::format("the database role {} has rights that break the walls between "
                        "tenants; take SUPERUSER, BYPASSRLS, CREATEROLE and its memberships "
                        "from it",
                        rows.text(0, 0)),
            std::string(rows.text(0, 0)));
    }
    return {};
}

Result<void> grantRights(Connection& connection,
                         const RoleNames& names,
                         const std::string& database,
                         Deadline deadline)
{
    const auto owner = quoteIdentifier(names.owner);
    const auto writer = quoteIdentifier(names.writer);
    const auto reader = quoteIdentifier(names.reader);
    const auto search = quoteIdentifier(names.search);
    const auto db = quoteIdentifier(database);
    std::vector<Statement> statements{
        {fmt::format("GRANT CREATE, CONNECT ON DATABASE {} TO {}", db, owner), {}},
        {fmt::format("GRANT CONNECT ON DATABASE {} TO {}, {}", db, writer, reader), {}},
        {fmt::format("GRANT {} TO {}", search, owner), {}},
    };
    for (const auto& login : {writer, reader}) {
        statements.push_back(
            {fmt::format("ALTER ROLE {} IN DATABASE {} SET search_path = exhibit", login, db), {}});
    }
    // A superuser may SET ROLE as it is; another administrator must be a member.
    EXHIBIT_TRY(const Rows member,
                connection.query(
                    "SELECT pg_has_role(current_user, $1, 'MEMBER')", {names.owner}, deadline));
    if (!member.boolean(0, 0)) {
        statements.push_back({fmt::format("GRANT {} TO CURRENT_USER", owner), {}});
    }
    EXHIBIT_CHECK(connection.pipeline(statements, deadline));
    return {};
}

} // namespace

RoleNames RoleNames::of(std::string_view database)
{
    const auto name = [database](std::string_view kind) {
        return fmt::format("exhibit_{}_{}", database, kind);
    };
    return {name("owner"), name("writer"), name("reader"), name("search")};
}

std::string quoteIdentifier(std::string_view name)
{
    std::string result = "\"";
    for (const char character : name) {
        result += character == '"' ? "\"\"" : std::string(1, character);
    }
    return result + '"';
}

Result<DatabaseUrls> servingUrls(const Secret& administratorUrl,
                                 const DatabaseCredentials& credentials,
                                 const std::optional<Secret>& listenUrl)
{
    EXHIBIT_TRY(const std::string database, databaseOf(administratorUrl));
    const auto names = RoleNames::of(database);
    const auto& direct = listenUrl ? *listenUrl : administratorUrl;
    DatabaseUrls urls;
    EXHIBIT_TRY(urls.writer, withLogin(administratorUrl, names.writer, credentials.writer));
    EXHIBIT_TRY(urls.reader, withLogin(administratorUrl, names.reader, credentials.reader));
    EXHIBIT_TRY(urls.listener, withLogin(direct, names.writer, credentials.writer));
    return urls;
}

Result<void> setUpRoles(const Secret& administratorUrl,
                        const DatabaseCredentials& credentials,
                        Deadline deadline)
{
    EXHIBIT_TRY(const std::string database, databaseOf(administratorUrl));
    const auto names = RoleNames::of(database);
    EXHIBIT_TRY(auto connection, Connection::open(administratorUrl, deadline));
    EXHIBIT_CHECK(checkServer(*connection, database, deadline));
    // Two replicas that start together must not both make them.
    EXHIBIT_CHECK(connection->query("BEGIN", {}, deadline));
    EXHIBIT_CHECK(connection->query(
        "SELECT pg_advisory_xact_lock(hashtextextended('exhibit/roles', 0))", {}, deadline));
    EXHIBIT_CHECK(ensureRole(*connection, names.owner, "NOLOGIN", deadline));
    EXHIBIT_CHECK(ensureRole(*connection, names.search, "NOLOGIN", deadline));
    EXHIBIT_CHECK(
        ensureLogin(*connection, administratorUrl, names.writer, credentials.writer, deadline));
    EXHIBIT_CHECK(
        ensureLogin(*connection, administratorUrl, names.reader, credentials.reader, deadline));
    EXHIBIT_CHECK(grantRights(*connection, names, database, deadline));
    EXHIBIT_CHECK(checkWalls(*connection, names, deadline));
    EXHIBIT_CHECK(connection->query("COMMIT", {}, deadline));
    return {};
}

} // namespace exhibit::storage
