// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/secret.h"
#include "models/domain/backtest.h"
#include "models/domain/explanation.h"
#include "models/domain/incident_source.h"
#include "models/domain/project.h"
#include "models/domain/run.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

/// Requests and replies of resources/openapi.json that are no struct of models/domain. Their JSON
/// stands in replies_json.h.
namespace exhibit::client {

using domain::CallSearchReply;
using domain::CallSearchRequest;
using domain::FacetsReply;
using domain::FacetsRequest;
using domain::HistogramReply;
using domain::HistogramRequest;
using domain::IncidentChange;
using domain::SearchHit;
using domain::SearchReply;
using domain::SearchRequest;
using domain::TimelineReply;
using domain::ValuesReply;
using domain::ValuesRequest;

struct IncidentReply {
    domain::Incident incident;
    std::map<std::string, std::string> links;
};

struct CallReply {
    domain::CallExchange call;
};

struct RunReply {
    domain::Run run;
};

struct RunEndReply {
    std::string runId;
    bool ended = true;
};

struct ExplainReply {
    domain::RunExplanation explanation;
};

struct TraceReply {
    Json decision;
    std::string runId;
    std::string callId;
    std::optional<std::int64_t> stepIndex;
    domain::RunExplanation explanation;
    std::optional<domain::LedgerLink> ledger; ///< The entry that holds it, once there is one,
    std::optional<std::string> proof; ///< and its tlog-proof, once a signed head covers that.
};

struct RunKill {
    domain::KillReason reason = domain::KillReason::AdminKill; ///< Or UserCancel.
};

struct RunKillReply {
    std::string runId;
    bool killed = true;
    std::string killReason;
    std::int64_t callsCut = 0;
    std::int64_t cutLatencyUs = 0;
};

/// Documents stay JSON, so that members newer than this program survive.
struct PolicyList {
    std::vector<Json> policies;
};

struct PolicyReply {
    Json policy;
    std::vector<Json> versions;
};

struct PolicyVersion {
    std::string policyId;
    std::int64_t version = 0;
};

struct PolicyImportReply {
    std::vector<PolicyVersion> policies;
    std::string snapshotId;
};

struct BacktestReply {
    domain::BacktestReport report;
    std::optional<std::string> cursor; ///< Goes on where it ended; absent when complete.
};

struct NewUpstream {
    std::string project = "default";
    std::string name;
    std::string baseUrl;
    std::vector<std::string> models;
    std::optional<std::string> apiKeyEnv;
    bool passThrough = false;
    domain::Wire wire = domain::Wire::OpenAi;
    std::optional<domain::ServiceContract> contract;
};

struct UpstreamInfo {
    UpstreamId upstreamId;
    NewUpstream settings;
    std::int64_t position = 0;
};

struct UpstreamList {
    std::vector<UpstreamInfo> upstreams;
};

struct NewKey {
    std::optional<std::string> tenant; ///< Empty: that of the key which asks.
    std::string project = "default";
    domain::Role role = domain::Role::Service;
    std::optional<std::vector<domain::Scope>> scopes; ///< Empty: those of the role.
    std::string label;
};

struct KeyInfo {
    KeyId keyId;
    std::string project;
    domain::Role role = domain::Role::Service;
    std::vector<domain::Scope> scopes;
    std::string label;
    bool revoked = false;
    UtcTime createdAt{};
};

struct KeyList {
    std::vector<KeyInfo> keys;
};

struct CreatedKey {
    KeyInfo info;
    Secret key; ///< The server does not have it any more.
};

struct DependencyHealth {
    bool ok = false;
    std::string detail;
};

struct Health {
    std::string status; ///< "ok", "degraded" or "unavailable".
    bool live = false;
    bool ready = false;
    std::string version;
    std::map<std::string, DependencyHealth> dependencies;
};

} // namespace exhibit::client
