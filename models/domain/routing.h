// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/domain/price_table.h"
#include "models/domain/project.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

/// Which service gets a call, and why. The gateway and the API decide by the same function.
namespace exhibit::domain {

/// What a call needs.
struct RouteQuery {
    ProjectId project;
    std::string model;
    Wire wire = Wire::OpenAi;
    std::optional<std::string> region; ///< Set: only services of this region.
    std::vector<std::string> dataClasses; ///< What its texts are; a service must see all of them.
};

/// What a replica has seen of a service lately.
struct ServiceRecord {
    std::int64_t calls = 0;
    double availability = 1; ///< Share that was answered, newer calls count more.
    double latencyMs = 0; ///< To the first byte, likewise.
};
/// Asked for services with objectives only. Empty: nothing was seen of any.
using ServiceRecords = std::function<ServiceRecord(UpstreamId)>;

struct RouteCandidate {
    const Upstream* upstream = nullptr;
    bool fits = false;
    bool misses = false; ///< It fits, but lately missed an objective: it comes after the others.
    std::string why; ///< One sentence.
};

struct RouteDecision {
    std::vector<RouteCandidate> candidates; ///< The project's upstreams in order of position.
    std::vector<const Upstream*> order; ///< Those that fit, the chosen one first; may be empty.
    std::string reason; ///< One sentence.
    bool modelKnown = false; ///< Some candidate serves the model over the wire.
};

/// `upstreams` are in order of position and outlive the decision.
[[nodiscard]] RouteDecision decideRoute(const std::vector<Upstream>& upstreams,
                                        const RouteQuery& query,
                                        const ServiceRecords& records = {});
/// {"service","reason","constraints","candidates":[{"service","fits","why"}]}
[[nodiscard]] JsonObject routeJson(const RouteDecision& decision, const RouteQuery& query);

/// InvalidInput with the JSON pointer of what cannot hold: a model without a price or none at all,
/// data classes that let no call through, objectives that no call could meet.
[[nodiscard]] Result<void> checkContract(const Upstream& upstream, const PriceTable& prices);

} // namespace exhibit::domain
