// SPDX-License-Identifier: Apache-2.0
#include "server/storage/call_store_query.h"

#include "server/storage/search_compiler.h"

#include <limits>

namespace exhibit::storage {
namespace {

constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();

bool isEmpty(const NumberRange& range)
{
    return range.most.value_or(kMost) < std::max<std::int64_t>(range.least.value_or(0), 0);
}

/// As int8range; an upper end of all is left open, since the type would count one beyond it.
std::string rangeArgument(SearchCompiler& compiler, const NumberRange& range)
{
    if (!range.least && !range.most) {
        return "NULL::int8range";
    }
    std::string text = "[" + (range.least ? std::to_string(*range.least) : std::string()) + ",";
    text += range.most && *range.most != kMost ? std::to_string(*range.most) + "]" : ")";
    return compiler.parameter(std::move(text), "int8range");
}

std::vector<std::string> decisionValues(const CallSearch& search)
{
    std::vector<std::string> values;
    for (const auto result : search.results) {
        values.emplace_back(wireName(result));
        if (search.policyId) {
            values.back() += '/' + *search.policyId;
        }
    }
    return values;
}

void addMembers(SearchCompiler& compiler, const CallSearch& search)
{
    compiler.addLexeme(FilterLexeme::User, search.userId);
    compiler.addLexeme(FilterLexeme::Session, search.sessionId);
    compiler.addLexeme(FilterLexeme::Run, search.runId);
    compiler.addLexeme(FilterLexeme::Model, search.model);
    if (search.projectId) {
        compiler.addLexeme(FilterLexeme::Project, search.projectId->text());
    }
    if (search.status) {
        compiler.addLexeme(FilterLexeme::HttpStatus, std::to_string(*search.status));
    }
    compiler.addAnyLexeme(FilterLexeme::Outcome, search.outcomes);
    if (search.results.empty()) {
        compiler.addLexeme(FilterLexeme::Policy, search.policyId);
    }
    compiler.addAnyLexeme(FilterLexeme::Decision, decisionValues(search));
    compiler.addTimes(search.timeFrom, search.timeTo);
}

} // namespace

CallExpressions compileSearch(TenantId tenant, const CallSearch& search, Parameters& parameters)
{
    SearchCompiler compiler(tenant, parameters);
    compiler.add(search.query);
    addMembers(compiler, search);
    CallExpressions result;
    result.text = compiler.text();
    result.headline = compiler.headline();
    result.impossible = isEmpty(compiler.cost()) || isEmpty(compiler.latency());
    if (!result.impossible) {
        result.filters = compiler.times() + ", " + rangeArgument(compiler, compiler.cost()) + ", "
            + rangeArgument(compiler, compiler.latency()) + ", " + compiler.groups();
    }
    return result;
}

} // namespace exhibit::storage
