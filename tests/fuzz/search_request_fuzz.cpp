// SPDX-License-Identifier: Apache-2.0
#include "server/api/search_request.h"
#include "server/storage/call_store_query.h"
#include "server/storage/incident_store_query.h"

#include "models/base/assert.h"

#include <cstddef>
#include <cstdint>

// The body of a search: whatever it says, nothing of it may get into the statement but as
// parameters.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace exhibit;
    const auto json = parseJson({reinterpret_cast<const char*>(data), size});
    if (!json) {
        return 0;
    }
    const auto request = fromJson<api::SearchRequest>(*json, UnknownMembers::Reject);
    if (!request) {
        return 0;
    }
    auto query = query::parse(request->query.value_or(""));
    if (!query) {
        return 0;
    }
    const auto search = api::toSearch(*request, *query, TenantId{});
    if (!search) {
        return 0;
    }
    storage::Parameters parameters;
    const auto compiled = storage::compileSearch(TenantId{}, *search, parameters);
    // Every expression is made of these characters alone.
    constexpr std::string_view kOwn = "abcdefghijklmnopqrstuvwxyzNUL0123456789_$:()[]!&|,' ";
    for (const auto* text : {&compiled.text, &compiled.headline, &compiled.filters}) {
        EXHIBIT_ASSERT(text->find_first_not_of(kOwn) == std::string::npos);
    }
    EXHIBIT_ASSERT(compiled.filters.find("''") == std::string::npos);
    // Over calls it is the same language, but for status.
    storage::CallSearch calls;
    calls.query = *query;
    calls.model = request->model;
    calls.policyId = request->policy;
    const auto ofCalls = storage::compileSearch(TenantId{}, calls, parameters);
    for (const auto* text : {&ofCalls.text, &ofCalls.headline, &ofCalls.filters}) {
        EXHIBIT_ASSERT(text->find_first_not_of(kOwn) == std::string::npos);
    }
    return 0;
}
