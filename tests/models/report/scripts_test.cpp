// SPDX-License-Identifier: Apache-2.0
// Scripts of the world on one page, as a program of others reads it back: in the order in which
// they were recorded, whichever way they run. Where no font of a script is installed the test says
// so and which package has one; with the packages of packaging/dev they all are.
#include "models/report/pdf_finish.h"
#include "models/report/typesetter.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

#include <gtest/gtest.h>

#include <fstream>

namespace exhibit::report {
namespace {

using namespace std::chrono_literals;

struct Script {
    const char* name;
    const char* package;
    const char* text;
    const char* last; ///< Its end, or a part of it that is not the first.
};

std::string closed(std::string text)
{
    std::erase_if(text, [](char c) { return c == ' ' || c == '\n'; });
    return text;
}

class Scripts : public ::testing::TestWithParam<Script> {
protected:
    std::string outputOf(const std::string& program, std::vector<std::string> arguments) const
    {
        const auto done = test::run(
            "/usr/bin/" + program, {.arguments = std::move(arguments)}, Deadline::after(60s));
        EXPECT_TRUE(done && done->exitCode == 0) << program;
        return done ? done->output : std::string();
    }

    test::TempDir m_folder;
};

TEST_P(Scripts, areReadBackInTheirOrder)
{
    const auto& script = GetParam();
    Document document;
    document.createdAt = fromMicroseconds(1'795'000'000'000'000);
    document.blocks.emplace_back(Paragraph{plain(std::string("Before ") + script.text + " after")});
    Table table{{{"Fact", 1}, {"Value", 1}}, {}, {}};
    table.rows.push_back({{{plain("said")}, {plain(script.text)}}});
    document.blocks.emplace_back(std::move(table));
    const auto set = typeset(document);
    ASSERT_TRUE(set) << set.error().message;
    if (set->unknownGlyphs > 0) {
        GTEST_SKIP() << "no font of this script is installed: " << script.package << " has one";
    }
    const std::string file = (m_folder.path() / "page.pdf").string();
    std::ofstream(file, std::ios::binary) << finishPdf(set->pdf, document, {}).value();
    outputOf("qpdf", {"--check", file});
    // Where words end is the reader's guess: letters and their order are ours.
    const std::string text = closed(outputOf("pdftotext", {file, "-"}));
    std::size_t at = 0;
    for (const std::string& part : {std::string("Before"),
                                    std::string(script.text).substr(0, 2),
                                    std::string(script.last),
                                    std::string("after"),
                                    std::string("said"),
                                    std::string(script.last)}) {
        const auto found = text.find(closed(part), at);
        ASSERT_NE(found, text.npos) << part << " in " << text;
        at = found + closed(part).size();
    }
    const std::string fonts = outputOf("pdffonts", {file});
    RecordProperty("fonts", fonts);
    EXPECT_EQ(fonts.find(" no  yes"), fonts.npos) << "each is embedded: " << fonts;
}

INSTANTIATE_TEST_SUITE_P(
    OfTheWorld,
    Scripts,
    ::testing::Values(Script{"Hebrew", "fonts-dejavu-core", "שלום עולם", "עולם"},
                      Script{"Arabic", "fonts-dejavu-core", "مرحبا بالعالم", "بالعالم"},
                      Script{"Greek", "fonts-dejavu-core", "Καλημέρα κόσμε", "κόσμε"},
                      Script{"Cyrillic", "fonts-dejavu-core", "Здравствуй мир", "мир"},
                      Script{
                          "Japanese", "fonts-droid-fallback", "契約は更新されます", "更新されます"},
                      Script{"Chinese", "fonts-droid-fallback", "合同将自动续签", "自动续签"},
                      Script{"Korean", "fonts-droid-fallback", "계약이 갱신됩니다", "갱신됩니다"},
                      Script{"Emoji", "fonts-noto-color-emoji", "😀 🧑‍💻 🇩🇪", "🇩🇪"}),
    [](const auto& script) { return std::string(script.param.name); });

} // namespace
} // namespace exhibit::report
