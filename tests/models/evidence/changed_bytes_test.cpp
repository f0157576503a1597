// SPDX-License-Identifier: Apache-2.0
// Every byte of a pack is somebody's word: none can be changed without being found.
#include "models/evidence/verifier.h"
#include "tests/models/evidence/small_pack.h"

#include <gtest/gtest.h>

#include <algorithm>

using namespace exhibit;
using namespace exhibit::evidence;
using namespace exhibit::evidence::testing;

namespace {

constexpr std::string_view kCentralByUs = "PK\x01\x02\x14\x03";
constexpr std::string_view kCentralByAnother = "PK\x01\x02\x1e\x03";

/// As another program would have packed the same files.
Bytes packedAgain(Bytes pack)
{
    for (auto at = pack.find(kCentralByUs); at != pack.npos; at = pack.find(kCentralByUs, at)) {
        pack.replace(at, kCentralByUs.size(), kCentralByAnother);
    }
    return pack;
}

CheckResult headersOf(const VerificationReport& report)
{
    const auto found
        = std::find_if(report.checks.begin(), report.checks.end(), [](const Check& check) {
              return check.id == "container" && check.subject == "headers";
          });
    return found == report.checks.end() ? CheckResult::Passed : found->result;
}

} // namespace

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
    const Bytes again = packedAgain(smallPack());
    const auto report = verifyPack(again, smallAnchors());
    EXPECT_EQ(report.verdict, Verdict::Valid);
    EXPECT_EQ(headersOf(report), CheckResult::NotChecked);
    EXPECT_EQ(headersOf(verifyPack(smallPack(), smallAnchors())), CheckResult::Passed);

    Bytes mixed = again;
    mixed.replace(mixed.rfind(kCentralByAnother), kCentralByUs.size(), kCentralByUs);
    const auto found = verifyPack(mixed, smallAnchors());
    EXPECT_EQ(found.verdict, Verdict::Invalid) << "one header by us, the others by another";
    EXPECT_TRUE(found.hasFailure("container"));
    EXPECT_FALSE(found.hasFailure("bag")) << "the files are still looked at";
}
