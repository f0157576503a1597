// SPDX-License-Identifier: Apache-2.0
#include "models/domain/routing.h"

#include "models/domain/policy.h"

#include <fmt/format.h>

#include <algorithm>

namespace exhibit::domain {
namespace {

constexpr std::int64_t kCallsThatCount = 20; ///< Fewer say nothing about an objective.
constexpr std::int64_t kRetriesMax = 3;
constexpr std::size_t kClassesMax = 32;
constexpr std::size_t kNameBytesMax = 64;

bool servesModel(const Upstream& upstream, std::string_view model)
{
    return upstream.models.empty()
        || std::any_of(upstream.models.begin(), upstream.models.end(), [model](const auto& glob) {
               return globMatches(glob, model);
           });
}

/// Why a service cannot get the call; empty: it can.
std::string whyNot(const ServiceContract& contract, const RouteQuery& query)
{
    if (query.region && contract.region != query.region) {
        return fmt::format("It is not known to be in the region {}.", *query.region);
    }
    for (const auto& needed : query.dataClasses) {
        const auto& seen = contract.dataClasses;
        if (seen && std::find(seen->begin(), seen->end(), needed) == seen->end()) {
            return fmt::format("It may not see texts of the class {}.", needed);
        }
    }
    return {};
}

/// Which objective it misses; empty: none that anybody knows of.
std::string missed(const ServiceContract& contract, const ServiceRecord& record)
{
    if (record.calls < kCallsThatCount) {
        return {};
    }
    if (contract.availability && record.availability < *contract.availability) {
        return fmt::format("Lately it answered {:.1f} % of its calls, its objective is {:.1f} %.",
                           record.availability * 100,
                           *contract.availability * 100);
    }
    if (contract.latencyMs && record.latencyMs > static_cast<double>(*contract.latencyMs)) {
        return fmt::format("Lately its first byte took {:.0f} ms, its objective is {} ms.",
                           record.latencyMs,
                           *contract.latencyMs);
    }
    return {};
}

RouteCandidate judge(const Upstream& upstream,
                     const RouteQuery& query,
                     const ServiceRecords& records)
{
    RouteCandidate candidate{&upstream, false, false, {}};
    if (upstream.wire != query.wire) {
        candidate.why = "It speaks another wire.";
    } else if (!servesModel(upstream, query.model)) {
        candidate.why = "It does not serve the model.";
    } else {
        const ServiceContract promise = upstream.contract.value_or(ServiceContract{});
        candidate.why = whyNot(promise, query);
        candidate.fits = candidate.why.empty();
        if (candidate.fits && records && (promise.availability || promise.latencyMs)) {
            candidate.why = missed(promise, records(upstream.upstreamId));
            candidate.misses = !candidate.why.empty();
        }
        if (candidate.why.empty()) {
            candidate.why = "It serves the model and meets every constraint.";
        }
    }
    return candidate;
}

tl::unexpected<Error> broken(std::string message, std::string pointer)
{
    return fail(ErrorCode::InvalidInput, std::move(message), "/contract" + pointer);
}

Result<void> checkModels(const Upstream& upstream, const PriceTable& prices)
{
    if (upstream.models.empty()) {
        return fail(ErrorCode::InvalidInput,
                    "a service with a contract names the models it serves",
                    "/models");
    }
    for (std::size_t i = 0; i < upstream.models.size(); ++i) {
        if (prices.find(upstream.models[i]) == nullptr) {
            return fail(ErrorCode::InvalidInput,
                        "the price table in force has no price for " + upstream.models[i],
                        "/models/" + std::to_string(i));
        }
    }
    return {};
}

Result<void> checkClasses(const std::vector<std::string>& classes)
{
    if (classes.empty() || classes.size() > kClassesMax) {
        return broken("a service that may see no class of texts gets no call; give 1 to 32",
                      "/data_classes");
    }
    for (std::size_t i = 0; i < classes.size(); ++i) {
        const auto& name = classes[i];
        const auto first = std::find(classes.begin(), classes.end(), name);
        if (name.empty() || name.size() > kNameBytesMax
            || static_cast<std::size_t>(first - classes.begin()) != i) {
            return broken("a class has 1 to 64 bytes and stands in the list once",
                          "/data_classes/" + std::to_string(i));
        }
    }
    return {};
}

} // namespace

RouteDecision decideRoute(const std::vector<Upstream>& upstreams,
                          const RouteQuery& query,
                          const ServiceRecords& records)
{
    RouteDecision decision;
    const RouteCandidate* chosen = nullptr;
    for (const auto& upstream : upstreams) {
        if (upstream.projectId == query.project) {
            decision.candidates.push_back(judge(upstream, query, records));
            decision.modelKnown = decision.modelKnown
                || (upstream.wire == query.wire && servesModel(upstream, query.model));
        }
    }
    for (const bool misses : {false, true}) {
        for (const auto& candidate : decision.candidates) {
            if (candidate.fits && candidate.misses == misses) {
                chosen = chosen == nullptr ? &candidate : chosen;
                decision.order.push_back(candidate.upstream);
            }
        }
    }
    if (chosen == nullptr) {
        decision.reason = decision.modelKnown
            ? "No service that serves the model meets every constraint."
            : "No service serves the model.";
    } else if (chosen->misses) {
        decision.reason = "Every service that fits lately missed an objective; this one is first.";
    } else if (decision.candidates.front().upstream == chosen->upstream) {
        decision.reason = "It is the project's first service, and it fits.";
    } else {
        decision.reason = "It is the first of the project's services that fits best.";
    }
    return decision;
}

JsonObject routeJson(const RouteDecision& decision, const RouteQuery& query)
{
    JsonArray candidates;
    for (const auto& candidate : decision.candidates) {
        candidates.push_back(JsonObject{{"service", candidate.upstream->name},
                                        {"fits", candidate.fits},
                                        {"why", candidate.why}});
    }
    JsonObject constraints{{"model", query.model}, {"wire", wireName(query.wire)}};
    if (query.region) {
        constraints.emplace("region", *query.region);
    }
    if (!query.dataClasses.empty()) {
        constraints.emplace("data_classes", toJson(query.dataClasses));
    }
    const auto chosen
        = decision.order.empty() ? Json{} : Json(std::string_view(decision.order.front()->name));
    return {{"service", chosen},
            {"reason", decision.reason},
            {"constraints", std::move(constraints)},
            {"candidates", std::move(candidates)}};
}

Result<void> checkContract(const Upstream& upstream, const PriceTable& prices)
{
    if (!upstream.contract) {
        return {};
    }
    const auto& contract = *upstream.contract;
    EXHIBIT_CHECK(checkModels(upstream, prices));
    if (contract.region && (contract.region->empty() || contract.region->size() > kNameBytesMax)) {
        return broken("a region has 1 to 64 bytes", "/region");
    }
    if (contract.dataClasses) {
        EXHIBIT_CHECK(checkClasses(*contract.dataClasses));
    }
    const auto patience = std::chrono::milliseconds(limits::kUpstreamFirstByteTimeout).count();
    if (contract.latencyMs && (*contract.latencyMs < 1 || *contract.latencyMs > patience)) {
        return broken("no call could miss or meet it: the gateway waits for 1 ms to "
                          + std::to_string(patience) + " ms",
                      "/latency_ms");
    }
    if (contract.availability && !(*contract.availability > 0 && *contract.availability <= 1)) {
        return broken("an availability is above 0 and at most 1", "/availability");
    }
    if (contract.retries < 0 || contract.retries > kRetriesMax) {
        return broken("0 to 3 retries", "/retries");
    }
    return {};
}

} // namespace exhibit::domain
