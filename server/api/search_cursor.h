// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/query/query.h"
#include "server/api/reply.h"
#include "server/ops/metrics.h"
#include "server/storage/search_page.h"

#include <string>

namespace exhibit::api {

/// Where the next page of a search begins, as it travels through a client. It is only taken with
/// the search it was made for, of which `search` is a digest.
struct SearchCursor {
    std::string search;
    UtcTime at{};
    std::string id; ///< Of the last row, as text.
    storage::SearchTotal total;
    std::int64_t key = 0; ///< What rows are sorted by before their time; 0 when by nothing else.
};

[[nodiscard]] std::string printCursor(const SearchCursor& cursor);
/// InvalidInput for what is no cursor, and for one of another search. The id is not looked at.
[[nodiscard]] Result<SearchCursor> readCursor(std::string_view text, std::string_view search);
/// For an id that is none.
[[nodiscard]] tl::unexpected<Error> noCursor();
/// 400 invalid_query with where in the text and what to put there.
[[nodiscard]] http::Response invalidQuery(const http::Request& request,
                                          const query::QueryError& error);
[[nodiscard]] std::string searchDigest(std::string_view printedRequest);
/// The digest of everything in a request that chooses rows. `kind` tells the searches apart.
template <class Request>
[[nodiscard]] std::string digestOf(std::string_view kind,
                                   Request request,
                                   const query::Query& query)
{
    request.query = query::print(query);
    request.cursor.reset();
    request.offset.reset();
    request.limit.reset();
    request.tenantId.reset();
    return searchDigest(std::string(kind) + printJson(toJson(request)));
}

/// Forbidden when a request names another tenant than its key's.
[[nodiscard]] Result<void> checkTenant(const std::optional<TenantId>& named, TenantId tenant);

/// 1 to 1024 bytes without U+0000, or absent; InvalidInput names the member.
[[nodiscard]] Result<void> checkText(const char* name, const std::optional<std::string>& value);
/// The limits of a page; InvalidInput names the member.
[[nodiscard]] Result<void> checkPage(std::uint32_t limit, std::uint32_t offset);

/// limit, offset and cursor of a request, into a search over rows whose ids are of that type.
template <class Id, class Request, class Search>
[[nodiscard]] Result<void> readPage(const Request& request, std::string_view digest, Search& search)
{
    search.limit = request.limit.value_or(limits::kPageRowsDefault);
    search.offset = request.offset.value_or(0);
    EXHIBIT_CHECK(checkPage(search.limit, search.offset));
    if (request.cursor) {
        EXHIBIT_TRY(const auto cursor, readCursor(*request.cursor, digest));
        const auto id = Id::parse(cursor.id);
        if (!id) {
            return noCursor();
        }
        search.after = typename decltype(search.after)::value_type{cursor.at, *id};
        if constexpr (requires { search.after->key; }) {
            search.after->key = cursor.key;
        }
        search.total = cursor.total;
    }
    return {};
}

/// Answers with what `answer` makes of the body and its parsed query, and times it.
template <class Body, class Answer>
[[nodiscard]] http::Response answerSearch(const http::Request& request,
                                          ops::Histogram& seconds,
                                          Answer answer)
{
    const auto begin = std::chrono::steady_clock::now();
    EXHIBIT_ANSWER(request, const auto body, readBody<Body>(request));
    const auto query = query::parse(body.query.value_or(""));
    if (!query) {
        return invalidQuery(request, query.error());
    }
    http::Response response = answer(body, *query);
    if (response.status == 200) {
        const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begin;
        seconds.observe(taken.count());
    }
    return response;
}

} // namespace exhibit::api
