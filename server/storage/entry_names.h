// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/result.h"
#include "models/evidence/call_bytes.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>

/// Types of entries and paths of fields that are written in one place and compared in another.
namespace exhibit::storage {

using evidence::kCallEntry;
inline constexpr std::string_view kDecisionEntry = "decision.recorded";
inline constexpr std::string_view kIncidentEntry = "incident.opened";
inline constexpr std::string_view kDecisionPath = "/decision";
inline constexpr std::string_view kIncidentPath = "/incident";
/// Of a call: {"count": n, "sha256": hex} over its steps; see stepsDigest().
inline constexpr std::string_view kStepsPath = "/steps";
/// Of a call: how many decisions other than PASS it had; each has an entry of its own.
inline constexpr std::string_view kDecisionsPath = "/decisions";

/// A bare hash over the bytes of a call, or the salt of one: who does not have the bytes could
/// guess them by it.
[[nodiscard]] inline bool isHashOfBytes(std::string_view path)
{
    return path == evidence::kChunkSaltPath
        || std::any_of(std::begin(evidence::kCallParts),
                       std::end(evidence::kCallParts),
                       [path](const auto& part) { return part.path == path; });
}

/// The subject of a Conflict: what is stored is not what was recorded, or not what was signed.
inline constexpr std::string_view kEvidenceDamaged = "evidence_damaged";

/// That Conflict; `what` is the id of a call, an incident or a log.
[[nodiscard]] inline auto evidenceDamaged(std::string_view what, std::string_view problem)
{
    return fail(ErrorCode::Conflict,
                std::string(what) + ": " + std::string(problem) + "; the log has to be verified",
                std::string(kEvidenceDamaged));
}

} // namespace exhibit::storage
