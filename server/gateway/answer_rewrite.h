// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/gateway/answer_channels.h"

#include <optional>
#include <string>
#include <vector>

/// Changing an answer's JSON by splicing: everything that no policy touched keeps its bytes.
namespace exhibit::gateway {

/// What a client learns about a stop; the members of the `exhibit` object.
struct StopNotice {
    std::string incidentId; ///< Empty, as the policy: somebody killed the run.
    std::string policyId;
    std::string runId;
    std::string callId;
};
/// {"incident_id":…,"policy_id":…,"run_id":…,"call_id":…}
[[nodiscard]] std::string noticeJson(const StopNotice& notice);

/// The answer as far as `channels` lets it out: texts cut and replaced, the logprobs of changed
/// choices null, tool calls that must not pass taken out. A choice with a cut text ends with
/// content_filter in a whole answer and stays open in a chunk.
[[nodiscard]] std::string rewriteAnswer(const JsonWalk& walk,
                                        AnswerForm form,
                                        const std::vector<AnswerPiece>& pieces,
                                        const AnswerChannels& channels);

/// Adds a member at the end of the outermost object, which must be one.
[[nodiscard]] std::string withLastMember(const std::string& object,
                                         std::string_view name,
                                         std::string_view valueJson);

/// The members of a stream's chunks that stay the same, for chunks of our own.
struct ChunkFrame {
    /// From the first event that has them; raw JSON, empty when the provider sends none.
    std::string id;
    std::string created;
    std::string model;
    std::string systemFingerprint;

    void learn(const JsonWalk& walk);
    /// `choices` is raw JSON; `more` are raw members that follow, each with its leading comma.
    [[nodiscard]] std::string chunk(std::string_view choices, std::string_view more) const;
};

} // namespace exhibit::gateway
