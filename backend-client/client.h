// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backend-client/export_call.h"
#include "backend-client/replies.h"
#include "backend-client/transport.h"
#include "models/domain/remediation.h"

#include <memory>

namespace exhibit::client {

/// A page of a list whose newest stands first.
struct VersionsPage {
    std::int64_t limit = 0; ///< 0: the server's.
    std::string cursor; ///< `next_cursor` of the page before.
};

/// The calls of resources/openapi.json, typed. Asynchronous: the client's thread must run its event
/// loop; answers are read in a pool thread, so that a large one stalls nobody, and the futures
/// finish there; then() with a context object brings the result to that object's thread.
/// Ids are text here: what is no id gets the server's answer.
class Client {
public:
    [[nodiscard]] static Result<std::unique_ptr<Client>> create(ServerAddress address);

    // Investigation.
    [[nodiscard]] QFuture<Reply<SearchReply>> searchIncidents(const SearchRequest& request);
    [[nodiscard]] QFuture<Reply<CallSearchReply>> searchCalls(const CallSearchRequest& request);
    [[nodiscard]] QFuture<Reply<FacetsReply>> facets(const FacetsRequest& request);
    [[nodiscard]] QFuture<Reply<ValuesReply>> values(const ValuesRequest& request);
    [[nodiscard]] QFuture<Reply<HistogramReply>> histogram(const HistogramRequest& request);
    [[nodiscard]] QFuture<Reply<IncidentReply>> incident(std::string_view id);
    [[nodiscard]] QFuture<Reply<IncidentReply>> changeIncident(std::string_view id,
                                                               const IncidentChange& change);
    [[nodiscard]] QFuture<Reply<TimelineReply>> timeline(std::string_view incidentId);
    /// A closed call as it stood on the wire.
    [[nodiscard]] QFuture<Reply<CallReply>> recordedCall(std::string_view id);
    [[nodiscard]] QFuture<Reply<Bytes>> callContent(std::string_view id, domain::CallPart part);
    /// By run_id; searchIncidents finds runs by the application's name for them.
    [[nodiscard]] QFuture<Reply<RunReply>> run(std::string_view id);
    [[nodiscard]] QFuture<Reply<RunEndReply>> endRun(std::string_view id);
    /// `at` is an instant (RFC 3339); empty: now.
    [[nodiscard]] QFuture<Reply<ExplainReply>> explain(std::string_view run, std::string_view at);
    /// "dec_…", or "dec_…/POLICY_ID" for one that passed.
    [[nodiscard]] QFuture<Reply<TraceReply>> trace(std::string_view decision);
    [[nodiscard]] QFuture<Reply<RunKillReply>> killRun(std::string_view id, const RunKill& kill);

    // Policies.
    [[nodiscard]] QFuture<Reply<PolicyList>> policies();
    /// `version` empty: the current one.
    [[nodiscard]] QFuture<Reply<PolicyReply>> policy(std::string_view id,
                                                     std::string_view version = {});
    /// One document, or {"policies": [...]}.
    [[nodiscard]] QFuture<Reply<PolicyImportReply>> importPolicies(const Json& document);
    /// The body is BacktestRequest of the document.
    [[nodiscard]] QFuture<Reply<BacktestReply>> backtest(const Json& request);
    /// The snapshot as the server has it: {"snapshot": {...}}.
    [[nodiscard]] QFuture<Reply<Json>> snapshot(std::string_view id);

    // Administration.
    [[nodiscard]] QFuture<Reply<UpstreamList>> upstreams();
    [[nodiscard]] QFuture<Reply<UpstreamInfo>> addUpstream(const NewUpstream& upstream);
    [[nodiscard]] QFuture<Reply<void>> removeUpstream(std::string_view id);
    [[nodiscard]] QFuture<Reply<KeyList>> keys();
    [[nodiscard]] QFuture<Reply<CreatedKey>> createKey(const NewKey& key);
    [[nodiscard]] QFuture<Reply<void>> revokeKey(std::string_view id);

    // Quotas; documents stay JSON, so that members newer than this program survive.
    /// {"policies": [...], "assignments": [...]}
    [[nodiscard]] QFuture<Reply<Json>> quotas();
    /// The limits of a tier; the body is QuotaLimits of the document.
    [[nodiscard]] QFuture<Reply<Json>> setQuota(std::string_view tier, const Json& limits);
    /// A QuotaAssignment.
    [[nodiscard]] QFuture<Reply<Json>> assignQuota(const Json& assignment);
    [[nodiscard]] QFuture<Reply<void>> unassignQuota(std::string_view scope,
                                                     std::string_view subject);
    /// {"days": [...]}; `user` empty: everybody.
    [[nodiscard]] QFuture<Reply<Json>> usage(std::string_view user);
    [[nodiscard]] QFuture<Reply<Json>> whitelist();
    [[nodiscard]] QFuture<Reply<Json>> addToWhitelist(const Json& entry);
    [[nodiscard]] QFuture<Reply<void>> removeFromWhitelist(std::string_view user);
    /// {"prices": {...}, "versions": [...]}: the table in force, and all there are.
    [[nodiscard]] QFuture<Reply<Json>> prices();
    /// {"prices": {...}}; the body is PriceTable of the document.
    [[nodiscard]] QFuture<Reply<Json>> publishPrices(const Json& table);
    /// {"estimate": {...}}; the body is EstimateRequest of the document.
    [[nodiscard]] QFuture<Reply<Json>> estimateCost(const Json& request);

    // Evidence.
    // Exports, as bytes. One that the server makes as a job is followed (`told`) and fetched;
    // cancelling the future cancels it there, and the future ends when that is done.
    /// The body is ExportRequest of the document.
    [[nodiscard]] QFuture<Reply<Bytes>> exportIncident(std::string_view id,
                                                       const Json& request,
                                                       ExportTold told = {});
    /// The body is Soc2Request of the document.
    [[nodiscard]] QFuture<Reply<Bytes>> exportSoc2(const Json& request, ExportTold told = {});
    enum class Searched { Incidents, Calls };
    /// The body is SearchExportRequest or CallSearchExportRequest of the document.
    [[nodiscard]] QFuture<Reply<Bytes>> exportSearch(const Json& request,
                                                     ExportTold told = {},
                                                     Searched of = Searched::Incidents);
    /// Replays the incident's call; takes as long as its provider does.
    [[nodiscard]] QFuture<Reply<domain::IssuedCertificate>> certify(std::string_view incident);
    /// The newest certificate of the incident.
    [[nodiscard]] QFuture<Reply<domain::IssuedCertificate>> certificate(std::string_view incident);
    /// {"remediations": [...], "verifications": [...]}
    [[nodiscard]] QFuture<Reply<Json>> remediations(std::string_view incident);
    /// The body is RemediationRequest of the document; without a number one is added.
    [[nodiscard]] QFuture<Reply<domain::Remediation>> saveRemediation(
        std::string_view incident, std::optional<std::int64_t> number, const Json& body);
    /// Replays the incident's call under that snapshot; empty: the one in force.
    [[nodiscard]] QFuture<Reply<domain::FixVerification>> verifyRemediation(
        std::string_view incident, std::int64_t number, const std::string& snapshotId);
    /// The same of several at once, all or none: the body is RemediationChanges of the document.
    [[nodiscard]] QFuture<Reply<Json>> changeRemediations(std::string_view incident,
                                                          const Json& changes);

    // What people enter; each PUT is a new version. {"newest": {...} or null}, {"versions": [...]}.
    [[nodiscard]] QFuture<Reply<Json>> impact(std::string_view incident);
    [[nodiscard]] QFuture<Reply<Json>> impactVersions(std::string_view incident,
                                                      const VersionsPage& page);
    /// Impact of the document.
    [[nodiscard]] QFuture<Reply<Json>> enterImpact(std::string_view incident, const Json& impact);
    [[nodiscard]] QFuture<Reply<Json>> complianceStatement();
    [[nodiscard]] QFuture<Reply<Json>> complianceStatements(const VersionsPage& page);
    /// ComplianceStatement of the document.
    [[nodiscard]] QFuture<Reply<Json>> enterStatement(const Json& statement);
    /// {"records": [...]}: the newest version of each.
    [[nodiscard]] QFuture<Reply<Json>> complianceRecords(const VersionsPage& page);
    [[nodiscard]] QFuture<Reply<Json>> complianceRecordVersions(std::int64_t number,
                                                                const VersionsPage& page);
    /// ComplianceRecord of the document; the version that was entered.
    [[nodiscard]] QFuture<Reply<Json>> enterRecord(const Json& record);
    /// {"holds": [...]}
    [[nodiscard]] QFuture<Reply<Json>> holds();
    /// NewHold of the document; {"hold_id"}.
    [[nodiscard]] QFuture<Reply<Json>> placeHold(const Json& hold);
    [[nodiscard]] QFuture<Reply<void>> releaseHold(std::string_view id);

    // The log.
    [[nodiscard]] QFuture<Reply<Json>> ledgerKeys();
    /// The newest signed head, as its note; the tenant as ledgerKeys() names it.
    /// Of the log that grows, or, with an epoch, of one that ended.
    [[nodiscard]] QFuture<Reply<Bytes>> ledgerCheckpoint(std::string_view tenant,
                                                         std::int64_t epoch = 0);
    [[nodiscard]] QFuture<Reply<Json>> verifyLedger();
    /// A part of a log as it lies in the tables: lines of JSON, the last of which says where the
    /// next part begins.
    [[nodiscard]] QFuture<Reply<Bytes>> dumpLedger(std::int64_t epoch,
                                                   std::uint64_t from,
                                                   std::uint64_t limit);
    /// {"version", "root", "note", "published_at"}
    [[nodiscard]] QFuture<Reply<Json>> keyring();
    /// The text of the next one, unsigned.
    [[nodiscard]] QFuture<Reply<Bytes>> keyringDraft();
    /// {"version", "revoked": [vkey*]}
    [[nodiscard]] QFuture<Reply<Json>> publishKeyring(const std::string& root,
                                                      const std::string& note);

    // Operation.
    [[nodiscard]] QFuture<Reply<Health>> health();
    /// The OpenAPI document of the server itself.
    [[nodiscard]] QFuture<Reply<Json>> description();

    [[nodiscard]] const Transport& transport() const { return *m_transport; }
    /// For streams, which have no future (LiveEvents).
    [[nodiscard]] Transport& transport() { return *m_transport; }

private:
    explicit Client(std::unique_ptr<Transport> transport);

    template <class Decode>
    auto call(std::string_view method, const std::string& path, const Bytes& body, Decode decode);

    std::unique_ptr<Transport> m_transport;
};

} // namespace exhibit::client
