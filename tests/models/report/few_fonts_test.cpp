// SPDX-License-Identifier: Apache-2.0
// A process of its own: fonts are looked up once.
#include "models/report/typesetter.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace exhibit::report {
namespace {

using namespace std::chrono_literals;

constexpr const char* kFonts = "/usr/share/fonts/truetype/dejavu"; ///< Without Chinese.

std::string pagesOf(const test::TempDir& folder, const std::string& said, int unknownMin)
{
    Document document;
    document.blocks.emplace_back(Paragraph{plain(said)});
    const auto made = typeset(document);
    EXPECT_TRUE(made) << made.error().message;
    if (!made) {
        return {};
    }
    EXPECT_EQ(made->unknownGlyphs > 0, unknownMin > 0);
    EXPECT_GE(made->unknownGlyphs, unknownMin);
    const std::string file = (folder.path() / "pages.pdf").string();
    std::ofstream(file, std::ios::binary) << made->pdf;
    const auto text
        = test::run("/usr/bin/pdftotext", {.arguments = {file, "-"}}, Deadline::after(60s));
    EXPECT_TRUE(text);
    return text ? text->output : std::string();
}

TEST(Typesetter, saysThatNoFontHasSomeCharacters)
{
    if (!std::filesystem::exists(kFonts)) {
        GTEST_SKIP() << "fonts-dejavu-core is not installed";
    }
    const test::TempDir folder;
    const std::string file = (folder.path() / "fonts.conf").string();
    std::ofstream(file) << "<?xml version=\"1.0\"?><fontconfig><dir>" << kFonts
                        << "</dir><cachedir>" << folder.path().string()
                        << "</cachedir></fontconfig>";
    ASSERT_EQ(::setenv("FONTCONFIG_FILE", file.c_str(), 1), 0);
    const std::string notice = "no font that is";
    EXPECT_EQ(pagesOf(folder, "The contract renews.", 0).find(notice), std::string::npos);
    EXPECT_NE(pagesOf(folder, "\xe5\xa5\x91\xe7\xb4\x84 renews.", 2).find(notice),
              std::string::npos);
}

} // namespace
} // namespace exhibit::report
