// SPDX-License-Identifier: Apache-2.0
// Every byte of a pack is somebody's word: none can be changed without being found.
#include "models/evidence/verifier.h"
#include "tests/models/evidence/packed_again.h"
#include "tests/models/evidence/small_pack.h"

#include <gtest/gtest.h>

using namespace exhibit;
using namespace exhibit::evidence;
using namespace exhibit::evidence::testing;

TEST(ChangedBytes, ofAPackAreFoundWhicheverTheyAre)
{
    Bytes pack = smallPack();
    const auto anchors = smallAnchors();
    ASSERT_EQ(verifyPack(pack, anchors).verdict, Verdict::Valid);
    for (auto& byte : pack) {
        const char before = byte;
        for (const unsigned change : {0x01U, 0x20U, 0x80U}) { // A digit, a letter's case, UTF-8.
            byte = static_cast<char>(static_cast<unsigned char>(before) ^ change);
            EXPECT_NE(verifyPack(pack, anchors).verdict, Verdict::Valid)
                << &byte - pack.data() << " of " << pack.size() << " ^ " << change;
        }
        byte = before;
    }
}

TEST(ChangedBytes, ofASignatureThatStillFitsAreFound)
{
    Bytes pack = smallPack();
    const std::string name = "\"keyid\":\"";
    auto& byte = pack[pack.find(name) + name.size()]; // Says nothing of who signed.
    byte = byte == '0' ? '1' : '0';
    const auto report = verifyPack(pack, smallAnchors());
    EXPECT_EQ(report.verdict, Verdict::Invalid);
    EXPECT_TRUE(report.hasFailure("bag"));
}

TEST(ChangedBytes, aPackThatWasPackedAgainHoldsAndSaysSo)
{
    const auto report = verifyPack(packedAgain(smallPack()), smallAnchors());
    EXPECT_EQ(report.verdict, Verdict::Valid);
    EXPECT_EQ(headersOf(report), CheckResult::NotChecked);
    EXPECT_EQ(headersOf(verifyPack(smallPack(), smallAnchors())), std::nullopt);

    const auto found = verifyPack(packedByTwo(smallPack()), smallAnchors());
    EXPECT_EQ(found.verdict, Verdict::Invalid) << "one header by us, the others by another";
    EXPECT_TRUE(found.hasFailure("container"));
    EXPECT_FALSE(found.hasFailure("bag")) << "the files are still looked at";
}
