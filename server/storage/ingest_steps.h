// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/sha256.h"
#include "models/domain/incident.h"
#include "models/domain/root_cause.h"
#include "models/evidence/call_bytes.h"
#include "server/spool/call_record.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

/// From the records of a call to the steps of its run's timeline.
namespace exhibit::storage {

/// What ingest remembers of a call until its last record has come.
struct OpenCall {
    std::shared_ptr<const spool::CallOpened> opening; ///< Without the bytes of the request.
    std::shared_ptr<const Json> input; ///< describeRequest()
    Digest requestDigest{};
    std::optional<Digest> sentDigest;
    std::int64_t firstRecord = 0;
    Digest previousHash{}; ///< Of the record before firstRecord.
    std::vector<domain::Decision> decisions;
    std::vector<domain::PassRecord> passes;
    std::vector<spool::IncidentRecord> incidents;
    std::int64_t releasedBytes = 0;
    std::int64_t withheldBytes = 0;
    Digest releasedChain{}; ///< evidence::chainedPiece() of each, from zeros.
    Digest withheldChain{};
    Bytes chunkSalt; ///< Of this reading of the call: the entry it comes to names it.
    evidence::ChunkTree releasedTree{"released"};
    evidence::ChunkTree withheldTree{"withheld"};
    bool stored = false; ///< Its row is in proxy_calls since an earlier batch.
};

struct StepDraft {
    RunId runId;
    domain::TimelineEvent event; ///< stepIndex counts from the batch's first step of the run.
    std::optional<Digest> contentHash;
    std::optional<std::string> channel;
};

/// An incident's cause, to be analysed once the run's earlier steps are known; `course` holds what
/// the call itself says, all step numbers as in StepDraft.
struct PendingCause {
    IncidentId incidentId;
    std::int64_t step = 0; ///< The root_cause step that waits for the analysis.
    domain::RecordedCourse course; ///< Without decisions.
};

/// The steps of one call, numbered from 0.
struct StepsOfCall {
    std::vector<StepDraft> steps;
    std::vector<domain::DecidedStep> decided; ///< Decisions that are not PASS and their steps.
    std::optional<std::int64_t> stoppedAt; ///< The decision that stopped the run here.
    std::optional<std::int64_t> inflection; ///< The first decision that changed the course.
    std::vector<PendingCause> causes;
};

/// Moves every step number of the part by `base`.
void shiftSteps(StepsOfCall& part, std::int64_t base);

/// The request as the step `input` shows it: model, settings and messages, long texts cut.
[[nodiscard]] Json describeRequest(const spool::CallOpened& opening);

/// All steps of a call, in the order things happened: what went in, what was known, what was
/// decided before the provider was called, the call, what was decided about the answer, the answer,
/// the causes of its incidents.
[[nodiscard]] StepsOfCall buildSteps(const OpenCall& call, const spool::CallClosed& closing);

} // namespace exhibit::storage
