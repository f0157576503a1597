// SPDX-License-Identifier: Apache-2.0
// exhibitctl redact, run as people and scripts run it.
#include "models/base/json.h"
#include "models/base/limits.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace exhibit::ctl {
namespace {

const std::string kKey = "-----BEGIN RSA PRIVATE KEY-----\n"
                         "MIIEowIBAAKCAQEAvJ1bR0h1c2VkT25seUZvclRlc3RzMTIzNDU2Nzg5MGFiY2Rl\n"
                         "Zmdoa2xtbm9wcXJzdHV2d3h5ekFCQ0RFRkdISUpLTE1OT1BRUlNUVVZXWFlaMDEy\n"
                         "-----END RSA PRIVATE KEY-----";

struct Outcome {
    int code = -1;
    std::string out;
    std::string err;
};

class Redact : public testing::Test {
protected:
    void SetUp() override
    {
        std::string pattern = "/tmp/exhibitctl-redact-XXXXXX";
        ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
        m_folder = pattern;
        ::unsetenv("EXHIBIT_API_KEY");
    }
    void TearDown() override
    {
        for (const auto* name : {"in", "out", "err", "policy.json"}) {
            ::unlink((m_folder + "/" + name).c_str());
        }
        ::rmdir(m_folder.c_str());
    }

    [[nodiscard]] std::string path(const std::string& name) const { return m_folder + "/" + name; }
    std::string write(const std::string& name, const std::string& text) const
    {
        std::ofstream(path(name), std::ios::binary) << text;
        return path(name);
    }
    /// `before` is what the shell does first, e.g. setting a limit.
    [[nodiscard]] Outcome run(const std::string& arguments, const std::string& before = "") const
    {
        const char* bin = std::getenv("EXHIBIT_BIN_DIR");
        const std::string command = before + std::string(bin == nullptr ? "." : bin)
            + "/exhibitctl redact " + arguments + " >" + path("out") + " 2>" + path("err");
        const int status = std::system(command.c_str());
        return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, read("out"), read("err")};
    }
    [[nodiscard]] Outcome redact(const std::string& text, const std::string& flags = "") const
    {
        return run(write("in", text) + " " + flags);
    }

private:
    [[nodiscard]] std::string read(const std::string& name) const
    {
        std::ifstream file(path(name), std::ios::binary);
        return {std::istreambuf_iterator<char>(file), {}};
    }

    std::string m_folder;
};

std::vector<Json> linesOf(const std::string& text)
{
    std::vector<Json> lines;
    for (std::size_t at = 0; at < text.size(); at = text.find('\n', at) + 1) {
        auto line = parseJson(text.substr(at, text.find('\n', at) - at));
        EXPECT_TRUE(line.has_value()) << text;
        lines.push_back(line.value_or(Json{}));
    }
    return lines;
}

/// "TYPE start-end" of each span.
std::vector<std::string> spansOf(const Json& line)
{
    std::vector<std::string> spans;
    for (const auto& span : findMember(line, "spans")->get_array()) {
        spans.push_back(std::string(stringMember(span, "type")) + " "
                        + printJson(*findMember(span, "start")) + "-"
                        + printJson(*findMember(span, "end")));
    }
    return spans;
}

TEST_F(Redact, replacesWhatAFileHasAndKeepsEveryOtherByte)
{
    const auto outcome
        = redact("Write to anna@example.org\r\n\xFF or call.\n\nkey " + kKey + "; end");
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_EQ(outcome.out, "Write to [EMAIL]\r\n\xFF or call.\n\nkey [PRIVATE_KEY]; end");
    EXPECT_EQ(redact("").out, "");
}

TEST_F(Redact, readsStandardInput)
{
    const auto file = write("in", "anna@example.org");
    EXPECT_EQ(run("- <" + file).out, "[EMAIL]");
    EXPECT_EQ(run("--json - <" + file).out,
              R"({"text":"[EMAIL]","spans":[{"start":0,"end":16,"type":"EMAIL"}]})"
              "\n");
}

TEST_F(Redact, anObjectForEachLineSaysWhatStoodWhere)
{
    const auto outcome = redact("a\nto anna@example.org, bob@example.org\n\nlast", "--json");
    EXPECT_EQ(outcome.code, 0);
    const auto lines = linesOf(outcome.out);
    ASSERT_EQ(lines.size(), 4U);
    EXPECT_EQ(stringMember(lines[0], "text"), "a");
    EXPECT_TRUE(spansOf(lines[0]).empty());
    EXPECT_EQ(stringMember(lines[1], "text"), "to [EMAIL], [EMAIL]");
    EXPECT_EQ(spansOf(lines[1]), (std::vector<std::string>{"EMAIL 3-19", "EMAIL 21-36"}));
    EXPECT_EQ(stringMember(lines[2], "text"), "");
    EXPECT_EQ(stringMember(lines[3], "text"), "last");
}

TEST_F(Redact, aKeyOverSeveralLinesIsOneSpanOfItsFirstLine)
{
    const auto outcome = redact("key: " + kKey + "; done\nnext\n", "--json");
    EXPECT_EQ(outcome.out.find("MII"), std::string::npos) << outcome.out;
    EXPECT_EQ(outcome.out.find("END"), std::string::npos) << outcome.out;
    const auto lines = linesOf(outcome.out);
    ASSERT_EQ(lines.size(), 5U) << "as many as the input has";
    EXPECT_EQ(stringMember(lines[0], "text"), "key: [PRIVATE_KEY]");
    EXPECT_EQ(spansOf(lines[0]),
              std::vector<std::string>{"PRIVATE_KEY 5-" + std::to_string(5 + kKey.size())});
    for (const std::size_t covered : {1U, 2U}) {
        EXPECT_EQ(stringMember(lines[covered], "text"), "");
        EXPECT_TRUE(spansOf(lines[covered]).empty());
    }
    EXPECT_EQ(stringMember(lines[3], "text"), "; done");
    EXPECT_EQ(stringMember(lines[4], "text"), "next");
}

TEST_F(Redact, theLinesPutTogetherAreTheRedactedText)
{
    std::string text;
    for (int i = 0; i < 3000; ++i) {
        text += i % 7 == 0 ? kKey
                           : "line " + std::to_string(i) + " of user" + std::to_string(i)
                + "@example.org and 4111 1111 1111 1111";
        text += '\n';
    }
    std::string joined;
    std::size_t spans = 0;
    for (const auto& line : linesOf(redact(text, "--json").out)) {
        joined += stringMember(line, "text");
        spans += spansOf(line).size();
    }
    auto plain = redact(text).out;
    std::erase(plain, '\n');
    EXPECT_EQ(joined, plain);
    EXPECT_GT(spans, 5000U);
}

TEST_F(Redact, eachLineOfNdjsonStaysJson)
{
    const std::string line = R"({"who": "anna\u0040example.org","n":4111111111111111,)"
                             R"("list":["x","to bob@example.org"]})";
    const auto outcome = redact(line + "\n\"anna@example.org\"\n", "--ndjson");
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_EQ(outcome.out,
              R"({"who": "[EMAIL]","n":4111111111111111,"list":["x","to [EMAIL]"]})"
              "\n\"[EMAIL]\"\n");
    const auto lines = linesOf(redact(line + "\n\"anna@example.org\"", "--ndjson --json").out);
    ASSERT_EQ(lines.size(), 2U);
    EXPECT_EQ(spansOf(lines[0]), (std::vector<std::string>{"EMAIL 0-16", "EMAIL 3-18"}));
    EXPECT_EQ(stringMember(findMember(lines[0], "spans")->get_array()[1], "path"), "/list/1");
    EXPECT_EQ(stringMember(lines[1], "text"), "[EMAIL]") << "of one string, the string";
}

TEST_F(Redact, takesThePatternsOfAPolicyFile)
{
    const auto policy
        = write("policy.json",
                R"([{"policy_id":"ROOMS","title":"t","severity":"low","stage":"output",
        "mode":"redact","rule":{"type":"patterns","patterns":
        [{"pattern":"room [0-9]{3}","placeholder":"[ROOM]"}]}}])");
    EXPECT_EQ(redact("anna@example.org in room 123", "--policy " + policy).out,
              "anna@example.org in [ROOM]");
    EXPECT_EQ(redact("x", "--policy /nonexistent").code, 2);
    write("policy.json", R"([{"policy_id":"BAD"}])");
    const auto bad = redact("anna@example.org", "--policy " + policy);
    EXPECT_EQ(bad.code, 2);
    EXPECT_EQ(bad.out, "");
}

TEST_F(Redact, whatCannotBeReadEndsWithTwo)
{
    EXPECT_EQ(run("").code, 2);
    EXPECT_EQ(run("/nonexistent").code, 2);
    for (const std::string flags : {"", "--json", "--ndjson"}) {
        const auto folder = run("/tmp " + flags);
        EXPECT_EQ(folder.code, 2) << flags;
        EXPECT_NE(folder.err.find("cannot be read"), std::string::npos) << folder.err;
    }
    const auto outcome = redact("{\"a\":1}\n{\"a\":\n", "--ndjson");
    EXPECT_EQ(outcome.code, 2);
    EXPECT_EQ(outcome.out, "{\"a\":1}\n");
    EXPECT_NE(outcome.err.find("Line 2 is no JSON."), std::string::npos) << outcome.err;
    const auto json = redact("{", "--ndjson --json");
    EXPECT_EQ(json.code, 2);
    EXPECT_TRUE(parseJson(json.err).has_value()) << json.err;
}

TEST_F(Redact, aFullDiskIsNoticed)
{
    const char* bin = std::getenv("EXHIBIT_BIN_DIR");
    const auto command = std::string(bin == nullptr ? "." : bin) + "/exhibitctl redact "
        + write("in", "x") + " >/dev/full 2>" + path("err");
    EXPECT_EQ(WEXITSTATUS(std::system(command.c_str())), 3);
}

/// An address space in which a text of this size has no room.
class LargeRedact : public Redact {
protected:
    [[nodiscard]] std::string large(const std::string& unit, std::size_t bytes) const
    {
        std::ofstream file(path("in"), std::ios::binary);
        std::string block;
        while (block.size() < (1U << 20U)) {
            block += unit;
        }
        for (std::size_t written = 0; written < bytes; written += block.size()) {
            file << block;
        }
        return path("in");
    }
    void SetUp() override
    {
        Redact::SetUp();
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
        GTEST_SKIP() << "a sanitizer's shadow takes more address space than the limit gives";
#endif
    }
    static constexpr const char* kSmall = "ulimit -v 160000; ";
};

TEST_F(LargeRedact, memoryDoesNotGrowWithTheText)
{
    const auto file
        = large("user@example.org said so, and whatever else there is to say stands behind it.\n",
                100U << 20U);
    EXPECT_EQ(run(file, kSmall).code, 0);
    const auto objects = run(file + " --json | tail -n 1", kSmall);
    EXPECT_EQ(objects.code, 0);
    EXPECT_EQ(
        objects.out,
        R"({"text":"[EMAIL] said so, and whatever else there is to say stands behind it.","spans":[{"start":0,"end":16,"type":"EMAIL"}]})"
        "\n");
}

TEST_F(LargeRedact, aLineOverTheLimitIsRefusedBeforeItIsKept)
{
    const auto file = large("no end of it ", 100U << 20U);
    for (const std::string flags : {" --json", " --ndjson"}) {
        const auto outcome = run(file + flags, kSmall);
        EXPECT_EQ(outcome.code, 2) << flags;
        EXPECT_EQ(outcome.out, "");
        EXPECT_NE(outcome.err.find("Line 1 is too long."), std::string::npos) << outcome.err;
    }
}

TEST_F(LargeRedact, aLineAtTheLimitPasses)
{
    const std::string line(limits::kGatewayBodyBytesMax - 2, 'x');
    EXPECT_EQ(redact("\"" + line + "\"\n", "--ndjson").code, 0);
    EXPECT_EQ(redact("\"" + line + "x\"\n", "--ndjson").code, 2);
    EXPECT_EQ(redact(line + "xx\n", "--json").code, 0);
    EXPECT_EQ(redact(line + "xxx\n", "--json").code, 2);
}

} // namespace
} // namespace exhibit::ctl
