// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/spool/call_record.h"

#include <boost/json/parse.hpp>

/// One record of each kind with every member set.
namespace exhibit::spool::sample {

inline const UtcTime kTime = fromMicroseconds(1'790'000'000'123'456);

inline CallOpened opened()
{
    return {.callId = CallId::generate(),
            .runId = RunId::generate(),
            .projectId = ProjectId::generate(),
            .keyId = KeyId::generate(),
            .requestId = RequestId::generate(),
            .clientRunId = "nightly \"7\"",
            .userId = "zoë\n\t\x01\\",
            .sessionId = "",
            .channel = "chat",
            .metadata = boost::json::parse(R"({"a":[1,2.5,null,true,"é"],"b":{"c":"d"}})"),
            .facts = boost::json::parse(R"({"salary":null})"),
            .endpoint = "/v1/chat/completions",
            .model = "gpt-4o",
            .streaming = true,
            .upstream = "openai",
            .snapshotId = "SNAP-0123456789ab",
            .requestHeaders = boost::json::parse(R"({"user-agent":"x"})"),
            .openedAt = kTime,
            .request = Bytes("{\"a\":1}\0\xff", 9),
            .sentRequest = "{}"};
}

inline ChunkRecord chunk()
{
    return {.callId = CallId::generate(),
            .firstEvent = 3,
            .eventCount = 2,
            .offset = 1'000'000'007,
            .atUs = 250,
            .body = Bytes("data: \0\n\n", 9)};
}

inline WithheldRecord withheld()
{
    return {
        .callId = CallId::generate(), .firstEvent = 9, .eventCount = 1, .atUs = -1, .body = "rest"};
}

inline DecisionsRecord decisions()
{
    domain::Decision decision;
    decision.decisionId = DecisionId::generate();
    decision.policyId = "PII-1";
    decision.result = domain::DecisionResult::Block;
    decision.reason = "found";
    decision.spans = {{.channel = "choices/0/content", .begin = 4, .end = 9}};
    decision.metric = "tokens";
    decision.used = 10;
    decision.limit = 9;
    decision.fact = "salary";
    decision.factState = "null";
    decision.failureCode = domain::FailureCode::Quota;
    decision.wholeTextHeld = true;
    decision.at = kTime;
    domain::PassRecord pass;
    pass.decisionId = DecisionId::generate();
    pass.policyIds = {"A", "B"};
    pass.at = kTime;
    return {.callId = CallId::generate(),
            .runId = RunId::generate(),
            .decisions = {decision, decision},
            .passes = {pass}};
}

inline IncidentRecord incident()
{
    IncidentRecord record;
    record.incident.incidentId = IncidentId::generate();
    record.incident.runId = RunId::generate();
    record.incident.callId = CallId::generate();
    record.incident.model = "m";
    record.incident.policyId = "P";
    record.incident.title = "t";
    record.incident.tags = {"x"};
    record.incident.createdAt = kTime;
    record.stop.emplace();
    record.stop->killReason = domain::KillReason::MaxCost;
    record.stop->at = kTime;
    record.inflection = InflectionPoint{.channel = "c", .byteOffset = 1, .eventNo = 2, .atUs = 3};
    return record;
}

inline CallClosed closed()
{
    CallClosed record;
    record.callId = CallId::generate();
    record.runId = RunId::generate();
    record.openedAt = kTime;
    record.closedAt = kTime;
    record.status = 200;
    record.upstreamStatus = 200;
    record.outcome = "completed";
    record.errorCode = "none";
    record.answeredModel = "gpt";
    record.finishReasons = {"stop", "length"};
    record.usage = {.promptTokens = 1, .completionTokens = 2, .estimated = true};
    record.costMicrocents = 5;
    record.priceVersion = "v";
    record.firstByteUs = 7;
    record.recovered = true;
    record.responseHeaders = boost::json::parse(R"({"x":"y"})");
    record.texts = {{.channel = "choices/0/content", .released = "hello", .withheld = "w"}};
    record.toolCalls
        = {{.choice = 0, .index = 1, .name = "f", .arguments = "{}", .released = false}};
    return record;
}

inline RunEnded runEnded()
{
    return {.runId = RunId::generate(),
            .status = domain::RunStatus::Cancelled,
            .reason = domain::TerminationReason::UserAbort,
            .at = kTime};
}

inline std::vector<RecordContent> all()
{
    return {opened(), chunk(), withheld(), decisions(), incident(), closed(), runEnded()};
}

} // namespace exhibit::spool::sample
