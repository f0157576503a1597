// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json_walk.h"
#include "models/domain/project.h"
#include "models/domain/run.h"
#include "server/spool/call_record.h"

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

/// How a stopped stream ends for the client (rulings.md 16).
struct StreamEnding {
    domain::StopStyle style = domain::StopStyle::Soft;
    StopNotice notice;
    std::string errorJson; ///< The `error` object, for style error.
    std::vector<std::int64_t> openChoices; ///< For style soft, as what follows.
    std::vector<std::int64_t> endedChoices; ///< Whose end went out.
    bool begun = false; ///< Something of the answer went out.
    bool choicesEnded = false; ///< Choices there were, and all of them have come to their end.
    bool withUsage = false; ///< The client asked for it.
    domain::Usage usage;
    std::vector<spool::ChannelText> texts; ///< What the client has.
    std::vector<spool::ToolCallText> toolCalls;
};

/// What a stream's own events are made of: learnt from the provider's. One for each stream.
class StreamFrame {
public:
    virtual ~StreamFrame() = default;

    /// Each of the provider's events that is JSON, as it came.
    virtual void learn(const JsonWalk& walk) = 0;
    /// Soft: what every part that is open needs to be whole, and the end with the notice. Error: an
    /// event with the error; nothing follows it.
    [[nodiscard]] virtual Bytes ending(const StreamEnding& ending) const = 0;
    /// Raw JSON; empty when the provider named none.
    [[nodiscard]] const std::string& model() const { return m_model; }

protected:
    /// The raw value of a string or number, the first time there is one.
    static void learnScalar(const JsonWalk& walk, std::size_t node, std::string& into);

    std::string m_model;
};

} // namespace exhibit::gateway
