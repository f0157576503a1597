// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/scan/match_runs.h"
#include "server/prevention/compiled_snapshot.h"

#include <cstdint>

namespace exhibit::prevention {

using scan::MatchRun;
using scan::MatchRuns;

/// What a set of policies looks for in one text. Immutable; points into its snapshot and must not
/// outlive it.
struct StagePlan {
    /// What a pattern of `patterns` belongs to.
    struct Use {
        std::uint32_t policy = 0; ///< Index into `policies`.
        std::uint32_t ordinal = 0; ///< Index into the rule's patterns or claims.
    };

    std::vector<const domain::Policy*> policies; ///< In the snapshot's order.
    std::shared_ptr<const scan::PatternSet> patterns; ///< Of all policies.
    std::vector<Use> uses; ///< By pattern.
    std::vector<std::shared_ptr<const scan::PatternSet>> hedges; ///< By policy; null: none.
    /// By pattern: a claim and the value it states, as two patterns; null for every other one.
    std::vector<std::shared_ptr<const scan::PatternSet>> statements;
    bool judgesSentences = false; ///< Some policy looks for claims.
    bool redacts = false;

    [[nodiscard]] bool isClaim(std::uint32_t policy) const
    {
        return !std::holds_alternative<domain::PatternsRule>(policies[policy]->rule);
    }
};

/// The plans of one snapshot by the policies in them: which ones apply differs from call to call,
/// and a policy that does not apply must not hold text back. Any thread.
struct CompiledSnapshot::Automata {
    explicit Automata(const domain::PolicySnapshot& snapshot);

    /// `policies` are ascending indices of the snapshot's, none of them a threshold. Compiles on
    /// first use: milliseconds. Errors: InvalidInput with the policy's id in the subject.
    [[nodiscard]] Result<std::shared_ptr<const StagePlan>> plan(
        const std::vector<std::uint32_t>& policies);

private:
    struct Entry {
        std::vector<std::uint32_t> key;
        std::shared_ptr<const StagePlan> plan;
    };

    [[nodiscard]] std::shared_ptr<const StagePlan> find(const std::vector<std::uint32_t>& key);

    const domain::PolicySnapshot& m_snapshot;
    std::mutex m_mutex;
    std::vector<Entry> m_entries; ///< Last used first, at most limits::kStagePlansMax.
};

/// The patterns a rule looks for in texts, a claim's value behind it; empty for other rules.
[[nodiscard]] std::vector<domain::PatternRule> scannedPatterns(const domain::Rule& rule);
/// What its claims are excused by.
[[nodiscard]] std::vector<domain::PatternRule> hedgesOf(const domain::Rule& rule);

/// The pattern as models/scan wants it. Errors: InvalidInput (an unknown validator).
[[nodiscard]] Result<scan::PatternSpec> patternSpec(const domain::PatternRule& rule, bool holds);

} // namespace exhibit::prevention
