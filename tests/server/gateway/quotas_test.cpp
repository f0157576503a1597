// SPDX-License-Identifier: Apache-2.0
// What calls of one run share, whatever the order in which a slow store answers them.
#include "server/gateway/quotas.h"

#include "models/base/traffic_limits.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

namespace exhibit::gateway {

namespace asio = boost::asio;

namespace {

using namespace std::chrono_literals;

/// Grants up to the limit. A grant is told late: after a refusal, or when none comes.
class LateStore final : public security::LimitStore {
public:
    Result<security::BudgetLease> lease(const security::BudgetDemand& demand) override
    {
        std::unique_lock lock(m_mutex);
        ++m_leases;
        if (m_away) {
            return fail(ErrorCode::Unavailable, "the store is away");
        }
        auto& taken = m_taken[demand.key.name];
        const bool granted = taken + demand.least <= demand.limit;
        taken += granted ? demand.least : 0;
        const security::BudgetLease lease{granted ? demand.least : 0, taken};
        if (!granted) {
            m_refused = true;
            m_changed.notify_all();
            return lease;
        }
        if (m_changed.wait_for(lock, 200ms, [this] { return m_refused; })) {
            lock.unlock();
            std::this_thread::sleep_for(50ms); // The refusal is heard first.
        }
        return lease;
    }
    std::vector<security::BudgetAmount> giveBack(std::vector<security::BudgetAmount>) override
    {
        return {};
    }
    void goAway()
    {
        const std::lock_guard lock(m_mutex);
        m_away = true;
    }
    int leases()
    {
        const std::lock_guard lock(m_mutex);
        return m_leases;
    }

private:
    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::map<std::string, std::int64_t> m_taken;
    bool m_refused = false;
    bool m_away = false;
    int m_leases = 0;
};

/// Grants what is asked for at least, at once, as long as it is there.
class ExactStore final : public security::LimitStore {
public:
    Result<security::BudgetLease> lease(const security::BudgetDemand& demand) override
    {
        const std::lock_guard lock(m_mutex);
        auto& taken = m_taken[demand.key.name];
        const bool granted = !m_away && taken + demand.least <= demand.limit;
        taken += granted ? demand.least : 0;
        if (m_away) {
            return fail(ErrorCode::Unavailable, "the store is away");
        }
        return security::BudgetLease{granted ? demand.least : 0, taken};
    }
    std::vector<security::BudgetAmount> giveBack(std::vector<security::BudgetAmount>) override
    {
        return {};
    }
    void goAway()
    {
        const std::lock_guard lock(m_mutex);
        m_away = true;
    }

private:
    std::mutex m_mutex;
    std::map<std::string, std::int64_t> m_taken;
    bool m_away = false;
};

class StreamQuotas : public testing::Test {
protected:
    StreamQuotas()
    {
        domain::QuotaPolicy policy;
        policy.tier = domain::Tier::Team;
        policy.tokensPerDay = 1'000;
        m_known.tenantId = TenantId::generate();
        m_known.policies = {policy};
        m_known.assignments = {{domain::QuotaScope::User, "*", policy.tier}};
    }
    template <class T>
    T wait(asio::awaitable<T> work)
    {
        std::optional<T> got;
        asio::co_spawn(m_io, std::move(work), [&got](auto error, auto answer) {
            EXPECT_FALSE(error);
            got = std::move(answer);
        });
        m_io.restart();
        m_io.run();
        return *std::move(got);
    }
    QuotaAnswer reserve(bool streaming)
    {
        QuotaCall call;
        call.quotas = &m_known;
        call.userId = "ada";
        call.applied = domain::quotasOf(m_known, call.userId, "demo");
        call.run = RunId::generate();
        call.promptTokens = 10;
        call.streaming = streaming;
        call.now = utcNow();
        return wait(m_quotas.reserve(std::move(call)));
    }

    asio::io_context m_io;
    ExactStore m_store;
    Quotas m_quotas{m_io, m_store};
    domain::TenantQuotas m_known;
};

TEST_F(StreamQuotas, reserveMoreInStepsUntilNothingIsLeft)
{
    std::vector<QuotaReservation> calls;
    for (int i = 0; i < 3; ++i) {
        auto answer = reserve(true);
        ASSERT_TRUE(answer) << answer.error().reply.code;
        calls.push_back(*std::move(answer));
    }
    std::vector<std::int64_t> used(calls.size(), 10);
    std::vector<bool> ended(calls.size(), false);
    std::int64_t topUps = 0;
    for (bool any = true; any;) {
        any = false;
        for (std::size_t i = 0; i < calls.size(); ++i) {
            if (ended[i]) {
                continue;
            }
            any = true;
            used[i] += 5; // One event.
            if (!calls[i].lacks({used[i], 0})) {
                continue;
            }
            ++topUps;
            const auto refusal = wait(calls[i].topUp({used[i], 0}));
            if (refusal) {
                ended[i] = true;
                EXPECT_EQ(refusal->reply.code, "USER_DAILY_TOKENS_EXCEEDED");
                ASSERT_TRUE(refusal->endsRun);
                EXPECT_EQ(refusal->endsRun->breach.reason, domain::KillReason::MaxTokens);
                EXPECT_EQ(refusal->endsRun->breach.limit, 1'000);
                EXPECT_EQ(refusal->endsRun->tier, domain::Tier::Team);
            } else {
                EXPECT_FALSE(calls[i].lacks({used[i], 0}));
            }
        }
    }
    const auto all = used[0] + used[1] + used[2];
    EXPECT_LE(all, 1'000);
    EXPECT_GT(all, 1'000 - 3 * 2 * limits::kBudgetMarginTokens);
    EXPECT_GT(topUps, 3);
}

TEST_F(StreamQuotas, whatIsReadWholeBeginsWithAllItMayBe)
{
    const auto whole = reserve(false);
    ASSERT_FALSE(whole) << "it cannot be ended while it comes";
    EXPECT_EQ(whole.error().reply.code, "USER_DAILY_TOKENS_EXCEEDED");
    EXPECT_TRUE(reserve(true));
}

TEST_F(StreamQuotas, withoutTheStoreEndAtWhatTheyHadReserved)
{
    auto answer = reserve(true);
    ASSERT_TRUE(answer);
    m_store.goAway();
    EXPECT_FALSE(answer->lacks({10, 0}));
    ASSERT_TRUE(answer->lacks({11, 0}));
    const auto refusal = wait(answer->topUp({11, 0}));
    ASSERT_TRUE(refusal);
    EXPECT_EQ(refusal->reply.code, "quota_state_unavailable");
    EXPECT_FALSE(refusal->endsRun) << "nobody knows what is left";
}

class SharedQuotas : public testing::Test {
protected:
    SharedQuotas()
    {
        domain::QuotaPolicy policy;
        policy.tier = domain::Tier::Team;
        policy.concurrentRuns = 1;
        policy.runsPerDay = 1;
        m_known.tenantId = TenantId::generate();
        m_known.policies = {policy};
        m_known.assignments = {{domain::QuotaScope::User, "*", policy.tier}};
    }

    /// Asks for all of them at once; in the order asked.
    std::vector<QuotaAnswer> reserve(const std::vector<RunId>& runs)
    {
        std::vector<QuotaAnswer> answers(runs.size());
        for (std::size_t i = 0; i < runs.size(); ++i) {
            QuotaCall call;
            call.quotas = &m_known;
            call.userId = "ada";
            call.applied = domain::quotasOf(m_known, call.userId, "demo");
            call.run = runs[i];
            call.newRun = true;
            call.counters.llmCalls = 1;
            call.now = m_now;
            asio::co_spawn(
                m_io, m_quotas.reserve(std::move(call)), [&answers, i](auto error, auto got) {
                    EXPECT_FALSE(error);
                    answers[i] = std::move(got);
                });
        }
        m_io.restart();
        m_io.run();
        return answers;
    }

    asio::io_context m_io;
    LateStore m_store;
    Quotas m_quotas{m_io, m_store};
    domain::TenantQuotas m_known;
    UtcTime m_now = utcNow();
};

TEST_F(SharedQuotas, aRunIsOneHoweverLateAnotherOfItsCallsHearsThatItHasItsPlace)
{
    const auto run = RunId::generate();
    const auto answers = reserve({run, run, run, run});
    for (const auto& answer : answers) {
        EXPECT_TRUE(answer) << answer.error().reply.code;
    }
    EXPECT_EQ(m_store.leases(), 2) << "its place in the day and its slot, once for all calls";
}

TEST_F(SharedQuotas, aRunKeepsItsPlaceWhenTheCallThatTookItIsRefused)
{
    const auto run = RunId::generate();
    auto answers = reserve({run, run});
    ASSERT_TRUE(answers[0] && answers[1]);
    answers[0]->runBegan();
    answers[1]->runWasKnown();
    *answers[0] = {}; // Nothing of it went anywhere.
    answers[1]->settle({}, 0);
    *answers[1] = {};
    const auto other = reserve({RunId::generate()});
    ASSERT_FALSE(other[0]) << "the day's one run has been";
    EXPECT_EQ(other[0].error().reply.code, "USER_DAILY_RUNS_EXCEEDED");
}

TEST_F(SharedQuotas, whatNoCallOfARunUsedIsThereForAnother)
{
    const auto run = RunId::generate();
    auto answers = reserve({run, run});
    ASSERT_TRUE(answers[0] && answers[1]);
    ASSERT_FALSE(reserve({RunId::generate()})[0]) << "one place, and it is taken";
    *answers[0] = {};
    answers[1]->runWasKnown();
    *answers[1] = {};
    EXPECT_TRUE(reserve({RunId::generate()})[0]);
}

TEST_F(SharedQuotas, callsOfARunThatIsRefusedAskOnce)
{
    const auto first = reserve({RunId::generate()});
    ASSERT_TRUE(first[0]);
    const int leases = m_store.leases();
    const auto run = RunId::generate();
    for (const auto& answer : reserve({run, run, run, run})) {
        ASSERT_FALSE(answer);
        EXPECT_EQ(answer.error().reply.code, "USER_DAILY_RUNS_EXCEEDED");
    }
    EXPECT_EQ(m_store.leases(), leases + 1);
}

TEST_F(SharedQuotas, callsOfARunHearTogetherThatTheStoreIsAway)
{
    m_store.goAway();
    const auto run = RunId::generate();
    for (const auto& answer : reserve({run, run, run, run})) {
        ASSERT_FALSE(answer);
        EXPECT_EQ(answer.error().reply.code, "quota_state_unavailable");
    }
    EXPECT_EQ(m_store.leases(), 1);
}

} // namespace
} // namespace exhibit::gateway
