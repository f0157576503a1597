// SPDX-License-Identifier: Apache-2.0
// Long events are read in slices, so that other calls have their turn; what goes out is the same.
#include "tests/server/gateway/guard_builder.h"
#include "tests/server/gateway/relayed_stream.h"

namespace exhibit::gateway {
namespace {

const std::string kCard = patternPolicy("CARD", "redact", "[0-9]{4}-[0-9]{4}");
const std::string kCardBlock = patternPolicy("CARD", "block", "[0-9]{4}-[0-9]{4}");
constexpr std::size_t kSlices = 4;

std::string longText()
{
    std::string said(kSlices * limits::kScanSliceBytes - 100, 'x');
    said.replace(limits::kScanSliceBytes - 5, 11, " 1111-2222 "); // Across two slices.
    said.replace(2 * limits::kScanSliceBytes + 9, 2, "\n\n"); // Escaped: it is decoded first.
    return said;
}

/// A relay that is fed in steps.
struct Stepped {
    explicit Stepped(const std::vector<std::string>& policies)
        : guard(guardWith(policies))
        , meter(nullptr, {}, 0)
        , relay(*guard, meter, {})
    {
    }
    /// How many slices that took, of `most` at most.
    std::size_t read(const std::string& bytes, std::size_t most = SIZE_MAX)
    {
        relay.accept(bytes);
        std::size_t slices = 1;
        while (slices < most && relay.readSome().value()) {
            ++slices;
        }
        return slices;
    }
    static std::string joined(const std::vector<EventBytes>& list)
    {
        std::string all;
        for (const auto& events : list) {
            all += events.bytes;
        }
        return all;
    }

    std::unique_ptr<prevention::CallGuard> guard;
    UsageMeter meter;
    StreamRelay relay;
};

TEST(StreamSlices, giveWhatOneReadingGives)
{
    const std::string stream
        = text("before ") + text(longText()) + text(" behind") + finish() + done();
    for (const auto& policy : {kCard, kCardBlock}) {
        Stepped stepped({policy});
        EXPECT_EQ(stepped.read(stream), kSlices) << "behind a stop they are only counted";
        EXPECT_FALSE(stepped.relay.isReading());
        stepped.relay.finish();
        auto guard = guardWith({policy});
        const auto whole = relay(*guard, stream);
        EXPECT_EQ(Stepped::joined(stepped.relay.takeReleased()), whole.released);
        EXPECT_EQ(stepped.relay.stopped(), whole.stopped);
    }
}

TEST(StreamSlices, giveWayBetweenManyShortEventsToo)
{
    std::string stream;
    for (int i = 0; i < 2000; ++i) {
        stream += text(std::string(100, 'x'));
    }
    Stepped stepped({kCard});
    EXPECT_GE(stepped.read(stream + finish() + done()), 3U);
    stepped.relay.finish();
    EXPECT_EQ(Stepped::joined(stepped.relay.takeReleased()), stream + finish() + done());
}

TEST(StreamSlices, anEventThatIsAbandonedAmidItStaysWhole)
{
    Stepped stepped({kCard});
    stepped.read(text("before ") + text(longText()), 2);
    ASSERT_TRUE(stepped.relay.isReading());
    stepped.relay.abandon();
    EXPECT_EQ(Stepped::joined(stepped.relay.takeReleased()), text("before "));
    EXPECT_EQ(Stepped::joined(stepped.relay.takeWithheld()), text(longText()));
}

TEST(StreamSlices, aRunThatEndsMeanwhileCutsWhereTheyWere)
{
    Stepped stepped(
        {kCardBlock,
         R"({"policy_id":"BUDGET","title":"B","severity":"high","stage":["run"],"mode":"block",)"
         R"("rule":{"type":"threshold","metric":"run.tokens","max":20},"expected_behaviour":"Stop."})"});
    std::string said(kSlices * limits::kScanSliceBytes, 'x');
    said.replace(3 * limits::kScanSliceBytes, 9, "1111-2222"); // Nobody has read it yet.
    stepped.read(text(said), 2);
    ASSERT_TRUE(stepped.relay.isReading());
    domain::RunCounters counters;
    counters.tokens = 1000;
    stepped.guard->usageChanged(counters, 0, utcNow());
    stepped.relay.checkStop();
    EXPECT_TRUE(stepped.relay.stopped());
    EXPECT_FALSE(stepped.relay.isReading());
    const auto out = clientTexts(Stepped::joined(stepped.relay.takeReleased()));
    const auto found = out.find("choices/0/content");
    const std::string client = found == out.end() ? std::string{} : found->second;
    EXPECT_GE(client.size(), limits::kScanSliceBytes);
    EXPECT_LE(client.size(), 2 * limits::kScanSliceBytes);
    EXPECT_TRUE(said.starts_with(client));
}

} // namespace
} // namespace exhibit::gateway
