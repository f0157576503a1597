// SPDX-License-Identifier: Apache-2.0
#include "random_pattern.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace exhibit::scan {
namespace {

constexpr std::size_t kSampleCount = 3;

// Word and other characters of one to four bytes; none whose case Unicode and ASCII fold unlike.
constexpr std::array<std::string_view, 14> kAlphabet{
    "a", "b", "A", "1", "8", "0", "-", ".", " ", "@", "\n", "€", "日", "😀"};

std::string_view anyCharacter(Dice& dice)
{
    return kAlphabet[dice.below(kAlphabet.size())];
}

// A part of a pattern, made together with texts it matches.
struct Part {
    std::string pattern;
    std::optional<std::size_t> longest = 0;
    std::array<std::string, kSampleCount> samples;
};

struct Item {
    std::string_view pattern;
    std::size_t longest;
    std::array<std::string_view, kSampleCount> samples;
};

constexpr std::array<Item, 12> kClasses{{
    {R"(\w)", 1, {"a", "8", "A"}},
    {R"(\d)", 1, {"1", "8", "0"}},
    {R"(\s)", 1, {" ", "\n", " "}},
    {R"(\W)", 4, {"-", "€", "\n"}},
    {R"(\D)", 4, {"a", "日", "."}},
    {R"(\S)", 4, {"b", "😀", "@"}},
    {".", 4, {"a", "€", "\n"}},
    {"[ab]", 1, {"a", "b", "a"}},
    {"[^a]", 4, {"b", "日", " "}},
    {"[^€-]", 4, {"1", "日", "a"}},
    {"[0-9.]", 1, {"1", ".", "8"}},
    {"[8€日-星]", 3, {"8", "€", "日"}},
}};

std::string escaped(std::string_view character)
{
    return character == "." || character == "-" ? "\\" + std::string(character)
                                                : std::string(character);
}

Part oneCharacter(Dice& dice)
{
    Part part;
    if (dice.oneIn(2)) {
        const auto character = anyCharacter(dice);
        part.pattern = escaped(character);
        part.longest = character.size();
        part.samples.fill(std::string(character));
        return part;
    }
    const auto& item = kClasses[dice.below(kClasses.size())];
    part.pattern = item.pattern;
    part.longest = item.longest;
    std::copy(item.samples.begin(), item.samples.end(), part.samples.begin());
    return part;
}

void append(Part& to, const Part& part)
{
    to.pattern += part.pattern;
    to.longest
        = to.longest && part.longest ? std::optional(*to.longest + *part.longest) : std::nullopt;
    for (std::size_t index = 0; index < kSampleCount; ++index) {
        to.samples[index] += part.samples[index];
    }
}

Part choice(Dice& dice, std::size_t depth);

Part sequence(Dice& dice, std::size_t depth)
{
    Part part;
    const auto count = 1 + dice.below(3);
    for (std::size_t index = 0; index < count; ++index) {
        append(part, depth > 0 && dice.oneIn(3) ? choice(dice, depth - 1) : oneCharacter(dice));
    }
    return part;
}

Part repeated(Dice& dice, Part part)
{
    struct Quantifier {
        std::string_view text;
        std::size_t least;
        std::optional<std::size_t> most;
    };
    constexpr std::array<Quantifier, 9> kQuantifiers{{
        {"*", 0, {}},
        {"+", 1, {}},
        {"?", 0, 1},
        {"{2}", 2, 2},
        {"{1,3}", 1, 3},
        {"{0,4}?", 0, 4},
        {"{2,}", 2, {}},
        {"+?", 1, {}},
        {"{3,5}", 3, 5},
    }};
    const auto& quantifier = kQuantifiers[dice.below(kQuantifiers.size())];
    part.pattern += quantifier.text;
    part.longest = part.longest && quantifier.most ? std::optional(*part.longest * *quantifier.most)
                                                   : std::nullopt;
    for (std::size_t index = 0; index < kSampleCount; ++index) {
        std::string sample;
        const auto most = quantifier.most.value_or(quantifier.least + 3);
        const auto count = quantifier.least + dice.below(most - quantifier.least + 1);
        for (std::size_t repeat = 0; repeat < count; ++repeat) {
            sample += part.samples[dice.below(kSampleCount)];
        }
        part.samples[index] = std::move(sample);
    }
    return part;
}

// A group or a character, most often with a quantifier.
Part choice(Dice& dice, std::size_t depth)
{
    Part part = sequence(dice, depth);
    while (dice.oneIn(3)) {
        const auto other = sequence(dice, depth);
        part.pattern += "|" + other.pattern;
        part.longest = part.longest && other.longest
            ? std::optional(std::max(*part.longest, *other.longest))
            : std::nullopt;
        part.samples[dice.below(kSampleCount)] = other.samples.front();
    }
    part.pattern = "(?:" + part.pattern + ")";
    return dice.oneIn(4) ? part : repeated(dice, std::move(part));
}

// Boundaries stand between parts, never two together: where edge conditions contradict each other
// the oracle goes on waiting for what cannot come.
void appendBoundary(Dice& dice, Part& part)
{
    if (dice.oneIn(6)) {
        part.pattern += dice.oneIn(3) ? R"(\B)" : R"(\b)";
    }
}

constexpr std::array<std::string_view, 5> kNeighbours{"[a1]", R"(\d)", R"([^\w.])", "-", R"(\W)"};

} // namespace

RandomPattern randomPattern(Dice& dice)
{
    Part whole;
    appendBoundary(dice, whole);
    const auto count = 1 + dice.below(4);
    for (std::size_t index = 0; index < count; ++index) {
        auto part = dice.oneIn(2) ? oneCharacter(dice) : choice(dice, 2);
        append(whole, dice.oneIn(3) ? repeated(dice, std::move(part)) : part);
        appendBoundary(dice, whole);
    }
    RandomPattern pattern;
    auto& spec = pattern.spec;
    spec.pattern = whole.pattern;
    if (dice.oneIn(6)) {
        spec.pattern = "(?<!" + std::string(kNeighbours[dice.below(kNeighbours.size())]) + ")"
            + spec.pattern;
    }
    if (dice.oneIn(6)) {
        spec.pattern += "(?!" + std::string(kNeighbours[dice.below(kNeighbours.size())]) + ")";
    }
    if (dice.oneIn(4)) {
        spec.pattern = "(?i)" + spec.pattern;
    }
    if (dice.oneIn(2)) {
        spec.maxWidth = static_cast<std::uint32_t>(1 + dice.below(12));
    }
    if (whole.longest && dice.oneIn(3)) {
        spec.validator = dice.oneIn(2) ? Validator::Luhn : Validator::Entropy;
    }
    spec.holds = !dice.oneIn(5);
    pattern.longest = whole.longest;
    pattern.samples.assign(whole.samples.begin(), whole.samples.end());
    return pattern;
}

std::string randomText(Dice& dice, const std::vector<RandomPattern>& patterns)
{
    std::string text;
    constexpr std::size_t kEnough = 60;
    const auto pieces = dice.below(12);
    for (std::size_t piece = 0; piece < pieces && text.size() < kEnough; ++piece) {
        if (dice.oneIn(2)) {
            text += anyCharacter(dice);
            continue;
        }
        const auto& samples = patterns[dice.below(patterns.size())].samples;
        std::string planted = samples[dice.below(samples.size())];
        if (dice.oneIn(3)) {
            // Truncated, at a character.
            auto length = dice.below(planted.size() + 1);
            while (length < planted.size()
                   && (static_cast<unsigned char>(planted[length]) & 0xC0U) == 0x80U) {
                ++length;
            }
            planted.resize(length);
        }
        text += planted;
    }
    return text;
}

} // namespace exhibit::scan
