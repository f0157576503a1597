// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/prevention/call_guard.h"

#include <string>
#include <vector>

/// Policies and guards as tests need them.
namespace exhibit::prevention::sample {

[[nodiscard]] domain::Policy patterns(const std::string& id,
                                      domain::Mode mode,
                                      const std::vector<std::string>& expressions);
/// A claim of "renews" about contract.auto_renew, hedged by "not sure" or "cannot confirm".
[[nodiscard]] domain::Policy accuracy(domain::Mode mode);
[[nodiscard]] domain::Policy threshold(domain::Metric metric, domain::Mode mode, std::int64_t max);

/// Aborts when the policies do not make a snapshot.
[[nodiscard]] std::shared_ptr<const CompiledSnapshot> compiled(
    const std::vector<domain::Policy>& policies);
[[nodiscard]] CallSubject subject();
[[nodiscard]] CallGuard guardOf(const std::vector<domain::Policy>& policies);

/// Feeds `text` to one channel in pieces of `size` bytes, until the guard stops; finishes it.
/// Returns the channel's number.
std::size_t stream(CallGuard& guard,
                   const std::string& channel,
                   std::string_view text,
                   std::size_t size = 1);
/// The decision about a policy; nullptr when there is none.
[[nodiscard]] const domain::Decision* find(const StageOutcome& outcome,
                                           const std::string& policyId);

} // namespace exhibit::prevention::sample
