// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/domain/decision.h"
#include "models/domain/incident.h"
#include "models/domain/run.h"
#include "server/spool/record.h"

#include <optional>
#include <string>
#include <variant>
#include <vector>

/// What the gateway writes into the spool and ingest reads from it: the life of a call.
///
/// payload := json_length:u32-le json body...
///   json    the fields below (unknown ones are ignored: an older reader meets newer records)
///   body    raw bytes, exactly as on the wire; two bodies are body_length:u32-le body body, which
///           the member "second_body" announces
/// Times keep microseconds. Text that is not UTF-8 is stored with U+FFFD; bodies are never changed.
namespace exhibit::spool {

/// First record of every call; also of refused ones.
struct CallOpened {
    CallId callId;
    RunId runId;
    ProjectId projectId;
    KeyId keyId;
    RequestId requestId;
    std::optional<std::string> clientRunId; ///< Absent: a run of one step made by the gateway.
    std::optional<std::string> userId;
    std::optional<std::string> sessionId;
    std::optional<std::string> channel; ///< metadata.channel: chat, voice, agent, batch ...
    std::optional<Json> metadata; ///< As the client sent it.
    std::optional<Json> facts; ///< Context facts, an object; absent when none were given.
    std::string endpoint; ///< "/v1/chat/completions"
    std::string model;
    bool streaming = false;
    std::optional<std::string> upstream; ///< Name; absent when refused before routing.
    std::optional<Json> route; ///< Why that one, where there was a choice (domain/routing.h).
    std::string snapshotId;
    std::optional<Json> requestHeaders; ///< Allow-listed ones; never credentials.
    /// Members of the request that name what the provider keeps and nobody here can see.
    std::vector<std::string> providerState;
    UtcTime openedAt{};
    std::optional<domain::RunCounters> runBefore; ///< The run as the call's policies found it.
    std::optional<Json> runLimits; ///< Of its tiers: thresholds as an explanation lists them.
    std::optional<CallId> replayOf; ///< The call that this one repeats: of no client, its run is
                                    ///< of kind replay and its data that call's subject's.
    Bytes request; ///< body 1: as the client sent it.
    std::optional<Bytes> sentRequest; ///< body 2: what went upstream, when that differs.
};

/// Bytes of the answer's body that were released to the client, exactly as sent.
struct ChunkRecord {
    CallId callId;
    std::int64_t firstEvent = 0; ///< Number of the first SSE event in it; 0 for a JSON answer.
    std::int64_t eventCount = 0;
    std::int64_t offset = 0; ///< Bytes released before it.
    std::int64_t atUs = 0; ///< Since openedAt.
    Bytes body;
};

/// Bytes received from the provider that did not go out as they were (a stop, a redaction).
struct WithheldRecord {
    CallId callId;
    std::int64_t firstEvent = 0;
    std::int64_t eventCount = 0;
    std::int64_t atUs = 0;
    Bytes body;
};

struct DecisionsRecord {
    CallId callId;
    RunId runId;
    std::vector<domain::Decision> decisions;
    std::vector<domain::PassRecord> passes;
};

/// Where the course changed: the exact byte.
struct InflectionPoint {
    std::string channel; ///< As in MatchSpan.
    std::int64_t byteOffset = 0;
    std::int64_t eventNo = 0;
    std::int64_t atUs = 0; ///< Since the call opened.
};

struct IncidentRecord {
    domain::Incident incident; ///< Without rootCause: ingest computes it.
    std::optional<domain::RunStop> stop; ///< Absent when the run went on (warn, monitor, redact).
    std::optional<InflectionPoint> inflection;
};

struct ToolCallText {
    std::int64_t choice = 0;
    std::int64_t index = 0;
    std::string name;
    std::string arguments;
    bool released = true;
};

/// The decoded text of one channel of the answer.
struct ChannelText {
    std::string channel;
    /// As the client may have it, and what of it never went out; each cut to its first 64 KiB at a
    /// character. The bytes are in the chunks.
    std::string released;
    std::string withheld;
    /// How long both are, uncut, in bytes of what the provider sent.
    std::int64_t releasedBytes = 0;
    std::int64_t withheldBytes = 0;
    std::optional<std::string> original; ///< Of `released`, where placeholders stand in it.
};

/// Last record of every call.
struct CallClosed {
    CallId callId;
    RunId runId;
    UtcTime openedAt{};
    UtcTime closedAt{};
    std::int64_t status = 0; ///< What the client got; 499 when it left.
    std::int64_t upstreamStatus = 0; ///< 0: no answer from the provider.
    std::string outcome; ///< completed, refused, stopped, client_gone, server_stopped,
                         ///< upstream_error, timeout, recovered
    std::optional<std::string> errorCode;
    std::optional<std::string> answeredModel;
    std::vector<std::string> finishReasons;
    domain::Usage usage;
    domain::Microcents costMicrocents = 0;
    std::optional<std::string> priceVersion; ///< Absent: the model has no price.
    std::int64_t latencyUs = 0;
    std::optional<std::int64_t> firstByteUs;
    std::int64_t releasedBytes = 0;
    std::int64_t withheldBytes = 0;
    std::int64_t eventCount = 0;
    bool recovered
        = false; ///< Closed by recovery: releasedBytes is an upper bound (rulings.md 20).
    std::optional<Json> responseHeaders; ///< Allow-listed ones.
    std::vector<ChannelText> texts;
    std::vector<ToolCallText> toolCalls;
    /// Where the call went when it went there more than once: {"service","status","error"} each.
    std::optional<Json> attempts;
};

struct RunEnded {
    RunId runId;
    domain::RunStatus status = domain::RunStatus::Succeeded;
    domain::TerminationReason reason = domain::TerminationReason::Completed;
    std::optional<domain::KillReason> killReason; ///< Set: the run takes no further step.
    std::optional<std::string> actor; ///< Of a kill: the id of the key that asked for it, or
                                      ///< "tier:FREE" when its limits did.
    std::int64_t callsCut = 0; ///< Of a kill: calls of the run that were under way here.
    std::int64_t cutLatencyUs = 0; ///< Of a kill: until their providers were cut.
    UtcTime at{};
};

using RecordContent = std::variant<CallOpened,
                                   ChunkRecord,
                                   WithheldRecord,
                                   DecisionsRecord,
                                   IncidentRecord,
                                   CallClosed,
                                   RunEnded>;

[[nodiscard]] Bytes encodeRecord(const RecordContent& content);
/// A run's end as the journal takes it.
[[nodiscard]] Record recordOf(TenantId tenant, const RunEnded& ended);
[[nodiscard]] RecordKind kindOf(const RecordContent& content);
/// InvalidInput (a poison record) when the payload is not what its kind says.
[[nodiscard]] Result<RecordContent> decodeRecord(RecordKind kind, BytesView payload);

} // namespace exhibit::spool
