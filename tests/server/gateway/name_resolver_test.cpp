// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/name_resolver.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>

#include <gtest/gtest.h>

namespace exhibit::gateway {
namespace {

namespace asio = boost::asio;
using std::chrono_literals::operator""s;

class NameResolverTest : public testing::Test {
protected:
    Result<NameWait::Addresses> wait(const std::shared_ptr<NameWait>& look)
    {
        auto found = asio::co_spawn(m_io, look->wait(30s), asio::use_future);
        m_io.restart();
        m_io.run();
        return found.get();
    }

    asio::io_context m_io;
    NameResolver m_names{m_io};
};

TEST_F(NameResolverTest, answersNumbersAtOnce)
{
    const auto found = wait(m_names.look("127.0.0.1", "8080"));
    ASSERT_TRUE(found);
    ASSERT_EQ(found->size(), 1U);
    EXPECT_EQ(found->front().address().to_string(), "127.0.0.1");
    EXPECT_EQ(found->front().port(), 8080);
    EXPECT_EQ(wait(m_names.look("::1", "1"))->front().address().to_string(), "::1");
}

TEST_F(NameResolverTest, asksOnceForThoseWhoWaitForOneName)
{
    const auto first = m_names.look("localhost", "80");
    const auto second = m_names.look("localhost", "80");
    static_cast<void>(m_names.look("localhost", "80")); // Somebody who did not wait.
    auto other = asio::co_spawn(m_io, second->wait(30s), asio::use_future);
    const auto found = wait(first);
    ASSERT_TRUE(found) << found.error().message;
    ASSERT_FALSE(found->empty());
    EXPECT_TRUE(found->front().address().is_loopback());
    EXPECT_EQ(*other.get(), *found);
    EXPECT_TRUE(wait(m_names.look("localhost", "80"))) << "and once more afterwards";
}

TEST_F(NameResolverTest, saysWhenThereIsNoSuchName)
{
    const auto found = wait(m_names.look("no-such-name.invalid", "80"));
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code, ErrorCode::Unavailable);
    EXPECT_TRUE(found.error().message.starts_with("the provider cannot be reached"));
}

TEST_F(NameResolverTest, aWaitCanBeEnded)
{
    const auto look = m_names.look("localhost", "81");
    auto found = asio::co_spawn(m_io, look->wait(30s), asio::use_future);
    m_io.run_one(); // It waits now.
    look->cancel();
    m_io.run();
    const auto answer = found.get();
    EXPECT_TRUE(answer || answer.error().code == ErrorCode::Cancelled);
}

} // namespace
} // namespace exhibit::gateway
