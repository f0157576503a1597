// SPDX-License-Identifier: Apache-2.0
// The calls about what people enter: each version stays.
#include "backend-client/client_call.h"

namespace exhibit::client {
namespace {

const std::string kStatement = "/api/v1/compliance/statement";
const std::string kRecords = "/api/v1/compliance/records";
const std::string kHolds = "/api/v1/holds";

std::string impactOf(std::string_view incident)
{
    return kIncidentsPath + encodeSegment(incident) + "/impact";
}

/// "?limit=50&cursor=7", and what else is asked before it.
std::string paged(const VersionsPage& page, std::string query = {})
{
    const auto add = [&query](const std::string& parameter) {
        query += (query.empty() ? "?" : "&") + parameter;
    };
    if (page.limit > 0) {
        add("limit=" + std::to_string(page.limit));
    }
    if (!page.cursor.empty()) {
        add("cursor=" + encodeSegment(page.cursor));
    }
    return query;
}

} // namespace

QFuture<Reply<Json>> Client::impact(std::string_view incident)
{
    return call("GET", impactOf(incident), {}, decodeReply<Json>);
}

QFuture<Reply<Json>> Client::impactVersions(std::string_view incident, const VersionsPage& page)
{
    return call("GET", impactOf(incident) + "/versions" + paged(page), {}, decodeReply<Json>);
}

QFuture<Reply<Json>> Client::enterImpact(std::string_view incident, const Json& impact)
{
    return call("PUT", impactOf(incident), printJson(impact), decodeReply<Json>);
}

QFuture<Reply<Json>> Client::changeRemediations(std::string_view incident, const Json& changes)
{
    return call("PUT",
                kIncidentsPath + encodeSegment(incident) + "/remediations",
                printJson(changes),
                decodeReply<Json>);
}

QFuture<Reply<Json>> Client::complianceStatement()
{
    return call("GET", kStatement, {}, decodeReply<Json>);
}

QFuture<Reply<Json>> Client::complianceStatements(const VersionsPage& page)
{
    return call("GET", kStatement + "/versions" + paged(page), {}, decodeReply<Json>);
}

QFuture<Reply<Json>> Client::enterStatement(const Json& statement)
{
    return call("PUT", kStatement, printJson(statement), decodeReply<Json>);
}

QFuture<Reply<Json>> Client::complianceRecords(const VersionsPage& page)
{
    return call("GET", kRecords + paged(page), {}, decodeReply<Json>);
}

QFuture<Reply<Json>> Client::complianceRecordVersions(std::int64_t number, const VersionsPage& page)
{
    return call(
        "GET", kRecords + paged(page, "?n=" + std::to_string(number)), {}, decodeReply<Json>);
}

QFuture<Reply<Json>> Client::enterRecord(const Json& record)
{
    return call("PUT", kRecords, printJson(record), decodeReply<Json>);
}

QFuture<Reply<Json>> Client::holds()
{
    return call("GET", kHolds, {}, decodeReply<Json>);
}

QFuture<Reply<Json>> Client::placeHold(const Json& hold)
{
    return call("POST", kHolds, printJson(hold), decodeReply<Json>);
}

QFuture<Reply<void>> Client::releaseHold(std::string_view id)
{
    return call("DELETE", kHolds + "/" + encodeSegment(id), {}, decodeEmpty);
}

} // namespace exhibit::client
