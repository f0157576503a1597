// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/domain/decision.h"
#include "models/domain/policy.h"
#include "models/domain/run.h"
#include "models/scan/work_budget.h"
#include "server/prevention/compiled_snapshot.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace exhibit::prevention {

/// What a call is judged by, fixed when it begins.
struct CallSubject : domain::PolicySubject {
    const Json* facts
        = nullptr; ///< The context facts' object; nullptr when none. Must outlive the guard.
    domain::RunCounters run; ///< As the call found them.
    bool priced = true; ///< False: the model has no price, so nobody knows what the call costs.
};

/// One text of a request or answer: "messages/2/content", "choices/0/content" ...
struct TextChannel {
    std::string name;
    std::string_view text; ///< Decoded.
    bool unreadable = false; ///< Something stands for a text that nobody here can read.
};

/// Policies about the answer as a whole judge what clients read as such: the content of a choice or
/// message. Patterns look at all texts alike.
enum class TextRole : std::uint8_t { Answer, ToolCall, Other };

/// A tool call whose arguments have closed.
struct ToolCall {
    std::string channel; ///< "choices/0/tool_calls/1/function/arguments"
    std::string name;
    std::string_view arguments; ///< Decoded once: the text that tools parse.
};

/// Bytes of a channel that a placeholder replaces.
struct Replacement {
    std::size_t begin = 0;
    std::size_t end = 0;
    std::string placeholder;
};

/// The run must stop here: at the decision's policy, in that channel, before byte cutAt. A match
/// wider than its pattern's width may have begun in bytes that are already out: then cutAt lies
/// below what was settled, and the text ends at what was released.
struct Stop {
    domain::Decision decision;
    std::string channel; ///< Empty for thresholds and input policies that judge no single text.
    std::size_t cutAt = 0;
    domain::TerminationReason reason = domain::TerminationReason::PolicyBlock;
    std::optional<domain::KillReason> killReason;
};

/// What was said: decisions that are not PASS have a row each, the others are packed by stage.
struct StageOutcome {
    std::vector<domain::Decision> decisions;
    std::vector<domain::PassRecord> passes; ///< One for each stage in which a policy passed.
    /// Everything that patterns found, also what no decision has room for: not to be shown. Claims
    /// about facts are no secrets and not among it.
    std::vector<domain::MatchSpan> masked;
};

struct InputVerdict {
    StageOutcome outcome;
    std::optional<Stop> stop; ///< Set: the provider must not see the request.
    std::vector<std::pair<std::size_t, Replacement>> replacements; ///< By index of the text given.
};

/// Applies one snapshot to one call, through its stages: input, then output as it streams, and the
/// run's thresholds at every change of usage. One thread. Decisions depend on the text alone, never
/// on how the provider split it. A policy that cannot be evaluated decides ERROR and follows its
/// on_error. Never throws; what takes a pace never blocks beyond it.
class CallGuard {
public:
    CallGuard(std::shared_ptr<const CompiledSnapshot> snapshot, CallSubject subject);
    ~CallGuard();

    /// Input policies over the strings of the request, in their order.
    [[nodiscard]] InputVerdict judgeInput(const std::vector<TextChannel>& texts);
    /// The same in slices: reads about limits::kScanSliceBytes more of the request; true while
    /// there is more. The texts outlive the reading, which ends with concludeInput().
    [[nodiscard]] bool readInput(const std::vector<TextChannel>& texts);
    [[nodiscard]] InputVerdict concludeInput();

    /// Thresholds of the run, before the provider is called and whenever usage changes.
    /// `callOutputTokens` may be an estimate. The first stop wins and stays.
    void usageChanged(const domain::RunCounters& counters,
                      std::int64_t callOutputTokens,
                      UtcTime now);
    /// True when a threshold needs usage (then the gateway asks the provider for it).
    [[nodiscard]] bool needsUsage() const;
    /// When usageChanged() has to be called though nothing was used, because of how long the run
    /// goes on; nullopt: never.
    [[nodiscard]] std::optional<UtcTime> durationDue(UtcTime now) const;

    /// True when no policy applies to the answer: events may pass unparsed.
    [[nodiscard]] bool outputUnguarded() const;
    /// True when tool calls must be judged before they go out.
    [[nodiscard]] bool judgesToolCalls() const;
    /// Each once, when its arguments have closed.
    void judgeToolCall(const ToolCall& call);
    /// True when a redact policy applies to the output.
    [[nodiscard]] bool redactsOutput() const;

    /// True when no output policy finds anything in the whole text, which is then done with:
    /// nothing of it is kept or recorded. For what stands beside the texts of the answer; a text
    /// in which something is found is given to a channel of its own.
    [[nodiscard]] bool findsNothing(std::string_view text);
    /// The number of a channel of the answer, made on first use with the role that it has then.
    [[nodiscard]] std::size_t channel(const std::string& name, TextRole role = TextRole::Answer);
    /// The next decoded bytes of a channel.
    void feed(std::size_t channel, std::string_view delta);
    /// The same, until the pace is over; returns how many bytes it has consumed, one at least.
    [[nodiscard]] std::size_t feed(std::size_t channel, std::string_view delta, scan::Pace& pace);
    /// Bytes of the channel below this are final: they may be released (policies.md, "Semantics";
    /// sentences of missing_context claims included, rulings.md 14).
    [[nodiscard]] std::size_t settled(std::size_t channel) const;
    /// The channel's text has ended; everything is settled then, or stopped.
    void finishChannel(std::size_t channel);
    /// A part of the answer could not be read (e.g. a provider event that is no JSON), so no output
    /// policy can vouch for it: each that applies decides ERROR and follows its on_error; one that
    /// blocks sets stop() with an empty channel and cutAt 0. `why` is one sentence without content.
    void outputUnreadable(std::string_view why);

    /// Set once something must stop the run; nothing at or after cutAt of that channel, and nothing
    /// of any channel that is not settled, may be released any more.
    [[nodiscard]] const std::optional<Stop>& stop() const;
    /// What redact policies replace in the settled bytes of a channel and nothing can extend any
    /// more: in order, not touching, each once.
    [[nodiscard]] std::vector<Replacement> takeReplacements(std::size_t channel);
    /// The settled part of one that may still grow; its placeholder is final.
    [[nodiscard]] std::optional<Replacement> openReplacement(std::size_t channel) const;

    /// The decisions of the output and run stages; once, at the end of the answer or at the stop.
    [[nodiscard]] StageOutcome finishOutput();

private:
    class Impl;
    std::unique_ptr<Impl> m_impl;
};

} // namespace exhibit::prevention
