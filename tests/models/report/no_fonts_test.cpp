// SPDX-License-Identifier: Apache-2.0
// A process of its own: fonts are looked up once.
#include "models/report/production.h"
#include "models/report/typesetter.h"
#include "tests/models/report/kinds_on_test.h"
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
    const auto expectSaid = [](const auto& made, std::string_view what) {
        ASSERT_FALSE(made) << what;
        EXPECT_EQ(made.error().code, ErrorCode::Unavailable) << what;
        EXPECT_NE(made.error().message.find("fonts-inter"), std::string::npos) << what;
    };
    expectSaid(typeset(document), "pages");
    for (const auto kind : kEveryKind) {
        expectSaid(reportOnTest(kind, {}), wireName(kind));
    }
    const auto bundle = bundleOnTest(factsOnTest(), false);
    expectSaid(planProduction({packOnTest(bundle), bundle, ""}, {}), "a production");
}

} // namespace
} // namespace exhibit::report
