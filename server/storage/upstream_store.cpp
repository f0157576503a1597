// SPDX-License-Identifier: Apache-2.0
#include "server/storage/upstream_store.h"

#include "server/storage/ingest_insert.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace exhibit::storage {
namespace {

bool isLetterOrDigit(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

tl::unexpected<Error> badUrl(std::string message)
{
    return fail(ErrorCode::InvalidInput, std::move(message), "/base_url");
}

Result<void> checkHost(std::string_view host)
{
    if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
        const auto address = host.substr(1, host.size() - 2);
        const bool plain = std::all_of(address.begin(), address.end(), [](char c) {
            return isLetterOrDigit(c) || c == ':' || c == '.';
        });
        return plain ? Result<void>{} : badUrl("the address in brackets is not an IPv6 address");
    }
    const bool plain = !host.empty() && std::all_of(host.begin(), host.end(), [](char c) {
        return isLetterOrDigit(c) || c == '-' || c == '.' || c == '_';
    });
    return plain ? Result<void>{} : badUrl("the URL has no plain host name or address");
}

Result<void> checkPort(std::string_view port)
{
    int number = 0;
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
    if (error != std::errc{} || end != port.data() + port.size() || number < 1 || number > 65'535) {
        return badUrl("the port is not a number from 1 to 65535");
    }
    return {};
}

Result<void> checkBaseUrl(std::string_view url)
{
    const bool tls = url.starts_with("https://");
    if (!tls && !url.starts_with("http://")) {
        return badUrl("the URL must begin with http:// or https://");
    }
    if (url.size() > limits::kHttpTargetBytesMax) {
        return badUrl("the URL is too long");
    }
    const bool clean = std::all_of(
        url.begin(), url.end(), [](char c) { return c > ' ' && c < 127 && c != '\\'; });
    if (!clean || url.find_first_of("?#") != std::string_view::npos) {
        return badUrl("the URL may hold host, port and path, no query, fragment or spaces");
    }
    const auto rest = url.substr(tls ? 8 : 7);
    const auto authority = rest.substr(0, rest.find('/'));
    if (authority.find('@') != std::string_view::npos) {
        return badUrl("the URL must not hold credentials; name a variable in api_key_env");
    }
    const auto colon = authority.rfind(':');
    if (colon == std::string_view::npos || authority.back() == ']') {
        return checkHost(authority);
    }
    EXHIBIT_CHECK(checkPort(authority.substr(colon + 1)));
    return checkHost(authority.substr(0, colon));
}

Result<void> checkVariable(std::string_view name)
{
    const auto refuse = [](std::string message) {
        return fail(ErrorCode::InvalidInput, std::move(message), "/api_key_env");
    };
    const bool plain = !name.empty() && name.size() <= 128 && !(name[0] >= '0' && name[0] <= '9')
        && std::all_of(
            name.begin(), name.end(), [](char c) { return isLetterOrDigit(c) || c == '_'; });
    if (!plain) {
        return refuse("not the name of an environment variable");
    }
    constexpr std::array<std::string_view, 4> kOwn = {"EXHIBIT_", "VAULT_", "AWS_", "PG"};
    const bool own = std::any_of(
        kOwn.begin(), kOwn.end(), [&](std::string_view start) { return name.starts_with(start); });
    if (own || !(name.ends_with("_KEY") || name.ends_with("_TOKEN"))) {
        return refuse("the variable of a provider's key must end in _KEY or _TOKEN and be none of"
                      " the server's own");
    }
    return {};
}

Result<domain::Upstream> upstreamOf(const Rows& rows, std::size_t row, TenantId tenant)
{
    domain::Upstream upstream;
    upstream.tenantId = tenant;
    upstream.upstreamId = UpstreamId{rows.uuid(row, 0)};
    upstream.projectId = ProjectId{rows.uuid(row, 1)};
    upstream.name = rows.text(row, 2);
    upstream.baseUrl = rows.text(row, 3);
    EXHIBIT_TRY(upstream.models, fromJson<std::vector<std::string>>(rows.json(row, 4)));
    upstream.apiKeyEnv = rows.optionalText(row, 5);
    upstream.passThrough = rows.boolean(row, 6);
    EXHIBIT_TRY(upstream.wire, parseEnum<domain::Wire>(rows.text(row, 7)));
    upstream.position = rows.integer(row, 8);
    if (!rows.isNull(row, 9)) {
        EXHIBIT_TRY(upstream.contract, fromJson<domain::ServiceContract>(rows.json(row, 9)));
    }
    return upstream;
}

Result<std::int64_t> insert(Transaction& transaction, const domain::Upstream& upstream)
{
    // The project's row orders those who add to it at the same time.
    EXHIBIT_CHECK(transaction.query("SELECT 1 FROM projects"
                                    " WHERE tenant_id = $1 AND project_id = $2 FOR UPDATE",
                                    {upstream.tenantId, upstream.projectId}));
    EXHIBIT_TRY(
        const Rows rows,
        transaction.query(
            "INSERT INTO upstreams (tenant_id, project_id, upstream_id, name, base_url,"
            " models, api_key_env, pass_through, wire, contract, position)"
            " SELECT $1::uuid, $2::uuid, $3::uuid, $4::text, $5::text, $6::text[], $7::text,"
            " $8::boolean, $9::text, $10::jsonb,"
            " coalesce(max(position) + 1, 0)"
            " FROM upstreams WHERE tenant_id = $1 AND project_id = $2 RETURNING position",
            {upstream.tenantId,
             upstream.projectId,
             upstream.upstreamId,
             storable(upstream.name),
             upstream.baseUrl,
             Parameter::array(upstream.models),
             upstream.apiKeyEnv,
             upstream.passThrough,
             wireName(upstream.wire),
             upstream.contract ? std::optional<Json>(toJson(*upstream.contract)) : std::nullopt}));
    return rows.integer(0, 0);
}

} // namespace

Result<void> checkUpstream(const domain::Upstream& upstream)
{
    if (upstream.name.empty() || upstream.name.size() > 128) {
        return fail(ErrorCode::InvalidInput, "a name has 1 to 128 bytes", "/name");
    }
    EXHIBIT_CHECK(checkBaseUrl(upstream.baseUrl));
    for (const auto& model : upstream.models) {
        if (model.empty() || model.size() > 256 || model.find('\0') != std::string::npos) {
            return fail(ErrorCode::InvalidInput, "a model glob has 1 to 256 characters", "/models");
        }
    }
    if (upstream.apiKeyEnv && upstream.passThrough) {
        return fail(ErrorCode::InvalidInput,
                    "either the client's own credential passes or a variable holds the key",
                    "/api_key_env");
    }
    return upstream.apiKeyEnv ? checkVariable(*upstream.apiKeyEnv) : Result<void>{};
}

Result<std::int64_t> UpstreamStore::add(const domain::Upstream& upstream,
                                        const Actor& actor,
                                        LedgerAppender& ledger,
                                        Deadline deadline)
{
    const AuditedAction action{"upstream.added", upstream.upstreamId.text(), toJson(upstream), {}};
    return m_database.write(
        upstream.tenantId, deadline, [&](Transaction& transaction) -> Result<std::int64_t> {
            auto position = insert(transaction, upstream);
            if (!position && position.error().code == ErrorCode::Conflict) {
                return fail(
                    ErrorCode::Conflict, "the project has an upstream of that name", "/name");
            }
            EXHIBIT_CHECK(position);
            EXHIBIT_CHECK(recordAction(transaction, ledger, actor, action));
            return position;
        });
}

Result<std::vector<domain::Upstream>> UpstreamStore::list(TenantId tenant, Deadline deadline)
{
    using Upstreams = std::vector<domain::Upstream>;
    return m_database.read(tenant, deadline, [&](Transaction& transaction) -> Result<Upstreams> {
        EXHIBIT_TRY(
            const Rows rows,
            transaction.query("SELECT upstream_id, project_id, name, base_url,"
                              " to_jsonb(models), api_key_env, pass_through, wire, position,"
                              " contract"
                              " FROM upstreams WHERE tenant_id = $1"
                              " ORDER BY project_id, position, upstream_id",
                              {tenant}));
        Upstreams upstreams;
        for (std::size_t row = 0; row < rows.size(); ++row) {
            EXHIBIT_TRY(auto upstream, upstreamOf(rows, row, tenant));
            upstreams.push_back(std::move(upstream));
        }
        return upstreams;
    });
}

Result<void> UpstreamStore::remove(TenantId tenant,
                                   UpstreamId upstream,
                                   const Actor& actor,
                                   LedgerAppender& ledger,
                                   Deadline deadline)
{
    const AuditedAction action{"upstream.removed", upstream.text(), JsonObject{}, {}};
    return m_database.write(tenant, deadline, [&](Transaction& transaction) -> Result<void> {
        EXHIBIT_TRY(
            const Rows removed,
            transaction.query("DELETE FROM upstreams WHERE tenant_id = $1 AND upstream_id = $2",
                              {tenant, upstream}));
        if (removed.affected() == 0) {
            return fail(ErrorCode::NotFound, "there is no such upstream", upstream.text());
        }
        return recordAction(transaction, ledger, actor, action);
    });
}

} // namespace exhibit::storage
