// SPDX-License-Identifier: Apache-2.0
#include "models/evidence/bag.h"

#include "models/base/limits.h"
#include "tests/models/evidence/vector_files.h"

using namespace exhibit;
using namespace exhibit::evidence;
using namespace exhibit::evidence::testing;

namespace {

/// Whether the folder is a complete and valid bag.
bool isValid(const fs::path& folder)
{
    const auto files = openBagFolder(folder);
    const auto report = files ? checkBag(**files) : tl::make_unexpected(files.error());
    return report && report->failures.empty();
}

} // namespace

TEST(Bag, judgesTheConformanceSuite)
{
    NEEDS_VECTORS();
    std::size_t count = 0;
    for (const auto* version : {"v0.97", "v1.0"}) {
        for (const auto* kind : {"valid", "invalid"}) {
            for (const auto& folder : filesIn(vectors() / "bagit" / version / kind)) {
                EXPECT_EQ(isValid(folder), std::string_view(kind) == "valid") << folder;
                ++count;
            }
        }
    }
    EXPECT_GE(count, 14U);
}

TEST(Bag, readsManifestsAsSha256sumWritesThem)
{
    const auto lines = parseManifest("AB  ./data/a%0Ab\ncd *data/b c\r\n", true).value();
    EXPECT_EQ(lines[0].digest, "ab");
    EXPECT_EQ(lines[0].path, "data/a\nb");
    EXPECT_EQ(lines[1].path, "data/b c");
    EXPECT_EQ(parseManifest("ab  data/%25", false)->at(0).path, "data/%25");
    EXPECT_FALSE(parseManifest("nothing\n", true));
    EXPECT_FALSE(parseManifest("  data/a\n", true));
    EXPECT_EQ(writeManifest({{"2", "b"}, {"1", "a"}}), "1  a\n2  b\n");
    std::string many;
    for (std::size_t i = 0; i <= limits::kPackFilesMax; ++i) {
        many += "0  x\n";
    }
    EXPECT_EQ(parseManifest(many, true).error().code, ErrorCode::TooLarge);
}
