// SPDX-License-Identifier: Apache-2.0
#include "models/evidence/report.h"

#include <gtest/gtest.h>

using namespace exhibit;
using namespace exhibit::evidence;

TEST(Report, keepsUntrustedTextPrintableAndCountsFailures)
{
    VerificationReport report;
    for (int i = 0; i < 150; ++i) {
        report.failed("bag", "a\nb\x1b[0m", "why");
    }
    EXPECT_EQ(report.checks.size(), 100U);
    EXPECT_EQ(report.checks[0].subject, "a?b?[0m");
    EXPECT_EQ(report.checks[99].detail, "why; and 50 more");
    EXPECT_TRUE(report.hasFailure("bag"));
    EXPECT_FALSE(report.hasFailure("chain"));
    report.notChecked("time", "\xff", "none");
    EXPECT_EQ(report.checks.back().subject, "(not UTF-8)");
}

TEST(Report, blamesAlsoWhatItNoLongerLists)
{
    VerificationReport report;
    for (int i = 0; i < 150; ++i) {
        report.failed("bag", "data/" + std::to_string(i), "why");
        report.failed("chain", "seq " + std::to_string(i), "why");
    }
    report.failed("fields", "seq 3 /who", "why", "data/fields/0000000003/01.json");
    report.failed("coverage", "seq 900 /who", "why");
    EXPECT_TRUE(report.blame().files.contains("data/149"));
    EXPECT_TRUE(report.blame().files.contains("data/fields/0000000003/01.json"));
    EXPECT_TRUE(report.blame().entries.contains(148)) << "the one before the break";
    EXPECT_FALSE(report.blame().entries.contains(149));
    EXPECT_FALSE(report.blame().entries.contains(900)) << "its entry is whole";
}

TEST(Report, printsTheShapeOfTheCommand)
{
    VerificationReport report;
    report.verdict = Verdict::Untrusted;
    report.passed("chain", "seq 0..4", "whole");
    report.timeClaimed = "2026-11-21T10:00:04.000000Z";
    EXPECT_EQ(
        printJson(reportJson("a.exhibit", report)),
        R"({"file":"a.exhibit","verdict":"untrusted","checks":[{"id":"chain","result":"passed",)"
        R"("answer":"integrity","subject":"seq 0..4","detail":"whole"}],"disclosed":0,)"
        R"("withheld":0,"erased":0,"origin":"","tree_size":0,"issuer":"",)"
        R"("time":{"claimed":"2026-11-21T10:00:04.000000Z","proven":null}})");
    EXPECT_EQ(exitCodeOf(Verdict::Valid), 0);
    EXPECT_EQ(exitCodeOf(Verdict::Invalid), 1);
    EXPECT_EQ(exitCodeOf(Verdict::Unreadable), 2);
}
