// SPDX-License-Identifier: Apache-2.0
#include "models/report/custody.h"

#include <gtest/gtest.h>

namespace exhibit::report {
namespace {

std::string purposeOf(const std::string& type, std::string_view details)
{
    evidence::Entry entry;
    entry.type = type;
    entry.time = "2026-11-21T10:00:00.000000Z";
    return custodyOfEntry(entry, {}, {"key_1", "user", std::string(details)}).value().purpose;
}

TEST(Custody, saysHowACopyLeft)
{
    const std::string left = "export.created: a copy left the server";
    EXPECT_EQ(purposeOf("export.created",
                        R"({"format":"pdf","redacted":false,"reason":"audit","case":"C-7"})"),
              left + " (pdf, NOT redacted, case: C-7, reason: audit)");
    EXPECT_EQ(purposeOf("export.created", R"({"format":"json","reason":"audit"})"),
              left + " (json, reason: audit)")
        << "earlier servers did not say whether it was redacted";
    for (const auto* withheld : {"", "{}", "[]", "{"}) {
        EXPECT_EQ(purposeOf("export.created", withheld), left) << withheld;
    }
    EXPECT_LT(purposeOf("export.created", R"({"reason":")" + std::string(5000, 'x') + "\"}").size(),
              400U);
    EXPECT_EQ(purposeOf("hold.placed", R"({"format":"pdf"})").find("pdf"), std::string::npos);
}

TEST(Custody, saysForWhomACopyWas)
{
    const auto toOf = [](std::string_view details) {
        evidence::Entry entry;
        entry.type = "export.created";
        entry.time = "2026-11-21T10:00:00.000000Z";
        return custodyOfEntry(entry, {}, {"key_1", "user", std::string(details)}).value().to;
    };
    EXPECT_EQ(toOf(R"({"recipient":"Landgericht Berlin\n2. Kammer"})"),
              "who asked for it, for Landgericht Berlin 2. Kammer");
    EXPECT_NE(toOf("{}").find("not recorded"), std::string::npos);
}

} // namespace
} // namespace exhibit::report
