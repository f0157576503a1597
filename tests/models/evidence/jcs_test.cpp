// SPDX-License-Identifier: Apache-2.0
#include "models/evidence/jcs.h"

#include "tests/models/evidence/vector_files.h"

#include <bit>

using namespace exhibit;
using namespace exhibit::evidence;
using namespace exhibit::evidence::testing;

TEST(Jcs, makesThePublishedOutputs)
{
    NEEDS_VECTORS();
    for (const auto& file : filesIn(vectors() / "jcs/input")) {
        const auto canonical = canonicaliseRfc8785(readFile(file));
        ASSERT_TRUE(canonical) << file << canonical.error().message;
        EXPECT_EQ(*canonical, readFile(vectors() / "jcs/output" / file.filename())) << file;
        auto hex = readFile(vectors() / "jcs/outhex" / file.stem().concat(".txt"));
        std::erase_if(hex, [](char c) { return c == ' ' || c == '\n'; });
        EXPECT_EQ(toHex(*canonical), hex) << file;
    }
}

TEST(Jcs, printsNumbersAsEcmaScriptDoes)
{
    NEEDS_VECTORS();
    std::ifstream lines(vectors() / "jcs/es6-numbers.csv");
    std::size_t count = 0;
    for (std::string line; std::getline(lines, line); ++count) {
        const std::size_t comma = line.find(',');
        const auto bits = std::stoull(line.substr(0, comma), nullptr, 16);
        EXPECT_EQ(ecmaScriptNumber(std::bit_cast<double>(std::uint64_t{bits})),
                  line.substr(comma + 1));
    }
    EXPECT_EQ(count, 5000U);
}

TEST(Jcs, takesEveryValidAndNoInvalidText)
{
    NEEDS_VECTORS();
    for (const auto& file : filesIn(vectors() / "json-parse")) {
        const std::string name = file.filename().string();
        const bool parses = parseJson(readFile(file), 2000).has_value();
        const bool canonical = canonicaliseRfc8785(readFile(file)).has_value();
        if (name.starts_with("n_")) {
            EXPECT_FALSE(parses) << name;
            EXPECT_FALSE(canonical) << name;
        } else if (name.starts_with("y_")) {
            EXPECT_TRUE(parses) << name;
            // Valid JSON, but names a member twice: no I-JSON.
            EXPECT_EQ(canonical, name.find("duplicated_key") == name.npos) << name;
        }
    }
}

TEST(Jcs, refusesWhatIsNoIJson)
{
    EXPECT_FALSE(canonicaliseRfc8785(R"(["\ud800"])"));
    EXPECT_FALSE(canonicaliseRfc8785(R"(["\udc00\ud800"])"));
    EXPECT_TRUE(canonicaliseRfc8785(R"(["\ud83d\ude00"])"));
    EXPECT_FALSE(canonicaliseRfc8785(R"({"a":1,"\u0061":2})"));
    EXPECT_FALSE(canonicaliseRfc8785("[1e400]"));
    EXPECT_EQ(canonicaliseRfc8785("[1e-400, -0, 1E21, 0.000001]").value(), "[0,0,1e+21,0.000001]");
}
