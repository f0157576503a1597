// SPDX-License-Identifier: Apache-2.0
#include "models/base/sha256.h"

#include <gtest/gtest.h>

namespace {

std::string hexOf(const exhibit::Digest& digest)
{
    return exhibit::toHex(exhibit::asView(digest));
}

} // namespace

// Values of FIPS 180-4's examples.
TEST(Sha256, knowsTheStandardsExamples)
{
    EXPECT_EQ(hexOf(exhibit::sha256("")),
              "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(hexOf(exhibit::sha256("abc")),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Sha256, piecesGiveTheDigestOfTheWhole)
{
    const std::string text(1000, 'x');
    exhibit::Sha256 hash;
    for (std::size_t i = 0; i < text.size(); i += 7) {
        hash.update(std::string_view(text).substr(i, 7));
    }
    EXPECT_EQ(hash.finish(), exhibit::sha256(text));
}

TEST(Sha256, canBeMovedHalfWay)
{
    exhibit::Sha256 first;
    first.update("ab");
    exhibit::Sha256 second = std::move(first);
    EXPECT_EQ(second.update("c").finish(), exhibit::sha256("abc"));
}
