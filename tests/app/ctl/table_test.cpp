// SPDX-License-Identifier: Apache-2.0
#include "app/ctl/table.h"

#include <gtest/gtest.h>

#include <sstream>

namespace exhibit::ctl {
namespace {

Table twoRows()
{
    Table table({"ID", "SEVERITY", "TITLE"});
    table.add({{"1"}, {"high", Paint::Red}, {"A title that is rather long"}});
    table.add({{"größer"}, {"low", Paint::Cyan}, {"b\x1b]0;owned\x07"}});
    table.addNote("note");
    return table;
}

TEST(Table, alignsColumnsByWhatTheyShow)
{
    std::ostringstream stream;
    twoRows().print({stream});
    EXPECT_EQ(stream.str(),
              "ID      SEVERITY  TITLE\n"
              "1       high      A title that is rather long\n"
              "größer  low       b\\x1b]0;owned\\x07\n"
              "    note\n");
}

TEST(Table, aPipeGetsNoColourAndNoCut)
{
    std::ostringstream stream;
    twoRows().print({stream});
    EXPECT_EQ(stream.str().find('\x1b'), std::string::npos);
    EXPECT_EQ(stream.str().find("…"), std::string::npos);
}

TEST(Table, aTerminalGetsColourBesideTheWordAndACut)
{
    std::ostringstream stream;
    twoRows().print({stream, true, 36});
    EXPECT_NE(stream.str().find("\x1b[31mhigh\x1b[0m      A title that is r…\n"), std::string::npos)
        << stream.str();
}

TEST(Table, fieldsWithoutAValueAreLeftOut)
{
    std::ostringstream stream;
    printFields({stream}, {{"run", {"r"}}, {"killed by a long name", {""}}, {"user", {"u"}}});
    EXPECT_EQ(stream.str(), "run   r\nuser  u\n");
}

} // namespace
} // namespace exhibit::ctl
