// SPDX-License-Identifier: Apache-2.0
#include "server/main/configuration.h"

#include "tests/support/temp_dir.h"

#include <gtest/gtest.h>

namespace exhibit::server {
namespace {

TEST(Configuration, flagsAreOverTheEnvironmentAndThatOverTheFile)
{
    test::TempDir folder;
    const auto file = settingsFromFile(folder.write("exhibit.toml",
                                                    "listen = \"127.0.0.1:1\"\n"
                                                    "drain_timeout_s = 7\n"
                                                    "[spool]\nbytes_max = 2000000\n"));
    ASSERT_TRUE(file) << file.error().message;
    const char* environment[]
        = {"EXHIBIT_LISTEN=127.0.0.1:2", "EXHIBIT_SPOOL_BYTES_MAX=3000000", nullptr};
    const auto made = makeConfiguration(
        {*file, settingsFromEnvironment(environment), {{"listen", "127.0.0.1:3"}}});
    ASSERT_TRUE(made) << made.error().message;
    EXPECT_EQ(made->listenPort, 3);
    EXPECT_EQ(made->spoolBytesMax, 3'000'000U);
    EXPECT_EQ(made->drainTimeout, std::chrono::seconds(7));
}

TEST(Configuration, unknownSettingsOfAFileAreErrorsThatNameThem)
{
    const auto made = makeConfiguration({{{"spool.byte_max", "1"}}});
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code, ErrorCode::InvalidInput);
    EXPECT_EQ(made.error().subject, "spool.byte_max");
}

TEST(Configuration, otherProgramsVariablesAreNotSettings)
{
    const char* environment[] = {"EXHIBIT_API_KEY=x", "EXHIBIT_SERVER=y", nullptr};
    EXPECT_TRUE(settingsFromEnvironment(environment).empty());
}

TEST(Configuration, wrongValuesSayWhatIsExpected)
{
    for (const auto& [name, value] : Settings{{"listen", "8080"},
                                              {"database_url", "mysql://x"},
                                              {"drain_timeout_s", "-1"},
                                              {"spool.bytes_max", "10"},
                                              {"log_level", "loud"},
                                              {"ledger.witnesses", "w.example http://w"},
                                              {"upstream.keys", "OPENAI_API_KEY"},
                                              {"connections_max", "many"}}) {
        const auto made = makeConfiguration({{{name, value}}});
        ASSERT_FALSE(made) << name;
        EXPECT_EQ(made.error().subject, name);
        EXPECT_NE(made.error().message.find("expected"), std::string::npos) << made.error().message;
    }
}

TEST(Configuration, addressesOfTheSixthVersionAreTakenOutOfTheirBrackets)
{
    const auto made = makeConfiguration({{{"listen", "[::1]:8470"}}});
    ASSERT_TRUE(made);
    EXPECT_EQ(made->listenAddress, "::1");
}

TEST(Configuration, brokenTomlNamesTheLine)
{
    test::TempDir folder;
    const auto file = settingsFromFile(folder.write("exhibit.toml", "listen = \"a\"\nlisten = \n"));
    ASSERT_FALSE(file);
    EXPECT_NE(file.error().message.find("line 2"), std::string::npos) << file.error().message;
}

} // namespace
} // namespace exhibit::server
