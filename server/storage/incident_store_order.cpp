// SPDX-License-Identifier: Apache-2.0
#include "server/storage/incident_store_order.h"

#include "server/storage/incident_store_words.h"

#include <algorithm>

namespace exhibit::storage {
namespace {

using domain::SearchOrder;
using domain::SearchSort;
using domain::Severity;

/// The values as further parameters of the statement.
class Arguments {
public:
    explicit Arguments(Parameters& parameters)
        : m_parameters(parameters)
    {
    }
    std::string add(Parameter value, std::string_view type)
    {
        m_parameters.push_back(std::move(value));
        return '$' + std::to_string(m_parameters.size()) + "::" + std::string(type);
    }

private:
    Parameters& m_parameters;
};

/// The severities in the order asked for, each a tsquery with the tenant's lexeme.
std::string severities(TenantId tenant, SearchOrder order, Arguments& arguments)
{
    std::vector<Severity> sorted{
        Severity::Low, Severity::Medium, Severity::High, Severity::Critical};
    if (order == SearchOrder::Descending) {
        std::reverse(sorted.begin(), sorted.end());
    }
    std::string list;
    for (const auto severity : sorted) {
        const std::string query = lexemeQuery(FilterLexeme::Tenant, tenant.text()) + " & "
            + lexemeQuery(FilterLexeme::Severity, wireName(severity));
        list += (list.empty() ? "" : ", ") + arguments.add(query, "tsquery");
    }
    return "ARRAY[" + list + ']';
}

std::string orderOf(SearchSort sort, SearchOrder order)
{
    if (sort == SearchSort::Severity) {
        return "f.found_key, f.found_at DESC, f.found_id DESC";
    }
    return order == SearchOrder::Descending ? "f.found_key DESC, f.found_at DESC, f.found_id DESC"
                                            : "f.found_key, f.found_at, f.found_id";
}

} // namespace

PageExpression pageOf(TenantId tenant,
                      const IncidentSearch& search,
                      const SearchExpressions& compiled,
                      std::int64_t limit,
                      Parameters& parameters)
{
    Arguments arguments(parameters);
    const auto& after = search.after;
    const std::string position
        = arguments.add(after ? Parameter(after->createdAt) : Parameter(std::nullopt),
                        "timestamptz")
        + ", "
        + arguments.add(after ? Parameter(after->incidentId) : Parameter(std::nullopt), "uuid")
        + ", " + arguments.add(limit, "integer");
    const std::string filters = "$1, " + compiled.text + ", " + compiled.filters + ", ";
    PageExpression page;
    page.order = orderOf(search.sort, search.order);
    if (search.sort == SearchSort::Time && search.order == SearchOrder::Descending) {
        page.rows = "(SELECT 0::bigint AS found_key, found_at, found_id FROM search_incidents("
            + filters + position + ")) AS f";
        return page;
    }
    const std::string key
        = arguments.add(after ? Parameter(after->key) : Parameter(std::nullopt), "bigint") + ", ";
    if (search.sort == SearchSort::Severity) {
        page.rows = "search_incidents_by_severity(" + filters
            + severities(tenant, search.order, arguments) + ", " + key + position + ") AS f";
        return page;
    }
    page.rows = "search_incidents_by(" + filters + arguments.add(wireName(search.sort), "text")
        + ", " + arguments.add(search.order == SearchOrder::Descending, "boolean") + ", " + key
        + position + ") AS f";
    return page;
}

} // namespace exhibit::storage
