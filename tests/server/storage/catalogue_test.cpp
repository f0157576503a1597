// SPDX-License-Identifier: Apache-2.0
#include "server/storage/catalogue.h"

#include <gtest/gtest.h>

namespace exhibit::storage {
namespace {

domain::Upstream upstream(ProjectId project, std::string name, std::vector<std::string> models)
{
    domain::Upstream upstream;
    upstream.upstreamId = UpstreamId::generate();
    upstream.projectId = project;
    upstream.name = std::move(name);
    upstream.models = std::move(models);
    return upstream;
}

Catalogue fullCatalogue()
{
    Catalogue catalogue;
    const auto tenant = TenantId::generate();
    const auto project = ProjectId::generate();
    catalogue.projects = {{project, tenant, "shop", domain::StopStyle::Error}};
    auto anthropic = upstream(project, "anthropic", {"claude-*"});
    anthropic.tenantId = tenant;
    anthropic.baseUrl = "https://api.example";
    anthropic.wire = domain::Wire::Anthropic;
    anthropic.apiKeyEnv = "SOME_API_KEY";
    catalogue.upstreams = {anthropic};
    domain::ApiKey key;
    key.keyId = KeyId::generate();
    key.tenantId = tenant;
    key.projectId = project;
    key.scopes = {domain::Scope::RunCreate};
    key.hash = sha256("key");
    catalogue.keys = {key};
    auto snapshot = domain::makeSnapshot(tenant, {}).value();
    catalogue.currentSnapshot[tenant] = snapshot.snapshotId;
    catalogue.snapshots[{tenant, snapshot.snapshotId}]
        = std::make_shared<const domain::PolicySnapshot>(snapshot);
    catalogue.prices = {"2026-11", "USD", {{"gpt-*", 1, 2, 3, 4.0}}};
    catalogue.ownPrices[tenant] = {"ours-1", "EUR", {{"gpt-*", 4, 5, 6, 4.0}}};
    domain::TenantQuotas quotas;
    quotas.tenantId = tenant;
    quotas.policies.push_back({.tier = domain::Tier::Team, .runsPerDay = 7});
    quotas.assignments = {{domain::QuotaScope::User, "*", domain::Tier::Team}};
    quotas.whitelist = {{"alice", "key_1", "early", catalogue.readAt, catalogue.readAt}};
    catalogue.quotas.emplace(tenant, quotas);
    catalogue.readAt = fromMicroseconds(1'795'000'000'000'000);
    return catalogue;
}

TEST(Catalogue, comesBackFromItsJson)
{
    const auto catalogue = fullCatalogue();
    const auto json = catalogueToJson(catalogue);
    const auto parsed = parseJson(printJson(json));
    ASSERT_TRUE(parsed);
    const auto back = catalogueFromJson(*parsed);
    ASSERT_TRUE(back) << back.error().message;
    EXPECT_EQ(catalogueToJson(*back), json);
    const auto tenant = catalogue.projects[0].tenantId;
    const auto& id = back->currentSnapshot.at(tenant);
    ASSERT_NE(back->findSnapshot(tenant, id), nullptr);
    EXPECT_EQ(back->findSnapshot(TenantId::generate(), id), nullptr);
    EXPECT_EQ(back->findProject(catalogue.projects[0].projectId)->slug, "shop");
    EXPECT_EQ(back->findProject(ProjectId::generate()), nullptr);
}

TEST(Catalogue, keepsAnIdThatGrewBecauseAnotherHadTheShorterOne)
{
    auto catalogue = fullCatalogue();
    const auto tenant = catalogue.projects[0].tenantId;
    auto grown = *catalogue.snapshots.begin()->second;
    const auto shorter = grown.snapshotId;
    grown.snapshotId += "beef";
    catalogue.currentSnapshot[tenant] = grown.snapshotId;
    catalogue.snapshots.clear();
    catalogue.snapshots[{tenant, grown.snapshotId}]
        = std::make_shared<const domain::PolicySnapshot>(grown);
    const auto back = catalogueFromJson(catalogueToJson(catalogue));
    ASSERT_TRUE(back) << back.error().message;
    const auto found = back->findSnapshot(tenant, back->currentSnapshot.at(tenant));
    ASSERT_NE(found, nullptr);
    EXPECT_EQ(found->snapshotId, grown.snapshotId);
    EXPECT_EQ(back->findSnapshot(tenant, shorter), nullptr);
}

TEST(Catalogue, refusesASnapshotThatWasChanged)
{
    auto json = catalogueToJson(fullCatalogue());
    json.at("snapshots").at(0).as_object()["thresholds_json"] = R"({"x":1})";
    const auto back = catalogueFromJson(json);
    ASSERT_FALSE(back);
    EXPECT_EQ(back.error().code, ErrorCode::Corrupt);
}

TEST(Catalogue, sortsUpstreamsByPositionAndKeysByHash)
{
    Catalogue catalogue;
    const auto project = ProjectId::generate();
    catalogue.upstreams = {upstream(project, "second", {}), upstream(project, "first", {})};
    catalogue.upstreams[0].position = 1;
    catalogue.keys.resize(2);
    catalogue.keys[0].hash.fill(9);
    catalogue.keys[1].hash.fill(1);
    sortCatalogue(catalogue);
    EXPECT_EQ(catalogue.upstreams[0].name, "first");
    EXPECT_EQ(catalogue.keys[0].hash[0], 1);
}

} // namespace
} // namespace exhibit::storage
