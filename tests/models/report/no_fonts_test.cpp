// SPDX-License-Identifier: Apache-2.0
// A process of its own: fonts are looked up once.
#include "models/report/typesetter.h"
#include "tests/support/temp_dir.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

namespace exhibit::report {
namespace {

TEST(Typesetter, saysThatNoFontIsInstalled)
{
    const test::TempDir folder;
    const std::string file = (folder.path() / "fonts.conf").string();
    std::ofstream(file) << "<?xml version=\"1.0\"?><fontconfig></fontconfig>";
    ASSERT_EQ(::setenv("FONTCONFIG_FILE", file.c_str(), 1), 0);
    Document document;
    document.blocks.emplace_back(Paragraph{plain("text")});
    const auto made = typeset(document);
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code, ErrorCode::Unavailable);
    EXPECT_NE(made.error().message.find("fonts-inter"), std::string::npos);
}

} // namespace
} // namespace exhibit::report
