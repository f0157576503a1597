// SPDX-License-Identifier: Apache-2.0
#include "server/prevention/run_registry.h"

#include "models/base/limits.h"
#include "tests/support/temp_dir.h"

#include <gtest/gtest.h>

#include <condition_variable>
#include <deque>
#include <functional>
#include <limits>
#include <mutex>

using namespace exhibit;
using namespace exhibit::prevention;
using domain::RunStatus;

namespace {

const UtcTime kNow = fromMicroseconds(1'795'255'201'000'000);
const std::string kSnapshot = "SNAP-000000000000";

/// Where the local copy posts its completions; runs them on the test's thread.
class Completions {
public:
    [[nodiscard]] std::function<void(std::function<void()>)> post()
    {
        return [this](std::function<void()> completion) {
            const std::scoped_lock lock(m_mutex);
            m_waiting.push_back(std::move(completion));
            m_arrived.notify_one();
        };
    }
    void runOne()
    {
        std::unique_lock lock(m_mutex);
        m_arrived.wait(lock, [this] { return !m_waiting.empty(); });
        const auto completion = std::move(m_waiting.front());
        m_waiting.pop_front();
        lock.unlock();
        completion();
    }

private:
    std::mutex m_mutex;
    std::condition_variable m_arrived;
    std::deque<std::function<void()>> m_waiting;
};

class RunRegistryTest : public testing::Test {
protected:
    void SetUp() override
    {
        open();
        ASSERT_TRUE(m_copy->markComplete());
    }

    void open()
    {
        m_registry.reset();
        m_copy.reset();
        auto opened = storage::LocalCopy::open(m_folder.path() / "local.db", m_completions.post());
        ASSERT_TRUE(opened) << opened.error().message;
        m_copy = *std::move(opened);
        m_registry = std::make_unique<RunRegistry>(*m_copy);
    }

    Result<domain::LiveRun> bind(UtcTime now = kNow, const std::string& snapshot = kSnapshot)
    {
        return m_registry->bind(m_tenant, m_project, "order-1", snapshot, now);
    }

    domain::RunStop stopAt(UtcTime at)
    {
        domain::RunStop stop;
        stop.policyId = "P";
        stop.at = at;
        return stop;
    }

    void stopRun(const domain::RunStop& stop)
    {
        bool durable = false;
        m_registry->stop(m_tenant, m_run, stop, [&durable](const Result<void>& result) {
            durable = result.has_value();
        });
        m_completions.runOne();
        EXPECT_TRUE(durable);
    }

    test::TempDir m_folder;
    Completions m_completions;
    TenantId m_tenant = TenantId::generate();
    ProjectId m_project = ProjectId::generate();
    RunId m_run = deriveRunId(m_tenant, m_project, "order-1");
    std::unique_ptr<storage::LocalCopy> m_copy;
    std::unique_ptr<RunRegistry> m_registry;
};

} // namespace

// Other replicas derive the same id: a change here splits runs in two.
TEST(DeriveRunId, isTheUuidOfTheRule)
{
    TenantId tenant;
    ProjectId project;
    for (std::uint8_t i = 0; i < 16; ++i) {
        tenant.value.bytes[i] = i;
        project.value.bytes[i] = static_cast<std::uint8_t>(16 + i);
    }
    EXPECT_EQ(deriveRunId(tenant, project, "order-1").value.hyphenated(),
              "eb9d22fa-d85a-869e-9724-9d1f905e9dc7");
    EXPECT_NE(deriveRunId(tenant, project, "order-2"), deriveRunId(tenant, project, "order-1"));
    EXPECT_NE(deriveRunId(TenantId{}, project, "order-1"), deriveRunId(tenant, project, "order-1"));
    EXPECT_NE(deriveRunId(tenant, ProjectId{}, "order-1"), deriveRunId(tenant, project, "order-1"));
}

TEST_F(RunRegistryTest, beginsARunAndCountsItsCalls)
{
    const auto first = bind().value();
    EXPECT_EQ(first.runId, m_run);
    EXPECT_EQ(first.snapshotId, kSnapshot);
    EXPECT_EQ(first.counters.llmCalls, 1);
    EXPECT_EQ(first.counters.startedAt, kNow);
    const auto second = bind(kNow + std::chrono::seconds{1}, "SNAP-other").value();
    EXPECT_EQ(second.counters.llmCalls, 2);
    EXPECT_EQ(second.snapshotId, kSnapshot) << "a run keeps the snapshot it began with";
    EXPECT_EQ(second.counters.startedAt, kNow);
}

TEST_F(RunRegistryTest, settlesUsageAndNeverOverflows)
{
    ASSERT_TRUE(bind());
    m_registry->settle(m_tenant, m_run, {100, 20, 0, 0, false}, 7, kNow);
    EXPECT_EQ(bind().value().counters.tokens, 120);
    EXPECT_EQ(bind().value().counters.costMicrocents, 7);
    const auto huge = std::numeric_limits<std::int64_t>::max();
    m_registry->settle(m_tenant, m_run, {huge, huge, 0, 0, false}, huge, kNow);
    m_registry->settle(m_tenant, m_run, {-5, -5, 0, 0, false}, -5, kNow);
    EXPECT_EQ(bind().value().counters.tokens, huge);
    EXPECT_EQ(bind().value().counters.costMicrocents, huge);
}

TEST_F(RunRegistryTest, aStoppedRunIsRefusedAtOnceAndAfterARestart)
{
    ASSERT_TRUE(bind());
    stopRun(stopAt(kNow));
    const auto refused = bind();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::Forbidden);
    EXPECT_EQ(refused.error().subject, "run_stopped");
    open();
    EXPECT_EQ(bind().error().subject, "run_stopped");
    ASSERT_TRUE(m_registry->stopOf(m_tenant, m_run));
    EXPECT_EQ(m_registry->stopOf(m_tenant, m_run)->policyId, "P");
    EXPECT_FALSE(m_registry->end(m_tenant, m_run, kNow));
}

TEST_F(RunRegistryTest, theFirstStopWins)
{
    ASSERT_TRUE(bind());
    stopRun(stopAt(kNow));
    auto later = stopAt(kNow + std::chrono::seconds{5});
    later.policyId = "OTHER";
    stopRun(later);
    EXPECT_EQ(m_registry->stopOf(m_tenant, m_run)->policyId, "P");
}

TEST_F(RunRegistryTest, stoppingARunThatWasNeverBoundSaysSo)
{
    ErrorCode code = ErrorCode::Internal;
    m_registry->stop(m_tenant,
                     RunId::generate(),
                     stopAt(kNow),
                     [&code](const Result<void>& result) { code = result.error().code; });
    EXPECT_EQ(code, ErrorCode::NotFound);
}

TEST_F(RunRegistryTest, anEndedRunIsReopenedUnderItsOwnSnapshotAndCounters)
{
    ASSERT_TRUE(bind());
    EXPECT_TRUE(m_registry->end(m_tenant, m_run, kNow));
    EXPECT_FALSE(m_registry->end(m_tenant, m_run, kNow));
    const auto again = bind(kNow, "SNAP-other").value();
    EXPECT_EQ(again.status, RunStatus::Running);
    EXPECT_EQ(again.counters.llmCalls, 2);
    EXPECT_EQ(again.snapshotId, kSnapshot);
}

TEST_F(RunRegistryTest, endsARunAsFailed)
{
    ASSERT_TRUE(bind());
    EXPECT_TRUE(m_registry->end(m_tenant, m_run, kNow, RunStatus::Failed));
    EXPECT_EQ((*m_copy->findRun(m_tenant, m_run))->status, RunStatus::Failed);
    EXPECT_EQ(bind().value().counters.llmCalls, 2);
}

TEST_F(RunRegistryTest, takesOverAStopThatAnotherReplicaMade)
{
    auto row = bind().value();
    row.stop = stopAt(kNow);
    row.status = RunStatus::FailedPolicy;
    m_registry->adopt(row);
    EXPECT_EQ(bind().error().subject, "run_stopped");
    open();
    EXPECT_EQ(bind().error().subject, "run_stopped") << "also after a restart";
    EXPECT_EQ(m_registry->stopOf(m_tenant, m_run)->policyId, "P");
}

TEST_F(RunRegistryTest, takesOverCountersThatAreAheadAndKeepsItsOwnThatAre)
{
    auto row = bind().value();
    m_registry->settle(m_tenant, m_run, {100, 20, 0, 0, false}, 7, kNow);
    row.counters.tokens = 50;
    row.counters.costMicrocents = 9;
    row.counters.llmCalls = 4;
    row.snapshotId = "SNAP-other";
    m_registry->adopt(row);
    const auto next = bind().value();
    EXPECT_EQ(next.counters.tokens, 120);
    EXPECT_EQ(next.counters.costMicrocents, 9);
    EXPECT_EQ(next.counters.llmCalls, 5);
    EXPECT_EQ(next.snapshotId, kSnapshot);
}

TEST_F(RunRegistryTest, goesOnWithARunThatOnlyAnotherReplicaKnew)
{
    domain::LiveRun row;
    row.runId = m_run;
    row.tenantId = m_tenant;
    row.projectId = m_project;
    row.clientRunId = "order-1";
    row.snapshotId = "SNAP-other";
    row.counters.tokens = 50;
    m_registry->adopt(row);
    const auto next = bind().value();
    EXPECT_EQ(next.snapshotId, "SNAP-other");
    EXPECT_EQ(next.counters.tokens, 50);
}

TEST_F(RunRegistryTest, aRunThatTheCopyDroppedNeedsALookAndANewOneDoesNot)
{
    ASSERT_TRUE(bind());
    ASSERT_TRUE(m_registry->end(m_tenant, m_run, kNow));
    ASSERT_TRUE(m_copy->flush());
    const auto ended = m_copy->endedRuns(kNow + std::chrono::hours(1), {}, 10);
    ASSERT_TRUE(ended);
    ASSERT_TRUE(m_copy->dropRuns(*ended));
    open(); // Memory forgets it too.
    storage::LocalCopy& copy = *m_copy;
    EXPECT_FALSE(*copy.findRun(m_tenant, m_run));
    EXPECT_TRUE(m_registry->needsLook(m_tenant, m_run));
    EXPECT_FALSE(m_registry->needsLook(m_tenant, RunId::generate()));
    ErrorCode code = ErrorCode::Internal;
    m_registry->look(m_tenant, m_run, [&code](const Result<void>& known) {
        code = known ? ErrorCode::Internal : known.error().code;
    });
    EXPECT_EQ(code, ErrorCode::Unavailable) << "nobody to ask";
}

TEST_F(RunRegistryTest, aCopyThatIsNoLongerCompleteVouchesForNothingButStops)
{
    ASSERT_TRUE(bind());
    ASSERT_TRUE(m_copy->markIncomplete());
    EXPECT_EQ(bind().error().subject, "run_state_unavailable");
    EXPECT_TRUE(
        m_registry->bind(m_tenant, m_project, "order-1", kSnapshot, kNow, Vouched::ByDatabase));
    stopRun(stopAt(kNow));
    EXPECT_EQ(bind().error().subject, "run_stopped");
    open();
    EXPECT_FALSE(m_copy->complete());
}

TEST_F(RunRegistryTest, anotherTenantSeesNothingOfARun)
{
    ASSERT_TRUE(bind());
    stopRun(stopAt(kNow));
    const auto other = TenantId::generate();
    EXPECT_FALSE(m_registry->stopOf(other, m_run));
    EXPECT_FALSE(m_registry->end(other, m_run, kNow));
    m_registry->settle(other, m_run, {5, 5, 0, 0, false}, 5, kNow);
    ErrorCode code = ErrorCode::Internal;
    m_registry->stop(other, m_run, stopAt(kNow), [&code](const Result<void>& result) {
        code = result.error().code;
    });
    EXPECT_EQ(code, ErrorCode::NotFound);
}

TEST_F(RunRegistryTest, stateSurvivesARestart)
{
    ASSERT_TRUE(bind());
    m_registry->settle(m_tenant, m_run, {10, 0, 0, 0, false}, 3, kNow);
    open();
    const auto run = bind().value();
    EXPECT_EQ(run.counters.llmCalls, 2);
    EXPECT_EQ(run.counters.tokens, 10);
}

TEST_F(RunRegistryTest, idleRunsSucceedAndBusyOnesStay)
{
    ASSERT_TRUE(bind());
    const auto busy = kNow + limits::kRunIdleTimeout;
    ASSERT_TRUE(m_registry->bind(m_tenant, m_project, "busy", kSnapshot, busy));
    ASSERT_TRUE(m_copy->flush());
    const auto expired = m_registry->expireIdle(busy);
    ASSERT_EQ(expired.size(), 1U);
    EXPECT_EQ(expired.front().runId, m_run);
    EXPECT_EQ(expired.front().status, RunStatus::Succeeded);
    EXPECT_TRUE(m_registry->expireIdle(busy).empty());
}

TEST_F(RunRegistryTest, aRunThatIsActiveAgainDoesNotExpire)
{
    ASSERT_TRUE(bind());
    ASSERT_TRUE(m_copy->flush());
    ASSERT_TRUE(bind(kNow + std::chrono::minutes{20}));
    EXPECT_TRUE(m_registry->expireIdle(kNow + std::chrono::minutes{10}).empty());
}

TEST_F(RunRegistryTest, moreRunsThanMemoryHoldsKeepTheirState)
{
    ASSERT_TRUE(bind());
    for (std::size_t i = 0; i <= limits::kLiveRunsInMemoryMax; ++i) {
        ASSERT_TRUE(
            m_registry->bind(m_tenant, m_project, "other-" + std::to_string(i), kSnapshot, kNow));
    }
    EXPECT_EQ(bind().value().counters.llmCalls, 2);
}

TEST(RunRegistry, refusesRunsItCannotVouchFor)
{
    const test::TempDir folder;
    Completions completions;
    auto copy = storage::LocalCopy::open(folder.path() / "local.db", completions.post()).value();
    RunRegistry registry(*copy);
    const auto refused
        = registry.bind(TenantId::generate(), ProjectId::generate(), "r", kSnapshot, kNow);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::Unavailable);
    EXPECT_EQ(refused.error().subject, "run_state_unavailable");
}
