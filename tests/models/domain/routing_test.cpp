// SPDX-License-Identifier: Apache-2.0
#include "models/domain/routing.h"

#include <gtest/gtest.h>

namespace exhibit::domain {
namespace {

const ProjectId kProject = ProjectId::generate();

Upstream service(std::string name,
                 std::vector<std::string> models = {},
                 std::optional<ServiceContract> contract = {})
{
    Upstream upstream;
    upstream.upstreamId = UpstreamId::generate();
    upstream.projectId = kProject;
    upstream.name = std::move(name);
    upstream.models = std::move(models);
    upstream.contract = std::move(contract);
    return upstream;
}

RouteQuery query(std::string model)
{
    RouteQuery asked;
    asked.project = kProject;
    asked.model = std::move(model);
    return asked;
}

std::vector<std::string> names(const RouteDecision& decision)
{
    std::vector<std::string> list;
    for (const auto* upstream : decision.order) {
        list.push_back(upstream->name);
    }
    return list;
}

using Names = std::vector<std::string>;

TEST(Routing, theFirstServiceOfTheProjectThatServesTheModelIsChosen)
{
    auto theirs = service("theirs");
    theirs.projectId = ProjectId::generate();
    const std::vector<Upstream> list{theirs,
                                     service("small", {"gpt-4o-mini", "o?-mini"}),
                                     service("large", {"gpt-*"}),
                                     service("rest")};
    EXPECT_EQ(names(decideRoute(list, query("gpt-4o-mini"))), (Names{"small", "large", "rest"}));
    EXPECT_EQ(names(decideRoute(list, query("o3-mini"))), (Names{"small", "rest"}));
    EXPECT_EQ(names(decideRoute(list, query("anything"))), (Names{"rest"}));
    auto elsewhere = query("gpt-4o");
    elsewhere.project = ProjectId::generate();
    EXPECT_FALSE(decideRoute(list, elsewhere).modelKnown);
    auto other = query("gpt-4o");
    other.wire = Wire::Anthropic;
    EXPECT_TRUE(decideRoute(list, other).order.empty());
}

TEST(Routing, aServiceMustBeWhereTheCallMayGoAndSeeWhatItSays)
{
    ServiceContract north{.region = "eu-north"};
    north.dataClasses = Names{"public"};
    const std::vector<Upstream> list{service("anywhere"),
                                     service("north", {}, north),
                                     service("eu", {}, {{.region = "eu-north"}})};
    auto asked = query("gpt-4o");
    asked.region = "eu-north";
    EXPECT_EQ(names(decideRoute(list, asked)), (Names{"north", "eu"}));
    asked.dataClasses = {"public", "personal"};
    const auto decision = decideRoute(list, asked);
    EXPECT_EQ(names(decision), (Names{"eu"}));
    EXPECT_EQ(decision.candidates.at(0).why, "It is not known to be in the region eu-north.");
    EXPECT_EQ(decision.candidates.at(1).why, "It may not see texts of the class personal.");
    asked.region = "moon";
    const auto none = decideRoute(list, asked);
    EXPECT_TRUE(none.order.empty());
    EXPECT_TRUE(none.modelKnown);
    const auto json = Json(routeJson(none, asked));
    EXPECT_TRUE(json.at("service").is_null());
    EXPECT_EQ(json.at("constraints").at("region"), "moon");
    EXPECT_EQ(json.at("candidates").as_array().size(), 3U);
}

TEST(Routing, aServiceThatMissesItsObjectivesComesBehind)
{
    const std::vector<Upstream> list{service("slow", {}, {{.latencyMs = 500}}),
                                     service("poor", {}, {{.availability = 0.99}}),
                                     service("fine", {}, {{.latencyMs = 500}})};
    const auto records = [&list](std::int64_t calls) {
        return [&list, calls](UpstreamId id) {
            return id == list[2].upstreamId ? ServiceRecord{calls, 1, 100}
                                            : ServiceRecord{calls, 0.5, 900};
        };
    };
    const auto decision = decideRoute(list, query("m"), records(20));
    EXPECT_EQ(names(decision), (Names{"fine", "slow", "poor"}));
    EXPECT_NE(decision.candidates.at(0).why.find("900 ms"), std::string::npos);
    EXPECT_NE(decision.candidates.at(1).why.find("50.0 %"), std::string::npos);
    EXPECT_EQ(names(decideRoute(list, query("m"), records(19))), (Names{"slow", "poor", "fine"}))
        << "so few calls say nothing";
}

TEST(Routing, aContractThatCannotHoldIsRefusedWithThePointerOfTheFault)
{
    const PriceTable prices{"1", "USD", {{"gpt-*", 1, 1, 1, 4.0}}};
    const auto fault = [&prices](const Upstream& upstream) {
        const auto checked = checkContract(upstream, prices);
        return checked ? std::string() : checked.error().subject;
    };
    EXPECT_EQ(fault(service("none")), "") << "nothing promised, nothing to hold";
    EXPECT_EQ(fault(service("good", {"gpt-4o", "gpt-*"}, ServiceContract{})), "");
    EXPECT_EQ(fault(service("all", {}, ServiceContract{})), "/models");
    EXPECT_EQ(fault(service("dear", {"gpt-4o", "claude-*"}, ServiceContract{})), "/models/1");
    const auto with = [&](const ServiceContract& contract) {
        return fault(service("s", {"gpt-4o"}, contract));
    };
    EXPECT_EQ(with({.region = ""}), "/contract/region");
    EXPECT_EQ(with({.region = std::string(64, 'r')}), "");
    EXPECT_EQ(with({.region = std::string(65, 'r')}), "/contract/region");
    EXPECT_EQ(with({.dataClasses = Names{}}), "/contract/data_classes");
    EXPECT_EQ(with({.dataClasses = Names{"a", "b", "a"}}), "/contract/data_classes/2");
    EXPECT_EQ(with({.dataClasses = Names{std::string(65, 'c')}}), "/contract/data_classes/0");
    Names many;
    for (int i = 0; i < 32; ++i) {
        many.push_back(std::to_string(i));
    }
    EXPECT_EQ(with({.dataClasses = many}), "");
    many.emplace_back("32");
    EXPECT_EQ(with({.dataClasses = many}), "/contract/data_classes");
    EXPECT_EQ(with({.latencyMs = 0}), "/contract/latency_ms");
    EXPECT_EQ(with({.latencyMs = 120'000}), "");
    EXPECT_EQ(with({.latencyMs = 120'001}), "/contract/latency_ms");
    EXPECT_EQ(with({.availability = 0.0}), "/contract/availability");
    EXPECT_EQ(with({.availability = 1.0}), "");
    EXPECT_EQ(with({.availability = 1.01}), "/contract/availability");
    EXPECT_EQ(with({.retries = 3}), "");
    EXPECT_EQ(with({.retries = 4}), "/contract/retries");
    EXPECT_EQ(with({.retries = -1}), "/contract/retries");
}

} // namespace
} // namespace exhibit::domain
