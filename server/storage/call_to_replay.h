// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/domain/decision.h"
#include "models/domain/run.h"
#include "server/storage/body_field_store.h"

#include <optional>
#include <string>
#include <vector>

namespace exhibit::storage {

/// Bytes that passed together: see call_bodies in 0002_evidence.sql.
struct BodyPiece {
    std::int64_t size = 0;
    std::int64_t atUs = 0; ///< Since the call opened.
    std::int64_t firstEvent = 0;
    std::int64_t eventCount = 0;
};
struct RecordedBody {
    Bytes bytes;
    std::vector<BodyPiece> pieces; ///< Of all bytes, in order.
};

/// A closed call as it was recorded: what it can be repeated and judged again from.
struct CallToReplay {
    CallId callId;
    RunId runId;
    ProjectId projectId;
    std::optional<std::string> userId;
    std::optional<std::string> upstream; ///< Absent: refused before it was routed.
    std::optional<Json> facts;
    std::optional<domain::RunCounters> runBefore; ///< Absent in calls of older servers.
    std::string endpoint;
    std::string model;
    std::string answeredModel; ///< Empty: the provider named none.
    bool streaming = false;
    std::string snapshotId;
    Json requestHeaders = JsonObject{};
    Json responseHeaders = JsonObject{};
    UtcTime openedAt{};
    std::int64_t upstreamStatus = 0; ///< 0: no answer from the provider.
    std::string outcome;
    std::string errorCode; ///< Empty: none.
    bool recovered = false;
    Bytes request; ///< As the client sent it.
    std::optional<Bytes> sentRequest; ///< What went upstream, when that differs.
    std::optional<RecordedBody> released;
    std::optional<RecordedBody> withheld;
    std::vector<domain::Decision> decisions;
    std::vector<domain::PassRecord> passes;
};

/// NotFound for an unknown call; Conflict when it has not closed yet or its content was erased.
[[nodiscard]] Result<CallToReplay> readCallToReplay(Transaction& transaction,
                                                    SubjectKeys& keys,
                                                    CallId call);

} // namespace exhibit::storage
