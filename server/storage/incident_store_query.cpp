// SPDX-License-Identifier: Apache-2.0
#include "server/storage/incident_store_query.h"

#include "server/storage/search_compiler.h"

namespace exhibit::storage {
namespace {

void addMembers(SearchCompiler& compiler, const IncidentSearch& search)
{
    compiler.addLexeme(FilterLexeme::User, search.userId);
    compiler.addLexeme(FilterLexeme::Session, search.sessionId);
    compiler.addLexeme(FilterLexeme::Run, search.runId);
    compiler.addLexeme(FilterLexeme::Policy, search.policyId);
    compiler.addLexeme(FilterLexeme::Model, search.model);
    if (search.failureCode) {
        compiler.addLexeme(FilterLexeme::Failure, std::string(wireName(*search.failureCode)));
    }
    std::vector<std::string> severities;
    for (const auto severity : search.severities) {
        severities.emplace_back(wireName(severity));
    }
    compiler.addAnyLexeme(FilterLexeme::Severity, severities);
    if (search.status) {
        compiler.addStatus(*search.status);
    }
    compiler.addTimes(search.timeFrom, search.timeTo);
}

std::string filterArguments(SearchCompiler& compiler)
{
    Parameter statuses{std::nullopt};
    if (compiler.statuses() != allStatuses()) {
        std::vector<std::string> names;
        for (const auto status : compiler.statuses()) {
            names.emplace_back(wireName(status));
        }
        statuses = Parameter::array(names);
    }
    std::string arguments
        = compiler.parameter(std::move(statuses), "text[]") + ", " + compiler.times();
    const auto& cost = compiler.cost();
    const auto& latency = compiler.latency();
    for (const auto& bound : {cost.least, cost.most, latency.least, latency.most}) {
        arguments += ", " + compiler.parameter(bound, "bigint");
    }
    return arguments + ", " + compiler.groups();
}

} // namespace

SearchExpressions compileSearch(TenantId tenant,
                                const IncidentSearch& search,
                                Parameters& parameters)
{
    SearchCompiler compiler(tenant, parameters);
    compiler.add(search.query);
    addMembers(compiler, search);
    SearchExpressions result;
    result.text = compiler.text();
    result.headline = compiler.headline();
    result.filters = filterArguments(compiler);
    result.impossible = compiler.statuses().empty();
    return result;
}

} // namespace exhibit::storage
