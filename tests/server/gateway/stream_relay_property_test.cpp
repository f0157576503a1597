// SPDX-License-Identifier: Apache-2.0
// Random streams, split in every way: without a match the client gets the provider's bytes, with
// one it gets the same text whatever the split, and never a byte of the match.
#include "tests/server/gateway/guard_builder.h"
#include "tests/server/gateway/relayed_stream.h"

#include <algorithm>

namespace exhibit::gateway {
namespace {

using Random = std::mt19937;

std::size_t below(Random& random, std::size_t limit)
{
    return static_cast<std::size_t>(random()) % limit;
}

std::string randomText(Random& random)
{
    static const std::string kParts[] = {"a",
                                         "sk",
                                         "sk-",
                                         "-",
                                         "12",
                                         " ",
                                         "\xC3\xA9",
                                         "\xF0\x9F\x98\x80",
                                         "\"",
                                         "\\",
                                         "word ",
                                         "\n",
                                         ""};
    std::string result;
    for (std::size_t i = below(random, 4); i > 0; --i) {
        result += kParts[below(random, std::size(kParts))];
    }
    return result;
}

std::string randomEvent(Random& random)
{
    const int choice = static_cast<int>(below(random, 2));
    switch (below(random, 9)) {
    case 0:
        return ": comment\r\n\r\n";
    case 1:
        return event(delta("\"refusal\":" + quoteJson(randomText(random)), choice));
    case 2:
        return event(delta("\"tool_calls\":[{\"index\":1,\"function\":{\"arguments\":"
                               + quoteJson(randomText(random)) + "}}]",
                           choice));
    case 3:
        return event(delta("\"content\":" + quoteJson(randomText(random)), 0) + ","
                     + delta("\"content\":" + quoteJson(randomText(random)), 1));
    default:
        return text(randomText(random), choice);
    }
}

std::string randomStream(Random& random)
{
    std::string stream;
    for (std::size_t i = 2 + below(random, 25); i > 0; --i) {
        stream += randomEvent(random);
    }
    return stream + finish(0) + finish(1) + done();
}

Relayed relayRandomly(const std::string& policy, const std::string& stream, Random& random)
{
    auto guard = policy.empty() ? guardWith({}) : guardWith({policy});
    RelayRun run(*guard);
    for (std::size_t at = 0; at < stream.size();) {
        const std::size_t size = 1 + below(random, 40);
        run.feed(BytesView(stream).substr(at, size));
        at += size;
    }
    return run.finish();
}

TEST(StreamRelayProperty, withoutPoliciesEverySplitGivesTheSameBytes)
{
    Random random(1);
    for (int round = 0; round < 300; ++round) {
        const std::string stream = randomStream(random);
        ASSERT_EQ(relayRandomly("", stream, random).released, stream);
    }
}

TEST(StreamRelayProperty, withoutAMatchEveryEventArrivesUnchanged)
{
    Random random(2);
    const std::string policy = patternPolicy("SECRETS", "block", "sk-[a-z0-9]{3}[A-Z]");
    for (int round = 0; round < 300; ++round) {
        const std::string stream = randomStream(random);
        const auto relayed = relayRandomly(policy, stream, random);
        ASSERT_FALSE(relayed.stopped);
        ASSERT_EQ(sortedEvents(relayed.released), sortedEvents(stream));
        ASSERT_EQ(clientTexts(relayed.released), clientTexts(stream));
    }
}

TEST(StreamRelayProperty, aBlockCutsTheSameForEverySplit)
{
    Random random(3);
    const std::string policy = patternPolicy("SECRETS", "block", "sk-[0-9]{2}");
    int stops = 0;
    for (int round = 0; round < 400; ++round) {
        const std::string stream = randomStream(random);
        const auto whole = relayRandomly(policy, stream, random);
        for (int split = 0; split < 4; ++split) {
            const auto again = relayRandomly(policy, stream, random);
            ASSERT_EQ(again.stopped, whole.stopped);
            ASSERT_EQ(again.released, whole.released);
        }
        auto guard = guardWith({policy});
        ASSERT_EQ(relay(*guard, stream, 1).released, whole.released);
        stops += whole.stopped ? 1 : 0;
        const auto original = clientTexts(stream);
        for (const auto& [channel, released] : clientTexts(whole.released)) {
            ASSERT_TRUE(original.at(channel).starts_with(released)) << channel;
            ASSERT_EQ(released.find("sk-12"), std::string::npos);
        }
    }
    EXPECT_GT(stops, 20);
}

} // namespace
} // namespace exhibit::gateway
