// SPDX-License-Identifier: Apache-2.0
#include "server/api/search_cursor.h"

#include "models/base/sha256.h"

#include <charconv>
#include <vector>

namespace exhibit::api {
namespace {

// cursor := "c2" "." search "." at_us "." id "." total "." ("=" | "~") "." key
// search := 16 hex digits
constexpr std::string_view kVersion = "c2";
constexpr std::size_t kCursorBytesMax = 256;
constexpr std::size_t kMemberBytesMax = 1024;

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

tl::unexpected<Error> refuse(std::string message)
{
    return fail(ErrorCode::InvalidInput, std::move(message), "cursor");
}

} // namespace

tl::unexpected<Error> noCursor()
{
    return refuse("this is no cursor of a search");
}

http::Response invalidQuery(const http::Request& request, const query::QueryError& error)
{
    http::ErrorReply reply;
    reply.status = 400;
    reply.code = "invalid_query";
    reply.message = error.message;
    reply.param = "query";
    JsonObject object = http::errorObject(reply, request.id);
    object.emplace("position", JsonObject{{"begin", error.begin}, {"end", error.end}});
    if (!error.suggestion.empty()) {
        object.emplace("suggestion", error.suggestion);
    }
    auto response = http::jsonResponse(400, JsonObject{{"error", std::move(object)}});
    response.headers.add("x-should-retry", "false");
    return response;
}

std::string printCursor(const SearchCursor& cursor)
{
    return std::string(kVersion) + '.' + cursor.search + '.'
        + std::to_string(toMicroseconds(cursor.at)) + '.' + cursor.id + '.'
        + std::to_string(cursor.total.count) + '.' + (cursor.total.isEstimate ? '~' : '=') + '.'
        + std::to_string(cursor.key);
}

Result<SearchCursor> readCursor(std::string_view text, std::string_view search)
{
    const auto parts = split(text);
    if (text.size() > kCursorBytesMax || parts.size() != 7 || parts[0] != kVersion) {
        return noCursor();
    }
    if (parts[1] != search) {
        return refuse("this cursor belongs to another search");
    }
    const auto at = numberOf(parts[2]);
    const auto total = numberOf(parts[4]);
    const auto key = numberOf(parts[6]);
    if (!key || !at || *at < kEarliestUs || *at > kLatestUs || !total || *total < 0
        || (parts[5] != "=" && parts[5] != "~")) {
        return noCursor();
    }
    return SearchCursor{std::string(search),
                        fromMicroseconds(*at),
                        std::string(parts[3]),
                        {*total, parts[5] == "~"},
                        *key};
}

std::string searchDigest(std::string_view printedRequest)
{
    return toHex(asView(sha256(printedRequest))).substr(0, 16);
}

Result<void> checkTenant(const std::optional<TenantId>& named, TenantId tenant)
{
    if (named && *named != tenant) {
        return fail(ErrorCode::Forbidden, "this key belongs to another tenant", "tenant_id");
    }
    return {};
}

Result<void> checkText(const char* name, const std::optional<std::string>& value)
{
    const bool unusable = value
        && (value->empty() || value->size() > kMemberBytesMax
            || value->find('\0') != std::string::npos);
    if (unusable) {
        return fail(ErrorCode::InvalidInput,
                    "expected 1 to " + std::to_string(kMemberBytesMax) + " bytes without U+0000",
                    name);
    }
    return {};
}

Result<void> checkPage(std::uint32_t limit, std::uint32_t offset)
{
    if (limit < 1 || limit > limits::kPageRowsMax) {
        return fail(ErrorCode::InvalidInput,
                    "limit is 1 to " + std::to_string(limits::kPageRowsMax),
                    "limit");
    }
    if (offset > limits::kPageOffsetMax) {
        return fail(ErrorCode::InvalidInput,
                    "offset is at most " + std::to_string(limits::kPageOffsetMax)
                        + "; page on with the cursor",
                    "offset");
    }
    return {};
}

} // namespace exhibit::api
