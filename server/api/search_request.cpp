// SPDX-License-Identifier: Apache-2.0
#include "server/api/search_request.h"

#include <charconv>

namespace exhibit::api {
namespace {

// cursor := "c1" "." search "." created_at_us "." incident_id "." total "." ("=" | "~")
// search := 16 hex digits of the digest of everything that chooses rows
constexpr std::string_view kVersion = "c1";
constexpr std::size_t kCursorBytesMax = 256;
constexpr std::size_t kMemberBytesMax = 1024;

std::string digestOf(const SearchRequest& request, const query::Query& query)
{
    SearchRequest chosen = request;
    chosen.query = query::print(query);
    chosen.cursor.reset();
    chosen.offset.reset();
    chosen.limit.reset();
    chosen.tenantId.reset();
    return toHex(asView(sha256(printJson(toJson(chosen))))).substr(0, 16);
}

std::vector<std::string_view> split(std::string_view text)
{
    std::vector<std::string_view> parts;
    while (true) {
        const auto dot = text.find('.');
        parts.push_back(text.substr(0, dot));
        if (dot == std::string_view::npos) {
            return parts;
        }
        text.remove_prefix(dot + 1);
    }
}

std::optional<std::int64_t> numberOf(std::string_view text)
{
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size()) {
        return std::nullopt;
    }
    return number;
}

/// Microseconds of any time PostgreSQL and UtcTime can both say: years 1900 to 2200.
constexpr std::int64_t kEarliestUs = -2'208'988'800'000'000;
constexpr std::int64_t kLatestUs = 7'258'118'400'000'000;

Result<void> readCursor(std::string_view cursor,
                        std::string_view digest,
                        storage::IncidentSearch& search)
{
    const auto refuse = [](std::string message) {
        return fail(ErrorCode::InvalidInput, std::move(message), "cursor");
    };
    const auto parts = split(cursor);
    if (cursor.size() > kCursorBytesMax || parts.size() != 6 || parts[0] != kVersion) {
        return refuse("this is no cursor of a search");
    }
    if (parts[1] != digest) {
        return refuse("this cursor belongs to another search");
    }
    const auto at = numberOf(parts[2]);
    const auto incident = IncidentId::parse(parts[3]);
    const auto total = numberOf(parts[4]);
    if (!at || *at < kEarliestUs || *at > kLatestUs || !incident || !total || *total < 0
        || (parts[5] != "=" && parts[5] != "~")) {
        return refuse("this is no cursor of a search");
    }
    search.after = storage::SearchPosition{fromMicroseconds(*at), *incident};
    search.total = storage::SearchTotal{*total, parts[5] == "~"};
    return {};
}

Result<void> checkLengths(const SearchRequest& request)
{
    const std::pair<const char*, const std::optional<std::string>*> members[]
        = {{"user_id", &request.userId},
           {"session_id", &request.sessionId},
           {"run_id", &request.runId},
           {"policy", &request.policy},
           {"model", &request.model}};
    for (const auto& [name, value] : members) {
        const bool unusable = *value
            && ((*value)->empty() || (*value)->size() > kMemberBytesMax
                || (*value)->find('\0') != std::string::npos);
        if (unusable) {
            return fail(ErrorCode::InvalidInput,
                        "expected 1 to " + std::to_string(kMemberBytesMax)
                            + " bytes without U+0000",
                        name);
        }
    }
    return {};
}

} // namespace

Result<storage::IncidentSearch> toSearch(const SearchRequest& request,
                                         query::Query query,
                                         TenantId tenant)
{
    if (request.tenantId && *request.tenantId != tenant) {
        return fail(ErrorCode::Forbidden, "this key belongs to another tenant", "tenant_id");
    }
    EXHIBIT_CHECK(checkLengths(request));
    storage::IncidentSearch search;
    search.limit = request.limit.value_or(limits::kPageRowsDefault);
    if (search.limit < 1 || search.limit > limits::kPageRowsMax) {
        return fail(ErrorCode::InvalidInput,
                    "limit is 1 to " + std::to_string(limits::kPageRowsMax),
                    "limit");
    }
    search.offset = request.offset.value_or(0);
    if (search.offset > limits::kPageOffsetMax) {
        return fail(ErrorCode::InvalidInput,
                    "offset is at most " + std::to_string(limits::kPageOffsetMax)
                        + "; page on with the cursor",
                    "offset");
    }
    if (request.cursor) {
        EXHIBIT_CHECK(readCursor(*request.cursor, digestOf(request, query), search));
    }
    search.query = std::move(query);
    search.userId = request.userId;
    search.sessionId = request.sessionId;
    search.runId = request.runId;
    search.timeFrom = request.timeFrom;
    search.timeTo = request.timeTo;
    search.severities = request.severity.value_or(SeverityList{}).values;
    search.policyId = request.policy;
    search.status = request.status;
    search.model = request.model;
    search.failureCode = request.failureCode;
    return search;
}

std::optional<std::string> nextCursor(const SearchRequest& request,
                                      const query::Query& query,
                                      const storage::IncidentPage& page)
{
    if (!page.next) {
        return std::nullopt;
    }
    return std::string(kVersion) + '.' + digestOf(request, query) + '.'
        + std::to_string(toMicroseconds(page.next->createdAt)) + '.' + page.next->incidentId.text()
        + '.' + std::to_string(page.total.count) + '.' + (page.total.isEstimate ? '~' : '=');
}

} // namespace exhibit::api
