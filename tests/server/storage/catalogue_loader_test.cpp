// SPDX-License-Identifier: Apache-2.0
#include "server/storage/catalogue_loader.h"

#include "server/storage/bootstrap.h"
#include "server/storage/change_listener.h"
#include "server/storage/private_file.h"
#include "tests/server/storage/test_database.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <csignal>

namespace exhibit::storage {
namespace {

using namespace std::chrono_literals;

/// Tests of the first start need a database without tenants: each case has its own server.
class FirstStart : public testing::Test {
protected:
    std::unique_ptr<TestDatabase> m_server = TestDatabase::start();
    FirstKey m_key{Secret{"exk_first"}, sha256("exk_first")};

    Result<bool> start()
    {
        return bootstrap(m_server->database(), m_server->directory(), m_key, TestDatabase::soon());
    }
    Catalogue load() { return must(loadCatalogue(m_server->database(), TestDatabase::soon())); }
};

TEST_F(FirstStart, makesWhatIsNeededAndTellsTheKeyOnce)
{
    EXPECT_TRUE(must(start()));
    const auto file = m_server->directory() / "admin.key";
    EXPECT_EQ(must(readSmallFile(file)), "exk_first\n");
    struct stat status { };
    ASSERT_EQ(stat(file.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0600U);

    m_key = {Secret{"exk_second"}, sha256("exk_second")};
    EXPECT_FALSE(must(start()));
    EXPECT_EQ(must(readSmallFile(file)), "exk_first\n");

    const auto catalogue = load();
    ASSERT_EQ(catalogue.projects.size(), 1U);
    EXPECT_EQ(catalogue.projects[0].slug, "default");
    ASSERT_EQ(catalogue.keys.size(), 1U);
    EXPECT_EQ(catalogue.keys[0].hash, sha256("exk_first"));
    EXPECT_EQ(catalogue.keys[0].role, domain::Role::Admin);
    const auto tenant = catalogue.projects[0].tenantId;
    const auto snapshot = catalogue.findSnapshot(tenant, catalogue.currentSnapshot.at(tenant));
    ASSERT_NE(snapshot, nullptr);
    EXPECT_TRUE(snapshot->policies.empty());
    if (!embeddedPriceTables().empty()) {
        EXPECT_FALSE(catalogue.prices.models.empty());
    }
}

TEST_F(FirstStart, leavesNothingWhenTheKeyCannotBeKept)
{
    const auto nowhere = m_server->directory() / "missing";
    EXPECT_FALSE(bootstrap(m_server->database(), nowhere, m_key, TestDatabase::soon()));
    EXPECT_TRUE(load().projects.empty());
    EXPECT_TRUE(must(start()));
}

TEST_F(FirstStart, theListenerComesBackAfterARestartAndCallsOnce)
{
    must(start());
    std::atomic<int> calls{0};
    const auto waitFor = [&](int count) {
        const auto deadline = TestDatabase::soon();
        while (calls < count && !deadline.reached()) {
            std::this_thread::sleep_for(5ms);
        }
        return calls.load();
    };
    std::atomic<int> notices{0};
    const ChangeListener listener{
        m_server->urls().listener,
        {.onChange = [&] { ++calls; }, .onNotice = [&](std::string_view) { ++notices; }}};
    EXPECT_EQ(waitFor(1), 1) << "after the first connect";
    ASSERT_EQ(kill(m_server->cluster().pid(), SIGKILL), 0);
    EXPECT_EQ(waitFor(2), 2) << "after the reconnect";
    const auto tenant = m_server->newTenant();
    EXPECT_EQ(waitFor(3), 3) << "tenant and project changed in one transaction";
    must(m_server->administrator()->script(
        "NOTIFY exhibit_changed, 'run_stopped a b'; NOTIFY exhibit_changed, 'replicas';"
        "NOTIFY exhibit_changed, 'projects'",
        TestDatabase::soon()));
    EXPECT_EQ(waitFor(4), 4);
    EXPECT_EQ(notices, 2) << "a notice is no change";
}

class CatalogueLoader : public testing::Test {
protected:
    template <class Use>
    void write(const TestTenant& tenant, Use use)
    {
        must(m_server.database().write(tenant.id, TestDatabase::soon(), use));
    }
    void activate(const TestTenant& tenant,
                  const domain::PolicySnapshot& snapshot,
                  int number,
                  const std::string& age)
    {
        write(tenant, [&](Transaction& transaction) {
            return transaction.pipeline(std::vector<Statement>{
                {"INSERT INTO policy_snapshots (tenant_id, snapshot_id, content_hash, "
                 "policies_json,"
                 " thresholds_json, policy_count) VALUES ($1, $2, $3, $4, $5, 0)",
                 {tenant.id,
                  snapshot.snapshotId,
                  snapshot.contentHash,
                  snapshot.policiesJson,
                  snapshot.thresholdsJson}},
                {"INSERT INTO snapshot_activations (tenant_id, activation_no, snapshot_id,"
                 " activated_at) VALUES ($1, $2, $3, now() - $4::interval)",
                 {tenant.id, number, snapshot.snapshotId, age}}});
        });
    }
    static domain::PolicySnapshot snapshotOf(const TestTenant& tenant, const std::string& limit)
    {
        return must(domain::makeSnapshot(tenant.id, {}, JsonObject{{"limit", limit}}));
    }
    Catalogue load() { return must(loadCatalogue(m_server.database(), TestDatabase::soon())); }

    TestDatabase& m_server = TestDatabase::instance();
};

TEST_F(CatalogueLoader, readsEveryTenantUnderItsOwnName)
{
    const auto first = m_server.newTenant();
    const auto second = m_server.newTenant();
    for (const auto& tenant : {first, second}) {
        write(tenant, [&](Transaction& transaction) {
            return transaction.query(
                "INSERT INTO upstreams (tenant_id, project_id, upstream_id, name, base_url, models,"
                " api_key_env, wire, position, contract) VALUES ($1, $2, $3, 'a', 'http://a',"
                " '{gpt-*,o3}', 'A_KEY', 'anthropic', 7, '{\"region\":\"eu\",\"retries\":2}')",
                {tenant.id, tenant.project, UpstreamId::generate()});
        });
    }
    const auto catalogue = load();
    for (const auto& tenant : {first, second}) {
        EXPECT_EQ(catalogue.findProject(tenant.project)->tenantId, tenant.id);
        const auto upstream
            = std::find_if(catalogue.upstreams.begin(),
                           catalogue.upstreams.end(),
                           [&](const auto& each) { return each.projectId == tenant.project; });
        ASSERT_NE(upstream, catalogue.upstreams.end());
        EXPECT_EQ(upstream->tenantId, tenant.id);
        EXPECT_EQ(upstream->models, (std::vector<std::string>{"gpt-*", "o3"}));
        EXPECT_EQ(upstream->apiKeyEnv, "A_KEY");
        EXPECT_EQ(upstream->wire, domain::Wire::Anthropic);
        EXPECT_EQ(upstream->position, 7);
        ASSERT_TRUE(upstream->contract.has_value());
        EXPECT_EQ(upstream->contract->region, "eu");
        EXPECT_EQ(upstream->contract->retries, 2);
    }
    EXPECT_TRUE(std::is_sorted(catalogue.keys.begin(), catalogue.keys.end(), [](auto& a, auto& b) {
        return a.hash < b.hash;
    }));
}

TEST_F(CatalogueLoader, keepsTheCurrentRecentAndBoundSnapshots)
{
    const auto tenant = m_server.newTenant();
    const auto ancient = snapshotOf(tenant, "ancient");
    const auto bound = snapshotOf(tenant, "bound");
    const auto recent = snapshotOf(tenant, "recent");
    const auto current = snapshotOf(tenant, "current");
    activate(tenant, ancient, 0, "40 days");
    activate(tenant, bound, 1, "30 days");
    activate(tenant, recent, 2, "20 days");
    activate(tenant, current, 3, "1 day");
    write(tenant, [&](Transaction& transaction) {
        return transaction.query(
            "INSERT INTO runs (tenant_id, run_id, project_id, client_run_id, policy_snapshot_id,"
            " status, started_at, last_active_at)"
            " VALUES ($1, $2, $3, 'r', $4, 'running', now(), now())",
            {tenant.id, RunId::generate(), tenant.project, bound.snapshotId});
    });
    const auto catalogue = load();
    EXPECT_EQ(catalogue.currentSnapshot.at(tenant.id), current.snapshotId);
    EXPECT_NE(catalogue.findSnapshot(tenant.id, current.snapshotId), nullptr);
    EXPECT_NE(catalogue.findSnapshot(tenant.id, recent.snapshotId), nullptr);
    EXPECT_NE(catalogue.findSnapshot(tenant.id, bound.snapshotId), nullptr);
    EXPECT_EQ(catalogue.findSnapshot(tenant.id, ancient.snapshotId), nullptr);
}

TEST_F(CatalogueLoader, aDamagedSnapshotOfOneTenantDoesNotStopTheOthers)
{
    const auto damaged = m_server.newTenant();
    const auto healthy = m_server.newTenant();
    activate(damaged, snapshotOf(damaged, "x"), 0, "1 day");
    activate(healthy, snapshotOf(healthy, "x"), 0, "1 day");
    // As only the table's owner could: the trigger and the check are out of the way.
    must(m_server.administrator()->script(
        "BEGIN; SET LOCAL session_replication_role = replica;"
        "ALTER TABLE exhibit.policy_snapshots DROP CONSTRAINT policy_snapshots_check;"
        "UPDATE exhibit.policy_snapshots SET thresholds_json = '{}' WHERE tenant_id = '"
            + damaged.id.value.hyphenated() + "'; COMMIT",
        TestDatabase::soon()));
    const auto catalogue = load();
    EXPECT_EQ(catalogue.findSnapshot(damaged.id, catalogue.currentSnapshot.at(damaged.id)),
              nullptr);
    EXPECT_NE(catalogue.findSnapshot(healthy.id, catalogue.currentSnapshot.at(healthy.id)),
              nullptr);
}

TEST_F(CatalogueLoader, aRowThatANewerServerWroteIsLeftOut)
{
    const auto tenant = m_server.newTenant();
    for (const std::string& role : {std::string("service"), std::string("auditor")}) {
        write(tenant, [&](Transaction& transaction) {
            return transaction.query(
                "INSERT INTO api_keys (tenant_id, key_id, project_id, role,"
                " scopes, hash) VALUES ($1, $2, $3, $4, '{run:create}', $5)",
                {tenant.id, KeyId::generate(), tenant.project, role, sha256(role + tenant.slug)});
        });
    }
    const auto catalogue = load();
    const auto count = std::count_if(catalogue.keys.begin(),
                                     catalogue.keys.end(),
                                     [&](const auto& key) { return key.tenantId == tenant.id; });
    EXPECT_EQ(count, 1);
}

} // namespace
} // namespace exhibit::storage
