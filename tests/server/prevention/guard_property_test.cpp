// SPDX-License-Identifier: Apache-2.0
// What the guard says depends on the text alone: random texts in random splits give the same stop,
// the same decisions and the same redactions, and nothing that is cut off was ever settled.
#include "tests/server/prevention/sample_policies.h"

#include <gtest/gtest.h>

#include <functional>
#include <random>

using namespace exhibit;
using namespace exhibit::prevention;
using domain::Mode;

namespace {

constexpr int kPolicySets = 40;
constexpr int kTextsPerSet = 25;
constexpr int kSplitsPerText = 4;

class Generator {
public:
    explicit Generator(std::uint32_t seed)
        : m_random(seed)
    {
    }

    [[nodiscard]] std::size_t below(std::size_t limit) { return m_random() % limit; }

    template <class T, std::size_t N>
    [[nodiscard]] T pick(const T (&choices)[N])
    {
        return choices[below(N)];
    }

    [[nodiscard]] std::vector<domain::Policy> policies()
    {
        static constexpr const char* kExpressions[] = {"secret-?[0-9]{2,4}",
                                                       "\\bkey\\b",
                                                       "(?i)alpha( beta)? gamma",
                                                       "[0-9]{3} ?[0-9]{3}",
                                                       "beta",
                                                       "r\xc3\xa9sum\xc3\xa9",
                                                       "token=[a-z0-9]+",
                                                       "a.{0,4}b",
                                                       "(?fold)secret-?[0-9]{2,4}",
                                                       "(?fold=zero_width,full_width)\\bkey\\b",
                                                       "(?fold=combining)beta"};
        static constexpr Mode kModes[] = {Mode::Block, Mode::Warn, Mode::Monitor, Mode::Redact};
        std::vector<domain::Policy> made;
        const auto count = 1 + below(4);
        for (std::size_t i = 0; i < count; ++i) {
            std::vector<std::string> expressions{pick(kExpressions)};
            if (below(2) == 0) {
                expressions.emplace_back(pick(kExpressions));
            }
            made.push_back(sample::patterns("P" + std::to_string(i), pick(kModes), expressions));
            made.back().severity = static_cast<domain::Severity>(below(4));
        }
        if (below(2) == 0) {
            made.push_back(sample::accuracy(below(2) == 0 ? Mode::Block : Mode::Warn));
        }
        return made;
    }

    [[nodiscard]] std::string text()
    {
        static constexpr const char* kWords[] = {"secret-1",
                                                 "23",
                                                 "key",
                                                 "keys",
                                                 "alpha",
                                                 " beta",
                                                 " gamma",
                                                 "123",
                                                 " 456",
                                                 "r\xc3\xa9sum\xc3\xa9",
                                                 "token=",
                                                 "a",
                                                 "b",
                                                 "it renews",
                                                 "not sure",
                                                 ". ",
                                                 "!",
                                                 "\n",
                                                 " ",
                                                 "\xe2\x82\xac",
                                                 "s\xe2\x80\x8b"
                                                 "ecret-1",
                                                 "\xef\xbd\x8b"
                                                 "ey",
                                                 "b\xcc\x81"
                                                 "eta",
                                                 "\xd0\xb0",
                                                 "\xe2\x80\x8b",
                                                 "plain words of no interest "};
        std::string made;
        const auto count = 1 + below(60);
        for (std::size_t i = 0; i < count; ++i) {
            made += pick(kWords);
        }
        if (below(8) == 0) {
            made.insert(below(made.size()), std::string(900 + below(400), '-'));
        }
        return made;
    }

private:
    std::mt19937 m_random;
};

/// Everything about a call that must not depend on the split.
struct Observed {
    std::string stop = "none";
    std::vector<std::string> decisions;
    std::vector<std::string> passes;
    std::vector<std::string> replacements;
    friend bool operator==(const Observed&, const Observed&) = default;
};

std::string describe(const domain::Decision& decision)
{
    auto copy = decision;
    copy.decisionId = {};
    copy.at = {};
    copy.evaluationUs = 0;
    return printJson(toJson(copy));
}

Observed observe(const std::shared_ptr<const CompiledSnapshot>& snapshot,
                 std::string_view text,
                 const std::function<std::size_t()>& nextPiece)
{
    CallGuard guard(snapshot, sample::subject());
    const auto channel = guard.channel("choices/0/content");
    std::size_t settled = 0;
    for (std::size_t at = 0; at < text.size() && !guard.stop();) {
        const auto piece = text.substr(at, nextPiece());
        guard.feed(channel, piece);
        at += piece.size();
        if (!guard.stop()) {
            EXPECT_GE(guard.settled(channel), settled) << "settled bytes came back";
            EXPECT_LE(guard.settled(channel), at);
            settled = guard.settled(channel);
        }
    }
    guard.finishChannel(channel);
    Observed observed;
    if (guard.stop()) {
        // No match of these policies is wider than its width.
        EXPECT_GE(guard.stop()->cutAt, settled) << "bytes that were cut off had been settled";
        EXPECT_EQ(guard.settled(channel), guard.stop()->cutAt);
        observed.stop = describe(guard.stop()->decision) + " at "
            + std::to_string(guard.stop()->cutAt) + " of " + guard.stop()->channel;
    } else {
        EXPECT_EQ(guard.settled(channel), text.size());
    }
    for (const auto& replacement : guard.takeReplacements(channel)) {
        observed.replacements.push_back(std::to_string(replacement.begin) + "-"
                                        + std::to_string(replacement.end)
                                        + replacement.placeholder);
    }
    const auto outcome = guard.finishOutput();
    for (const auto& decision : outcome.decisions) {
        observed.decisions.push_back(describe(decision));
    }
    for (const auto& record : outcome.passes) {
        observed.passes.insert(
            observed.passes.end(), record.policyIds.begin(), record.policyIds.end());
    }
    return observed;
}

} // namespace

TEST(GuardProperty, stopsAndDecisionsDoNotDependOnTheSplit)
{
    Generator generator(20261121);
    std::size_t stops = 0;
    std::size_t redactions = 0;
    for (int set = 0; set < kPolicySets; ++set) {
        const auto snapshot = sample::compiled(generator.policies());
        for (int round = 0; round < kTextsPerSet; ++round) {
            const auto text = generator.text();
            const auto whole = observe(snapshot, text, [&text] { return text.size(); });
            EXPECT_EQ(observe(snapshot, text, [] { return std::size_t{1}; }), whole) << text;
            for (int split = 0; split < kSplitsPerText; ++split) {
                const auto random = [&generator] { return 1 + generator.below(20); };
                ASSERT_EQ(observe(snapshot, text, random), whole) << text;
            }
            stops += whole.stop != "none" ? 1 : 0;
            redactions += whole.replacements.size();
        }
    }
    // The generator must reach what it is for.
    EXPECT_GT(stops, 100U);
    EXPECT_GT(redactions, 100U);
}
