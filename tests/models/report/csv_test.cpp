// SPDX-License-Identifier: Apache-2.0
#include "models/report/csv.h"

#include <gtest/gtest.h>

namespace exhibit::report {
namespace {

TEST(Csv, quotesWhatWouldEndAField)
{
    EXPECT_EQ(csvLine({"plain", "a,b", "say \"no\"", "two\nlines", ""}),
              "plain,\"a,b\",\"say \"\"no\"\"\",\"two\nlines\",\r\n");
}

TEST(Csv, anEmptyFirstFieldKeepsItsColumn)
{
    EXPECT_EQ(csvLine({"", "a"}), ",a\r\n");
    EXPECT_EQ(csvLine({"", "", ""}), ",,\r\n");
}

TEST(Csv, guardsWhatASpreadsheetWouldRun)
{
    for (const auto* formula : {"=HYPERLINK(\"http://x\")",
                                "+1+1",
                                "-2+3",
                                "@SUM(A1)",
                                "  =1+1",
                                "\t=1",
                                "＝1+1",
                                "|cmd"}) {
        const std::string line = csvLine({formula});
        EXPECT_TRUE(line.starts_with("\"'")) << line;
    }
    EXPECT_EQ(csvLine({"a=b", "1-2"}), "a=b,1-2\r\n");
}

TEST(Csv, leavesNulOut)
{
    EXPECT_EQ(csvLine({std::string("a\0b", 3)}), "ab\r\n");
}

} // namespace
} // namespace exhibit::report
