// SPDX-License-Identifier: Apache-2.0
#include "app/ctl/policy_file.h"

#include <gtest/gtest.h>

#include <sstream>

namespace exhibit::ctl {
namespace {

Result<PolicyFile> read(const std::string& text)
{
    std::istringstream stream(text);
    return readPolicyFile(stream, "p.json");
}

TEST(PolicyFile, takesADocumentAnArrayOrAnObjectOfPolicies)
{
    EXPECT_EQ(printJson(read(R"({"policy_id":"A"})")->document), R"({"policy_id":"A"})");
    EXPECT_EQ(printJson(read(R"([{"policy_id":"A"}])")->document),
              R"({"policies":[{"policy_id":"A"}]})");
    EXPECT_EQ(printJson(read(R"({"policies":[1]})")->document), R"({"policies":[1]})");
}

TEST(PolicyFile, pointersMeanPlacesInTheFile)
{
    EXPECT_EQ(read("[1]")->pointerInFile("/policies/0/rule"), "/0/rule");
    EXPECT_EQ(read("{}")->pointerInFile("/policies/0/rule"), "/policies/0/rule");
    EXPECT_EQ(read("{}")->pointerInFile("/rule"), "/rule");
}

TEST(PolicyFile, refusesWhatIsNoJsonOrNoPolicy)
{
    for (const auto* text : {"", "policy", "{", "7", "\"x\"", "null", "\xff", "{} {}"}) {
        const auto file = read(text);
        ASSERT_FALSE(file) << text;
        EXPECT_EQ(file.error().code, ErrorCode::InvalidInput);
        EXPECT_EQ(file.error().subject, "p.json");
    }
}

TEST(PolicyFile, refusesOneByteTooMany)
{
    const std::string most = "{}" + std::string(limits::kApiBodyBytesMax - 2, ' ');
    EXPECT_TRUE(read(most));
    const auto over = read(most + " ");
    ASSERT_FALSE(over);
    EXPECT_EQ(over.error().code, ErrorCode::TooLarge);
}

} // namespace
} // namespace exhibit::ctl
