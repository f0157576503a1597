// SPDX-License-Identifier: Apache-2.0
#include "models/report/load_file.h"

#include "models/report/bates.h"

#include <gtest/gtest.h>

namespace exhibit::report {
namespace {

TEST(LoadFile, setsFieldsOffAsConcordanceDoes)
{
    EXPECT_EQ(datRow({"BEGBATES", ""}, TextEncoding::Windows1252).value(),
              "\xFE"
              "BEGBATES\xFE\x14\xFE\xFE\r\n");
    EXPECT_EQ(datRow({"a", "two\nlines"}, TextEncoding::Utf8).value(),
              "\xC3\xBE"
              "a\xC3\xBE\x14\xC3\xBEtwo\xC2\xAElines\xC3\xBE\r\n");
    EXPECT_EQ(datStart(TextEncoding::Utf8), "\xEF\xBB\xBF");
    EXPECT_EQ(datStart(TextEncoding::Windows1252), "");
}

TEST(LoadFile, refusesWhatCouldNotBeReadBack)
{
    for (const auto* value : {"\xC3\xBE", "\xC2\xAE", "\x14", "\r", "\t", "\xFF", "\xC2\x85"}) {
        for (const auto encoding : {TextEncoding::Utf8, TextEncoding::Windows1252}) {
            const auto row = datRow({"fine", value}, encoding);
            ASSERT_FALSE(row) << value;
            EXPECT_EQ(row.error().code, ErrorCode::InvalidInput);
            EXPECT_EQ(row.error().subject, value);
        }
    }
    EXPECT_TRUE(datRow({"契約"}, TextEncoding::Utf8));
    EXPECT_FALSE(datRow({"契約"}, TextEncoding::Windows1252));
    EXPECT_FALSE(datRow({std::string(1, '\0')}, TextEncoding::Utf8));
}

TEST(LoadFile, takesEveryCharacterThatTheEncodingHas)
{
    EXPECT_EQ(datRow({"€Ž–ÿ"}, TextEncoding::Windows1252).value(), "\xFE\x80\x8E\x96\xFF\xFE\r\n");
}

TEST(LoadFile, showsRecordedDelimitersByTheirNumber)
{
    EXPECT_EQ(datText("Sk\xC3\xBE\x14 \xC2\xAE\nnext", TextEncoding::Utf8),
              "Sk[U+00FE]\xE2\x90\x94 [U+00AE]\nnext");
    EXPECT_EQ(datText("契 ü \xFF", TextEncoding::Windows1252), "[U+5951] ü [U+FFFD]");
    EXPECT_EQ(datText("a\xE2\x80\xAE"
                      "b",
                      TextEncoding::Utf8),
              "a[U+202E]b");
    // Whatever it was, it can be written now.
    for (int byte = 0; byte < 256; ++byte) {
        const std::string recorded(3, static_cast<char>(byte));
        for (const auto encoding : {TextEncoding::Utf8, TextEncoding::Windows1252}) {
            EXPECT_TRUE(datRow({datText(recorded, encoding)}, encoding)) << byte;
        }
    }
}

TEST(LoadFile, namesAPageImageAndWhereADocumentBegins)
{
    EXPECT_EQ(optLine({"EXH0000001", "VOL001", "VOL001\\IMAGES\\0001\\EXH0000001.tif", 3}).value(),
              "EXH0000001,VOL001,VOL001\\IMAGES\\0001\\EXH0000001.tif,Y,,,3\r\n");
    EXPECT_EQ(optLine({"EXH0000002", "VOL001", "p.tif", 0}).value(),
              "EXH0000002,VOL001,p.tif,,,,\r\n");
    EXPECT_FALSE(optLine({"EXH,1", "VOL001", "p.tif", 0}));
    EXPECT_FALSE(optLine({"EXH1", "VOL\n", "p.tif", 0}));
    EXPECT_FALSE(optLine({"EXH1", "VOL001", "", 0}));
}

TEST(Bates, numbersAreReadOneWayOnly)
{
    EXPECT_EQ(batesText("EXH", 42), "EXH0000042");
    for (const auto* good : {"E", "EXH", "EXH-2026-A_", "ABCDEFGHIJKLMNOPQRST"}) {
        EXPECT_TRUE(checkBatesPrefix(good, "/p")) << good;
    }
    for (const auto* bad : {"", "exh", "1E", "EXH1", "E/", "ÉXH", "ABCDEFGHIJKLMNOPQRSTU"}) {
        EXPECT_FALSE(checkBatesPrefix(bad, "/p")) << bad;
    }
}

} // namespace
} // namespace exhibit::report
