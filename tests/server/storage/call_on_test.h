// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/spool/call_record.h"
#include "server/spool/record.h"
#include "tests/server/storage/test_database.h"

namespace exhibit::storage {

/// The records of one call, in the order a gateway writes them.
class CallOnTest {
public:
    explicit CallOnTest(const TestTenant& tenant, std::optional<std::string> clientRun = {})
        : m_tenant(tenant.id)
    {
        opening.callId = CallId::generate();
        opening.runId = RunId::generate();
        opening.projectId = tenant.project;
        opening.keyId = KeyId::generate();
        opening.requestId = RequestId::generate();
        opening.clientRunId = std::move(clientRun);
        opening.userId = "alice";
        opening.endpoint = "/v1/chat/completions";
        opening.model = "gpt-4o-mini";
        opening.streaming = true;
        opening.upstream = "sample";
        opening.snapshotId = "SNAP-000000000000";
        // What happened in the milliseconds after that is past, too.
        opening.openedAt = fromMicroseconds(toMicroseconds(utcNow() - std::chrono::minutes(1)));
        opening.request
            = R"({"model":"gpt-4o-mini","stream":true,"messages":[{"role":"user","content":"Hi"}]})";
    }

    [[nodiscard]] spool::Record open() const { return record(opening); }
    [[nodiscard]] spool::Record chunk(const std::string& body)
    {
        spool::ChunkRecord chunk;
        chunk.callId = opening.callId;
        chunk.firstEvent = m_events;
        chunk.eventCount = 1;
        chunk.offset = static_cast<std::int64_t>(released.size());
        chunk.atUs = 1000 * ++m_events;
        chunk.body = body;
        released += body;
        return record(chunk);
    }
    [[nodiscard]] spool::Record withhold(const std::string& body)
    {
        spool::WithheldRecord piece;
        piece.callId = opening.callId;
        piece.firstEvent = m_events;
        piece.eventCount = 1;
        piece.body = body;
        withheld += body;
        return record(piece);
    }
    [[nodiscard]] spool::Record pass(domain::Stage stage) const
    {
        domain::PassRecord passes;
        passes.decisionId = DecisionId::generate();
        passes.stage = stage;
        passes.snapshotId = opening.snapshotId;
        passes.policyIds = {"SAFETY", "PII_OUTPUT"};
        passes.at = at(stage == domain::Stage::Input ? 1 : 9);
        return record(spool::DecisionsRecord{opening.callId, opening.runId, {}, {passes}});
    }
    /// Remembers the decision for incident().
    [[nodiscard]] spool::Record decide(domain::DecisionResult result,
                                       const std::string& policy = "CONTENT_ACCURACY")
    {
        decision.decisionId = DecisionId::generate();
        decision.policyId = policy;
        decision.result = result;
        decision.severity = domain::Severity::High;
        decision.mode
            = result == domain::DecisionResult::Block ? domain::Mode::Block : domain::Mode::Warn;
        decision.reason = "a definite claim about a fact that is null";
        decision.fact = "contract.auto_renew";
        decision.factState = "null";
        decision.snapshotId = opening.snapshotId;
        decision.shouldHave = "Say that the value is not known.";
        decision.actuallyDid = "Asserted it.";
        decision.failureCode = domain::FailureCode::MissingDataAssertion;
        decision.at = at(5);
        return record(spool::DecisionsRecord{opening.callId, opening.runId, {decision}, {}});
    }
    [[nodiscard]] spool::Record incident(bool stops, const std::string& words = "auto-renews")
    {
        spool::IncidentRecord content;
        auto& incident = content.incident;
        incident.incidentId = incidentId;
        incident.runId = opening.runId;
        incident.callId = opening.callId;
        incident.decisionId = decision.decisionId;
        incident.userId = opening.userId;
        incident.sessionId = opening.sessionId;
        incident.model = opening.model;
        incident.severity = decision.severity;
        incident.policyId = decision.policyId;
        incident.failureCode = decision.failureCode;
        incident.title = "Asserted without data";
        incident.excerpt = "Your contract " + words + " in March.";
        incident.createdAt = at(6);
        if (stops) {
            auto& stop = content.stop.emplace();
            stop.policyId = decision.policyId;
            stop.incidentId = incidentId;
            stop.callId = opening.callId;
            stop.eventNo = m_events;
            stop.at = at(6);
            content.inflection
                = spool::InflectionPoint{"choices/0/content", 14, m_events, 1000 * m_events};
        }
        return record(content);
    }
    [[nodiscard]] spool::Record close(const std::string& outcome = "completed")
    {
        closing.callId = opening.callId;
        closing.runId = opening.runId;
        closing.openedAt = opening.openedAt;
        closing.closedAt = at(10);
        closing.status = 200;
        closing.upstreamStatus = outcome == "refused" ? 0 : 200;
        closing.outcome = outcome;
        closing.usage = {.promptTokens = 12, .completionTokens = 8};
        closing.costMicrocents = 420;
        closing.latencyUs = 10'000;
        closing.firstByteUs = 3'000;
        closing.releasedBytes = static_cast<std::int64_t>(released.size());
        closing.withheldBytes = static_cast<std::int64_t>(withheld.size());
        closing.eventCount = m_events;
        closing.texts = {{"choices/0/content", "Your contract ", "auto-renews"}};
        return record(closing);
    }
    [[nodiscard]] UtcTime at(int milliseconds) const
    {
        return opening.openedAt + std::chrono::milliseconds(milliseconds);
    }
    [[nodiscard]] spool::Record record(const spool::RecordContent& content) const
    {
        return {m_tenant, opening.callId, at(1), spool::kindOf(content), encodeRecord(content)};
    }
    /// A call that a policy stopped in the middle of its answer.
    [[nodiscard]] std::vector<spool::Record> blockedStory()
    {
        return {open(),
                pass(domain::Stage::Input),
                chunk("data: Your \n\n"),
                chunk("data: contract \n\n"),
                decide(domain::DecisionResult::Block),
                withhold("data: auto-renews\n\n"),
                incident(true),
                chunk("data: [DONE]\n\n"),
                pass(domain::Stage::Output),
                close("stopped")};
    }

    spool::CallOpened opening;
    spool::CallClosed closing;
    domain::Decision decision;
    IncidentId incidentId = IncidentId::generate();
    std::string released;
    std::string withheld;

private:
    TenantId m_tenant;
    std::int64_t m_events = 0;
};

} // namespace exhibit::storage
