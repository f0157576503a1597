// SPDX-License-Identifier: Apache-2.0
// The program itself: exit codes and where its words go.
#include "models/base/json.h"
#include "models/base/limits.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <fstream>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace exhibit::ctl {
namespace {

struct Outcome {
    int code = -1;
    std::string out;
    std::string err;
};

/// The address of a port that nobody listens on.
std::string deadServer()
{
    const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    auto* plain = reinterpret_cast<sockaddr*>(&address);
    EXPECT_EQ(::bind(listener, plain, length), 0);
    EXPECT_EQ(::getsockname(listener, plain, &length), 0);
    ::close(listener);
    return "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port));
}

class Program : public testing::Test {
protected:
    void SetUp() override
    {
        std::string pattern = "/tmp/exhibitctl-test-XXXXXX";
        ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
        m_folder = pattern;
        ::setenv("EXHIBIT_SERVER", deadServer().c_str(), 1);
        ::setenv("EXHIBIT_API_KEY", "exk_of_this_test", 1);
        ::unsetenv("NO_COLOR");
    }
    void TearDown() override
    {
        for (const auto* name : {"out", "err", "key", "policy.json"}) {
            ::unlink((m_folder + "/" + name).c_str());
        }
        ::rmdir(m_folder.c_str());
    }

    std::string write(const std::string& name, const std::string& text)
    {
        std::ofstream(m_folder + "/" + name, std::ios::binary) << text;
        return m_folder + "/" + name;
    }
    /// Runs it; each argument arrives as it is.
    Outcome run(const std::vector<std::string>& arguments, const std::string& redirect = "")
    {
        const char* bin = std::getenv("EXHIBIT_BIN_DIR");
        std::string command = std::string(bin == nullptr ? "." : bin) + "/exhibitctl";
        for (std::string argument : arguments) {
            for (std::size_t at = 0; (at = argument.find('\'', at)) != std::string::npos; at += 4) {
                argument.replace(at, 1, "'\\''");
            }
            command += " '" + argument + "'";
        }
        command += redirect.empty() ? " >" + m_folder + "/out" : redirect;
        command += " 2>" + m_folder + "/err";
        const int status = std::system(command.c_str());
        return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, read("out"), read("err")};
    }

private:
    std::string read(const std::string& name)
    {
        std::ifstream file(m_folder + "/" + name, std::ios::binary);
        return {std::istreambuf_iterator<char>(file), {}};
    }

    std::string m_folder;
};

TEST_F(Program, helpAndVersionAreNoErrors)
{
    EXPECT_EQ(run({"--version"}).out, "exhibitctl " EXHIBIT_VERSION "\n");
    for (const auto& command : std::vector<std::vector<std::string>>{{},
                                                                     {"search"},
                                                                     {"timeline"},
                                                                     {"run"},
                                                                     {"run", "show"},
                                                                     {"run", "end"},
                                                                     {"policy"},
                                                                     {"policy", "import"},
                                                                     {"policy", "list"},
                                                                     {"policy", "show"},
                                                                     {"upstream"},
                                                                     {"upstream", "add"},
                                                                     {"upstream", "list"},
                                                                     {"upstream", "remove"},
                                                                     {"key"},
                                                                     {"key", "create"},
                                                                     {"key", "list"},
                                                                     {"key", "revoke"},
                                                                     {"doctor"}}) {
        auto arguments = command;
        arguments.push_back("--help");
        const auto help = run(arguments);
        EXPECT_EQ(help.code, 0);
        EXPECT_NE(help.out.find("Usage"), std::string::npos) << help.out;
        arguments.back() = "--version";
        EXPECT_EQ(run(arguments).code, 0) << help.out;
    }
}

TEST_F(Program, wrongUsageEndsWithTwo)
{
    for (const auto& arguments :
         std::vector<std::vector<std::string>>{{},
                                               {"nonsense"},
                                               {"search", "--nonsense"},
                                               {"timeline"},
                                               {"policy"},
                                               {"policy", "import"},
                                               {"key", "create", "--role", "boss"},
                                               {"key", "create", "--scopes", "all"},
                                               {"upstream", "add", "x"},
                                               {"upstream",
                                                "add",
                                                "x",
                                                "--base-url",
                                                "http://y",
                                                "--api-key-env",
                                                "A",
                                                "--pass-through"},
                                               {"search", "--limit", "0"},
                                               {"search", "--limit", "501"},
                                               {"search", "--severity", "huge"},
                                               {"search", "--from", "yesterday"},
                                               {"search", "--from", "2026-01-01\" or \"x"},
                                               {"--timeout", "0", "doctor"},
                                               {"--server", "ftp://x", "doctor"},
                                               {"--key-file", "/nonexistent", "doctor"}}) {
        const auto outcome = run(arguments);
        EXPECT_EQ(outcome.code, 2) << testing::PrintToString(arguments) << outcome.err;
        EXPECT_EQ(outcome.out, "");
        EXPECT_NE(outcome.err, "");
    }
}

TEST_F(Program, anEmptyValueIsNotReadAsIfNothingWasGiven)
{
    const auto policy = write("policy.json", "[]");
    const std::vector<std::vector<std::string>> commands{
        {"hold", "place", "--reason", "R", "--incident", ""},
        {"hold", "place", "--reason", "R", "--subject", ""},
        {"verify", policy, "--trust-root", ""},
        {"key", "create", "--tenant", ""},
        {"whitelist", "add", "ada", "--expires", ""},
        {"remediation", "verify", "inc_x", "1", "--snapshot", ""},
        {"ledger", "verify", "--tenant", ""},
        {"export", "", "--format", "soc2_zip", "-o", policy + ".zip"},
        {"search", "x", "--user", ""}};
    for (const auto& command : commands) {
        const auto outcome = run(command);
        EXPECT_EQ(outcome.code, 2) << testing::PrintToString(command) << outcome.err;
        EXPECT_NE(outcome.err.find("it has no value"), std::string::npos) << outcome.err;
    }
    EXPECT_EQ(run({"search", ""}).code, 3) << "a query";
}

TEST_F(Program, aServerThatIsAwayEndsWithThree)
{
    const auto policy = write("policy.json", "[]");
    for (const auto& arguments :
         std::vector<std::vector<std::string>>{{"search", "refund"},
                                               {"timeline", "inc_x"},
                                               {"run", "show", "r"},
                                               {"run", "end", "r"},
                                               {"policy", "import", policy},
                                               {"policy", "list"},
                                               {"policy", "show", "P"},
                                               {"upstream", "add", "x", "--base-url", "http://y"},
                                               {"upstream", "list"},
                                               {"upstream", "remove", "x"},
                                               {"key", "create"},
                                               {"key", "create", "--tenant", "default"},
                                               {"key", "list"},
                                               {"key", "revoke", "key_x"},
                                               {"doctor"}}) {
        const auto outcome = run(arguments);
        EXPECT_EQ(outcome.code, 3) << testing::PrintToString(arguments) << outcome.err;
        EXPECT_NE((outcome.out + outcome.err).find("No server answers"), std::string::npos);
        EXPECT_EQ((outcome.out + outcome.err).find("exk_of_this_test"), std::string::npos);
        EXPECT_EQ((outcome.out + outcome.err).find('\x1b'), std::string::npos);
    }
}

TEST_F(Program, aBadQueryShowsThePlaceAndWhatWasMeant)
{
    const auto outcome = run({"search", "größe", "sevrity:high"});
    EXPECT_EQ(outcome.code, 2);
    EXPECT_NE(outcome.err.find("  größe sevrity:high\n        ^^^^^^^\n  try: severity\n"),
              std::string::npos)
        << outcome.err;
    const auto json = run({"search", "--json", "sevrity:high"});
    EXPECT_EQ(json.code, 2);
    const auto parsed = parseJson(json.err);
    ASSERT_TRUE(parsed) << json.err;
    const Json* error = findMember(*parsed, "error");
    ASSERT_NE(error, nullptr);
    EXPECT_EQ(stringMember(*error, "suggestion"), "severity");
    EXPECT_EQ(stringMember(*error, "error_code"), "invalid_query");
}

TEST_F(Program, aMinusMayFollowTheDoubleDash)
{
    EXPECT_EQ(run({"search", "--", "-refund"}).code, 3);
    EXPECT_EQ(run({"search", "--severity", "high", "refund"}).code, 3);
}

TEST_F(Program, doctorSaysWhatItCouldNotCheck)
{
    const auto outcome = run({"doctor", "--json"});
    EXPECT_EQ(outcome.code, 3);
    const auto parsed = parseJson(outcome.out);
    ASSERT_TRUE(parsed) << outcome.out;
    const Json* checks = findMember(*parsed, "checks");
    ASSERT_NE(checks, nullptr);
    EXPECT_EQ(stringMember(checks->get_array().at(1), "result"), "failed");
    EXPECT_EQ(stringMember(checks->get_array().back(), "result"), "not_checked");
}

TEST_F(Program, aMissingKeyIsWrongUsageExceptForDoctor)
{
    ::unsetenv("EXHIBIT_API_KEY");
    EXPECT_EQ(run({"search", "x"}).code, 2);
    EXPECT_EQ(run({"doctor"}).code, 3);
}

TEST_F(Program, aKeyFileIsReadWithoutItsLineBreakAndNotOneByteTooLong)
{
    ::unsetenv("EXHIBIT_API_KEY");
    const auto file = write("key", "exk_abc\n");
    EXPECT_EQ(run({"search", "x", "--key-file", file}).code, 3);
    write("key", " \n");
    EXPECT_EQ(run({"search", "x", "--key-file", file}).code, 2);
    write("key", "exk_a\nexk_b\n");
    EXPECT_EQ(run({"search", "x", "--key-file", file}).code, 2);
    write("key", std::string(limits::kKeyFileBytesMax, 'k'));
    EXPECT_EQ(run({"search", "x", "--key-file", file}).code, 3);
    write("key", std::string(limits::kKeyFileBytesMax + 1, 'k'));
    const auto over = run({"search", "x", "--key-file", file});
    EXPECT_EQ(over.code, 2);
    EXPECT_EQ(over.err.find("kkk"), std::string::npos);
}

TEST_F(Program, anUnreadablePolicyFileEndsWithTwo)
{
    EXPECT_EQ(run({"policy", "import", "/nonexistent.json"}).code, 2);
    EXPECT_EQ(run({"policy", "import", write("policy.json", "{")}).code, 2);
    EXPECT_EQ(run({"policy", "import", "/tmp"}).code, 2);
}

TEST_F(Program, certificatesThatCannotBeReadAreNamedAndNotPassedOver)
{
    constexpr const char* kBroken
        = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    const auto file = write("policy.json", "[]"); // Whatever is verified.
    for (const auto* option : {"--pdf-ca", "--tsa-ca"}) {
        for (const auto* text : {"", "just some notes", kBroken}) {
            const auto certificates = write("key", text);
            const auto outcome = run({"verify", file, option, certificates});
            EXPECT_EQ(outcome.code, 2) << option << text;
            EXPECT_EQ(outcome.out, "") << "nothing is verified without what should vouch for it";
            EXPECT_NE(outcome.err.find(certificates), std::string::npos) << outcome.err;
            EXPECT_NE(outcome.err.find("certificate"), std::string::npos) << outcome.err;
        }
    }
}

TEST_F(Program, aFullDiskIsNoticed)
{
    const auto outcome = run({"doctor"}, " >/dev/full");
    EXPECT_EQ(outcome.code, 3);
    EXPECT_NE(outcome.err.find("cannot be written"), std::string::npos);
}

} // namespace
} // namespace exhibit::ctl
