// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json_fields.h"

#include <optional>
#include <string>
#include <vector>

namespace exhibit::domain {

/// What an upstream promises as a service, and what a failed call may become. Absent: nothing is
/// promised, and a call goes to it once.
struct ServiceContract {
    std::optional<std::string> region; ///< "eu-north-1": where texts are processed.
    /// What texts it may see: "public", "personal" ...; absent: all of them.
    std::optional<std::vector<std::string>> dataClasses;
    std::optional<std::int64_t> latencyMs; ///< Objective: to the first byte, on average.
    std::optional<double> availability; ///< Objective: share of calls that it answers.
    std::int64_t retries = 0; ///< How often a failed call is sent to it again,
    bool fallback = false; ///< and whether it goes to the next service that fits then.
};

template <class V>
void visitFields(V& visit, Of<V, ServiceContract>& contract)
{
    visit("region", contract.region);
    visit("data_classes", contract.dataClasses);
    visit("latency_ms", contract.latencyMs);
    visit("availability", contract.availability);
    visit.defaulted("retries", contract.retries);
    visit.defaulted("fallback", contract.fallback);
}

} // namespace exhibit::domain
