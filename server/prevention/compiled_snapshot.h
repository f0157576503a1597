// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/domain/snapshot.h"
#include "models/scan/pattern_set.h"

#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace exhibit::prevention {

struct CompiledRule;

/// A policy snapshot made ready to judge calls. Immutable apart from its cache of automata;
/// shared by all calls of the runs bound to it.
class CompiledSnapshot {
public:
    [[nodiscard]] static Result<std::shared_ptr<const CompiledSnapshot>> compile(
        std::shared_ptr<const domain::PolicySnapshot> snapshot);
    ~CompiledSnapshot();

    [[nodiscard]] const domain::PolicySnapshot& snapshot() const { return *m_snapshot; }

    struct Automata; ///< Private to prevention: pattern sets by which policies apply to a call.
    [[nodiscard]] Automata& automata() const { return *m_automata; }

    /// By index of the snapshot's policies; private to prevention.
    [[nodiscard]] const std::vector<CompiledRule>& rules() const { return *m_rules; }

private:
    explicit CompiledSnapshot(std::shared_ptr<const domain::PolicySnapshot> snapshot);
    std::shared_ptr<const domain::PolicySnapshot> m_snapshot;
    std::unique_ptr<Automata> m_automata;
    std::unique_ptr<std::vector<CompiledRule>> m_rules;
};

/// Checks what form alone cannot show: every pattern compiles, its width is known, validators
/// exist, and the patterns do not make too much work. Errors: InvalidInput with the JSON pointer of
/// the fault within the policy
/// ("/rule/patterns/0").
[[nodiscard]] Result<void> checkPolicy(const domain::Policy& policy);

/// Compiled snapshots by id, so that each is compiled once. Any thread.
class SnapshotCache {
public:
    [[nodiscard]] Result<std::shared_ptr<const CompiledSnapshot>> get(
        const std::shared_ptr<const domain::PolicySnapshot>& snapshot);

private:
    std::mutex m_mutex;
    std::vector<std::shared_ptr<const CompiledSnapshot>>
        m_compiled; ///< Newest first, at most limits::kCompiledSnapshotsMax.
};

} // namespace exhibit::prevention
