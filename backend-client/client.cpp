// SPDX-License-Identifier: Apache-2.0
#include "backend-client/client_call.h"

#include <algorithm>

namespace exhibit::client {
namespace {

template <class T>
Bytes body(const T& value)
{
    return printJson(toJson(value));
}

Reply<Bytes> decodeBytes(const HttpReply& reply)
{
    if (reply.status >= 300) {
        return tl::make_unexpected(failureOf(reply));
    }
    return reply.body;
}

const std::string kIncidents = kIncidentsPath;
const std::string kCalls = "/api/v1/calls/";
const std::string kRuns = "/api/v1/runs/";
const std::string kLedger = "/api/v1/ledger/";
const std::string kPolicies = "/api/v1/policies";
const std::string kUpstreams = "/admin/upstreams";
const std::string kKeys = "/admin/keys";
const std::string kQuotas = "/admin/quotas";
const std::string kWhitelist = "/admin/whitelist";
const std::string kPrices = "/admin/prices";

} // namespace

Client::Client(std::unique_ptr<Transport> transport)
    : m_transport(std::move(transport))
{
}

Result<std::unique_ptr<Client>> Client::create(ServerAddress address)
{
    EXHIBIT_TRY(auto transport, Transport::create(std::move(address)));
    return std::unique_ptr<Client>(new Client(std::move(transport)));
}

QFuture<Reply<SearchReply>> Client::searchIncidents(const SearchRequest& request)
{
    return call("POST", kIncidents + "search", body(request), decodeReply<SearchReply>);
}

QFuture<Reply<CallSearchReply>> Client::searchCalls(const CallSearchRequest& request)
{
    return call("POST", "/api/v1/calls/search", body(request), decodeReply<CallSearchReply>);
}

QFuture<Reply<FacetsReply>> Client::facets(const FacetsRequest& request)
{
    return call("POST", kIncidents + "facets", body(request), decodeReply<FacetsReply>);
}

QFuture<Reply<ValuesReply>> Client::values(const ValuesRequest& request)
{
    return call("POST", kIncidents + "values", body(request), decodeReply<ValuesReply>);
}

QFuture<Reply<HistogramReply>> Client::histogram(const HistogramRequest& request)
{
    return call("POST", kIncidents + "histogram", body(request), decodeReply<HistogramReply>);
}

QFuture<Reply<IncidentReply>> Client::incident(std::string_view id)
{
    return call("GET", kIncidents + encodeSegment(id), {}, decodeReply<IncidentReply>);
}

QFuture<Reply<IncidentReply>> Client::changeIncident(std::string_view id,
                                                     const IncidentChange& change)
{
    return call("PATCH", kIncidents + encodeSegment(id), body(change), decodeReply<IncidentReply>);
}

QFuture<Reply<TimelineReply>> Client::timeline(std::string_view incidentId)
{
    const std::string path = kIncidents + encodeSegment(incidentId) + "/timeline";
    return call("GET", path, {}, decodeReply<TimelineReply>);
}

QFuture<Reply<CallReply>> Client::recordedCall(std::string_view id)
{
    return call("GET", kCalls + encodeSegment(id), {}, decodeReply<CallReply>);
}

QFuture<Reply<Bytes>> Client::callContent(std::string_view id, domain::CallPart part)
{
    return call("GET",
                kCalls + encodeSegment(id) + "/content?part=" + std::string(wireName(part)),
                {},
                decodeBytes);
}

QFuture<Reply<RunReply>> Client::run(std::string_view id)
{
    return call("GET", kRuns + encodeSegment(id), {}, decodeReply<RunReply>);
}

QFuture<Reply<RunEndReply>> Client::endRun(std::string_view id)
{
    return call("POST", kRuns + encodeSegment(id) + "/end", "{}", decodeReply<RunEndReply>);
}

QFuture<Reply<ExplainReply>> Client::explain(std::string_view run, std::string_view at)
{
    return call("GET",
                kRuns + encodeSegment(run) + "/explain"
                    + (at.empty() ? std::string() : "?at=" + encodeSegment(at)),
                {},
                decodeReply<ExplainReply>);
}

QFuture<Reply<TraceReply>> Client::trace(std::string_view decision)
{
    const auto slash = std::min(decision.find('/'), decision.size());
    auto path = "/trace/" + encodeSegment(decision.substr(0, slash));
    if (slash < decision.size()) {
        path += "/" + encodeSegment(decision.substr(slash + 1));
    }
    return call("GET", path, {}, decodeReply<TraceReply>);
}

QFuture<Reply<RunKillReply>> Client::killRun(std::string_view id, const RunKill& kill)
{
    return call("POST", kRuns + encodeSegment(id) + "/kill", body(kill), decodeReply<RunKillReply>);
}

QFuture<Reply<PolicyList>> Client::policies()
{
    return call("GET", kPolicies, {}, decodeReply<PolicyList>);
}

QFuture<Reply<PolicyReply>> Client::policy(std::string_view id, std::string_view version)
{
    return call("GET",
                kPolicies + "/" + encodeSegment(id)
                    + (version.empty() ? std::string() : "?version=" + encodeSegment(version)),
                {},
                decodeReply<PolicyReply>);
}

QFuture<Reply<BacktestReply>> Client::backtest(const Json& request)
{
    return call("POST", kPolicies + "/backtest", printJson(request), decodeReply<BacktestReply>);
}

QFuture<Reply<PolicyImportReply>> Client::importPolicies(const Json& document)
{
    return call("POST", kPolicies, printJson(document), decodeReply<PolicyImportReply>);
}

QFuture<Reply<Json>> Client::snapshot(std::string_view id)
{
    return call("GET", "/api/v1/snapshots/" + encodeSegment(id), {}, decodeReply<Json>);
}

QFuture<Reply<UpstreamList>> Client::upstreams()
{
    return call("GET", kUpstreams, {}, decodeReply<UpstreamList>);
}

QFuture<Reply<UpstreamInfo>> Client::addUpstream(const NewUpstream& upstream)
{
    return call("POST", kUpstreams, body(upstream), decodeReply<UpstreamInfo>);
}

QFuture<Reply<void>> Client::removeUpstream(std::string_view id)
{
    return call("DELETE", kUpstreams + "/" + encodeSegment(id), {}, decodeEmpty);
}

QFuture<Reply<KeyList>> Client::keys()
{
    return call("GET", kKeys, {}, decodeReply<KeyList>);
}

QFuture<Reply<CreatedKey>> Client::createKey(const NewKey& key)
{
    return call("POST", kKeys, body(key), decodeCreatedKey);
}

QFuture<Reply<void>> Client::revokeKey(std::string_view id)
{
    return call("DELETE", kKeys + "/" + encodeSegment(id), {}, decodeEmpty);
}

QFuture<Reply<Json>> Client::quotas()
{
    return call("GET", kQuotas, {}, decodeReply<Json>);
}

QFuture<Reply<Json>> Client::setQuota(std::string_view tier, const Json& limits)
{
    return call("PUT", kQuotas + "/" + encodeSegment(tier), printJson(limits), decodeReply<Json>);
}

QFuture<Reply<Json>> Client::assignQuota(const Json& assignment)
{
    return call("POST", kQuotas + "/assignments", printJson(assignment), decodeReply<Json>);
}

QFuture<Reply<void>> Client::unassignQuota(std::string_view scope, std::string_view subject)
{
    return call("DELETE",
                kQuotas + "/assignments?scope=" + encodeSegment(scope)
                    + "&subject=" + encodeSegment(subject),
                {},
                decodeEmpty);
}

QFuture<Reply<Json>> Client::usage(std::string_view user)
{
    return call("GET",
                kQuotas + "/usage"
                    + (user.empty() ? std::string() : "?user_id=" + encodeSegment(user)),
                {},
                decodeReply<Json>);
}

QFuture<Reply<Json>> Client::whitelist()
{
    return call("GET", kWhitelist, {}, decodeReply<Json>);
}

QFuture<Reply<Json>> Client::addToWhitelist(const Json& entry)
{
    return call("POST", kWhitelist, printJson(entry), decodeReply<Json>);
}

QFuture<Reply<void>> Client::removeFromWhitelist(std::string_view user)
{
    return call("DELETE", kWhitelist + "?user_id=" + encodeSegment(user), {}, decodeEmpty);
}

QFuture<Reply<Json>> Client::prices()
{
    return call("GET", kPrices, {}, decodeReply<Json>);
}

QFuture<Reply<Json>> Client::publishPrices(const Json& table)
{
    return call("POST", kPrices, printJson(table), decodeReply<Json>);
}

QFuture<Reply<Json>> Client::estimateCost(const Json& request)
{
    return call("POST", "/admin/cost-estimate", printJson(request), decodeReply<Json>);
}

QFuture<Reply<Bytes>> Client::exportIncident(std::string_view id,
                                             const Json& request,
                                             ExportTold told)
{
    return ExportCall::start(*m_transport,
                             kIncidents + encodeSegment(id) + "/export",
                             printJson(request),
                             std::move(told));
}

QFuture<Reply<Bytes>> Client::exportSoc2(const Json& request, ExportTold told)
{
    return ExportCall::start(
        *m_transport, "/api/v1/compliance/soc2/export", printJson(request), std::move(told));
}

QFuture<Reply<Bytes>> Client::exportSearch(const Json& request, ExportTold told, Searched of)
{
    const std::string path = of == Searched::Calls ? "/api/v1/calls/" : kIncidents;
    return ExportCall::start(
        *m_transport, path + "search/export", printJson(request), std::move(told));
}

QFuture<Reply<domain::IssuedCertificate>> Client::certify(std::string_view incident)
{
    const std::string path = kIncidents + encodeSegment(incident) + "/certificate";
    return call("POST", path, {}, decodeReply<domain::IssuedCertificate>);
}

QFuture<Reply<domain::IssuedCertificate>> Client::certificate(std::string_view incident)
{
    const std::string path = kIncidents + encodeSegment(incident) + "/certificate";
    return call("GET", path, {}, decodeReply<domain::IssuedCertificate>);
}

QFuture<Reply<Json>> Client::remediations(std::string_view incident)
{
    return call(
        "GET", kIncidents + encodeSegment(incident) + "/remediations", {}, decodeReply<Json>);
}

QFuture<Reply<domain::Remediation>> Client::saveRemediation(std::string_view incident,
                                                            std::optional<std::int64_t> number,
                                                            const Json& body)
{
    const auto path = kIncidents + encodeSegment(incident) + "/remediations";
    return number ? call("PUT",
                         path + "/" + std::to_string(*number),
                         printJson(body),
                         decodeReply<domain::Remediation>)
                  : call("POST", path, printJson(body), decodeReply<domain::Remediation>);
}

QFuture<Reply<domain::FixVerification>> Client::verifyRemediation(std::string_view incident,
                                                                  std::int64_t number,
                                                                  const std::string& snapshotId)
{
    JsonObject body;
    if (!snapshotId.empty()) {
        body["snapshot_id"] = snapshotId;
    }
    return call("POST",
                kIncidents + encodeSegment(incident) + "/remediations/" + std::to_string(number)
                    + "/verify",
                printJson(body),
                decodeReply<domain::FixVerification>);
}

QFuture<Reply<Bytes>> Client::ledgerCheckpoint(std::string_view tenant, std::int64_t epoch)
{
    const std::string of = epoch == 0 ? "" : "?epoch=" + std::to_string(epoch);
    return call("GET", kLedger + encodeSegment(tenant) + "/checkpoint" + of, {}, decodeBytes);
}

QFuture<Reply<Json>> Client::ledgerKeys()
{
    return call("GET", kLedger + "keys", {}, decodeReply<Json>);
}

QFuture<Reply<Json>> Client::verifyLedger()
{
    return call("GET", kLedger + "verify", {}, decodeReply<Json>);
}

QFuture<Reply<Bytes>> Client::dumpLedger(std::int64_t epoch,
                                         std::uint64_t from,
                                         std::uint64_t limit)
{
    return call("POST",
                kLedger + "dump?epoch=" + std::to_string(epoch) + "&from=" + std::to_string(from)
                    + "&limit=" + std::to_string(limit),
                {},
                decodeBytes);
}

QFuture<Reply<Json>> Client::keyring()
{
    return call("GET", kLedger + "keyring", {}, decodeReply<Json>);
}

QFuture<Reply<Bytes>> Client::keyringDraft()
{
    return call("GET", kLedger + "keyring/draft", {}, decodeBytes);
}

QFuture<Reply<Json>> Client::publishKeyring(const std::string& root, const std::string& note)
{
    return call("POST",
                "/admin/keyring",
                printJson(JsonObject{{"root", root}, {"note", note}}),
                decodeReply<Json>);
}

QFuture<Reply<Health>> Client::health()
{
    return call("GET", "/health", {}, decodeHealth);
}

QFuture<Reply<Json>> Client::description()
{
    return call("GET", "/openapi.json", {}, decodeReply<Json>);
}

} // namespace exhibit::client
