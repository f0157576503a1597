// SPDX-License-Identifier: Apache-2.0
// What errors quote of requests and answers is no longer in a log line.
#include "server/main/log_redaction.h"

#include "server/ops/log.h"

#include <gtest/gtest.h>

namespace exhibit::server {
namespace {

std::string logged(std::string_view quoted)
{
    testing::internal::CaptureStderr();
    ops::logError("the provider says {}", quoted);
    return testing::internal::GetCapturedStderr();
}

TEST(LogRedaction, takesPersonalDataAndSecretsOutOfMessages)
{
    ASSERT_TRUE(redactLog());
    const auto line = logged("ada.lovelace@example.com may not use "
                             "sk-proj-abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJ");
    EXPECT_NE(line.find("[EMAIL] may not use ["), std::string::npos) << line;
    EXPECT_EQ(line.find("lovelace"), std::string::npos) << line;
    EXPECT_EQ(line.find("sk-proj-"), std::string::npos) << line;
}

TEST(LogRedaction, leavesWhatAnOperatorLooksFor)
{
    ASSERT_TRUE(redactLog());
    for (const auto* said : {"connecting to 10.1.2.3:5432 failed: connection refused (111)",
                             "record 481516 of run_06ew1b9j6k5hs0a8g8m3z1c2v4 is set aside",
                             "no time stamp from http://tsa.example:8080/tsr"}) {
        EXPECT_NE(logged(said).find(said), std::string::npos) << logged(said);
    }
}

} // namespace
} // namespace exhibit::server
