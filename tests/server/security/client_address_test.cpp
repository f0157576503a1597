// SPDX-License-Identifier: Apache-2.0
#include "server/security/client_address.h"

#include "models/base/traffic_limits.h"

#include <gtest/gtest.h>

namespace exhibit::security {
namespace {

std::string seen(const std::string& peer, const std::string& forwardedFor)
{
    return clientAddress(
        peer, {{forwardedFor}, {}}, TrustedProxies::parse("10.0.0.0/8, ::1").value());
}

TEST(ClientAddress, isThePeerUnlessThatIsATrustedProxy)
{
    EXPECT_EQ(seen("192.0.2.1", "203.0.113.9"), "192.0.2.1") << "anybody may write the header";
    EXPECT_EQ(seen("10.0.0.1", "203.0.113.9"), "203.0.113.9");
    EXPECT_EQ(clientAddress("10.0.0.1", {}, TrustedProxies::parse("10.0.0.1").value()), "10.0.0.1");
}

TEST(ClientAddress, isTheLastHopThatIsNoProxy)
{
    EXPECT_EQ(seen("10.0.0.1", "1.1.1.1, 203.0.113.9, 10.2.3.4"), "203.0.113.9")
        << "what stands before it was written by the client";
    EXPECT_EQ(seen("::1", "10.9.9.9, 10.2.3.4"), "10.9.9.9") << "all of them are ours";
    EXPECT_EQ(seen("10.0.0.1", "203.0.113.9:4711"), "203.0.113.9");
    EXPECT_EQ(seen("10.0.0.1", "[2001:db8::7]:4711"), "2001:db8::7");
    EXPECT_EQ(seen("::ffff:10.0.0.1", "203.0.113.9"), "203.0.113.9");
}

TEST(ClientAddress, endsAtTheProxyWhoseHopCannotBeRead)
{
    EXPECT_EQ(seen("10.0.0.1", "203.0.113.9, unknown"), "10.0.0.1");
    EXPECT_EQ(seen("10.0.0.1", "203.0.113.9, unknown, 10.0.0.2"), "10.0.0.2");
    EXPECT_EQ(seen("10.0.0.1", ""), "10.0.0.1");
    std::string many = "203.0.113.9";
    for (std::size_t i = 0; i < limits::kForwardedHopsMax - 1; ++i) {
        many += ",10.0.0.2";
    }
    EXPECT_EQ(seen("10.0.0.1", many), "203.0.113.9");
    EXPECT_EQ(seen("10.0.0.1", many + ",10.0.0.3"), "10.0.0.2") << "one hop over the limit";
}

TEST(ClientAddress, readsForwardedWhereTheOtherIsAbsent)
{
    const auto trusted = TrustedProxies::parse("10.0.0.0/8").value();
    EXPECT_EQ(
        clientAddress("10.0.0.1",
                      {{}, {"for=\"[2001:db8::7]:80\";proto=https, For=10.1.1.1;by=10.0.0.1"}},
                      trusted),
        "2001:db8::7");
    EXPECT_EQ(clientAddress("10.0.0.1", {{}, {"proto=https"}}, trusted), "10.0.0.1");
}

TEST(ClientAddress, isThePeerWhenTheTwoFieldsDiffer)
{
    const auto trusted = TrustedProxies::parse("10.0.0.0/8").value();
    // The proxy writes one of them; the other is the client's own word.
    EXPECT_EQ(clientAddress("10.0.0.1", {{"198.51.100.1"}, {"for=203.0.113.9"}}, trusted),
              "10.0.0.1");
    EXPECT_EQ(clientAddress("10.0.0.1", {{"203.0.113.9"}, {"for=\"203.0.113.9:80\""}}, trusted),
              "203.0.113.9");
}

TEST(ClientAddress, knowsThisHost)
{
    for (const auto* own : {"127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"}) {
        EXPECT_TRUE(isLoopback(own)) << own;
    }
    for (const auto* other : {"128.0.0.1", "10.0.0.1", "::2", ""}) {
        EXPECT_FALSE(isLoopback(other)) << other;
    }
}

TEST(ClientAddress, groupsWhatOneCustomerHas)
{
    EXPECT_EQ(addressGroup("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
    EXPECT_EQ(addressGroup("::ffff:192.0.2.1"), "192.0.2.1");
    EXPECT_EQ(addressGroup("192.0.2.1"), "192.0.2.1");
}

TEST(TrustedProxies, areAddressesAndNetworks)
{
    const auto proxies = TrustedProxies::parse("192.0.2.0/30,fd00::/9, 198.51.100.7").value();
    const auto has = [&proxies](const char* address) {
        return proxies.contains(parseAddress(address).value());
    };
    EXPECT_TRUE(has("192.0.2.3"));
    EXPECT_FALSE(has("192.0.2.4"));
    EXPECT_TRUE(has("fd7f::1"));
    EXPECT_FALSE(has("fd80::1"));
    EXPECT_TRUE(has("198.51.100.7"));
    EXPECT_FALSE(has("198.51.100.8"));
    EXPECT_TRUE(TrustedProxies::parse("").value().empty());
    EXPECT_TRUE(
        TrustedProxies::parse("0.0.0.0/0").value().contains(parseAddress("203.0.113.1").value()));
    for (const auto* wrong : {"proxy.example", "10.0.0.0/33", "::/129", "10.0.0.0/", "10.0.0/8"}) {
        EXPECT_EQ(TrustedProxies::parse(wrong).error().subject, wrong);
    }
}

} // namespace
} // namespace exhibit::security
