// SPDX-License-Identifier: Apache-2.0
// Policies whose patterns look through disguises.
#include "models/base/rule_limits.h"
#include "tests/server/prevention/sample_policies.h"

#include <gtest/gtest.h>

using namespace exhibit;
using namespace exhibit::prevention;
using domain::Mode;

namespace {

domain::Policy looking(Mode mode)
{
    return sample::patterns("HIDDEN", mode, {"(?fold=zero_width,full_width)secret-[0-9]{2}"});
}

const std::string kHidden = "see se\u200Bcr\u00ADet-１２ there";

TEST(Folding, stopsADisguisedMatchAtTheSameByteHoweverItIsSplit)
{
    for (std::size_t size = 1; size <= kHidden.size(); ++size) {
        auto guard = sample::guardOf({looking(Mode::Block)});
        const auto channel = sample::stream(guard, "choices/0/content", kHidden, size);
        ASSERT_TRUE(guard.stop()) << size;
        EXPECT_EQ(guard.stop()->cutAt, 4U) << size;
        EXPECT_EQ(guard.settled(channel), 4U) << size;
    }
}

TEST(Folding, redactsAllOfADisguisedMatchAtEverySplit)
{
    for (std::size_t size = 1; size <= kHidden.size(); ++size) {
        auto guard = sample::guardOf({looking(Mode::Redact)});
        const auto channel = sample::stream(guard, "choices/0/content", kHidden, size);
        const auto replaced = guard.takeReplacements(channel);
        ASSERT_EQ(replaced.size(), 1U) << size;
        EXPECT_EQ(replaced[0].begin, 4U);
        EXPECT_EQ(replaced[0].end, kHidden.find(" there"));
    }
}

TEST(Folding, isDoneForThosePoliciesAloneThatAsk)
{
    auto guard = sample::guardOf(
        {sample::patterns("PLAIN", Mode::Block, {"secret-[0-9]{2}"}), looking(Mode::Warn)});
    sample::stream(guard, "choices/0/content", kHidden);
    EXPECT_FALSE(guard.stop());
    const auto outcome = guard.finishOutput();
    EXPECT_EQ(sample::find(outcome, "PLAIN"), nullptr);
    ASSERT_NE(sample::find(outcome, "HIDDEN"), nullptr);
    EXPECT_EQ(sample::find(outcome, "HIDDEN")->result, domain::DecisionResult::Warn);
}

TEST(Folding, thatWouldHoldTooMuchFollowsOnError)
{
    std::string text = "se";
    while (text.size() < limits::kFoldedHeldBytesMax + 100) {
        text += "\u200B";
    }
    for (const auto onError : {domain::OnError::Block, domain::OnError::Allow}) {
        auto policy = looking(Mode::Block);
        policy.onError = onError;
        auto guard = sample::guardOf({policy});
        const auto channel = guard.channel("choices/0/content");
        for (std::size_t at = 0; at < text.size(); at += 1000) {
            guard.feed(channel, std::string_view(text).substr(at, 1000));
        }
        EXPECT_EQ(guard.stop().has_value(), onError == domain::OnError::Block);
        if (onError == domain::OnError::Allow) {
            EXPECT_EQ(guard.settled(channel), text.size()) << "nothing is held any more";
        }
        const auto outcome = guard.finishOutput();
        ASSERT_NE(sample::find(outcome, "HIDDEN"), nullptr);
        EXPECT_EQ(sample::find(outcome, "HIDDEN")->result, domain::DecisionResult::Error);
    }
}

} // namespace
