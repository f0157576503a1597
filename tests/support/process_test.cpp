// SPDX-License-Identifier: Apache-2.0
#include "tests/support/process.h"

#include "tests/support/temp_dir.h"

#include <gtest/gtest.h>

#include <csignal>
#include <fstream>
#include <sstream>

namespace exhibit::test {

namespace {

Deadline soon()
{
    return Deadline::after(std::chrono::seconds(20));
}

Result<Process> shell(const std::string& script, ProcessOptions options = {})
{
    options.arguments = {"-c", script};
    return Process::start("/bin/sh", std::move(options));
}

} // namespace

TEST(Process, readsLinesAsTheyCome)
{
    auto process = shell("echo one; echo two; printf rest; exit 3");
    ASSERT_TRUE(process.has_value());
    EXPECT_EQ(process->readLine(soon()).value(), "one");
    EXPECT_EQ(process->readLine(soon()).value(), "two");
    EXPECT_EQ(process->readRest(soon()).value(), "rest");
    EXPECT_EQ(process->wait(soon()).value(), 3);
}

TEST(Process, passesArgumentsEnvironmentAndFolder)
{
    const TempDir folder;
    const auto finished = run("/bin/sh",
                              {.arguments = {"-c", "echo \"$1|$COLOR|$HOME|$(pwd)\"", "sh", "a b"},
                               .environment = {{"COLOR", "red"}, {"HOME", ""}},
                               .workingDirectory = folder.path()},
                              soon());
    ASSERT_TRUE(finished.has_value());
    EXPECT_EQ(finished->output, "a b|red||" + folder.path().string() + "\n");
}

TEST(Process, collectsStandardErrorInAFile)
{
    const TempDir folder;
    ASSERT_TRUE(
        run("/bin/sh",
            {.arguments = {"-c", "echo oops >&2"}, .standardErrorFile = folder.file("errors")},
            soon()));
    std::stringstream text;
    text << std::ifstream(folder.file("errors")).rdbuf();
    EXPECT_EQ(text.str(), "oops\n");
}

TEST(Process, endsBySignal)
{
    auto polite = shell("trap 'exit 7' TERM; echo ready; while :; do sleep 0.01; done");
    ASSERT_EQ(polite->readLine(soon()).value(), "ready");
    EXPECT_TRUE(polite->running());
    polite->terminate();
    EXPECT_EQ(polite->wait(soon()).value(), 7);
    EXPECT_FALSE(polite->running());
    auto stubborn = shell("trap '' TERM; echo ready; while :; do sleep 0.01; done");
    ASSERT_EQ(stubborn->readLine(soon()).value(), "ready");
    stubborn->terminate();
    EXPECT_FALSE(stubborn->wait(Deadline::after(std::chrono::milliseconds(100))).has_value());
    stubborn->kill();
    EXPECT_EQ(stubborn->wait(soon()).value(), 128 + SIGKILL);
}

TEST(Process, doesNotWaitForEver)
{
    auto process = shell("exec sleep 100");
    const auto line = process->readLine(Deadline::after(std::chrono::milliseconds(20)));
    EXPECT_EQ(line.error().code, ErrorCode::DeadlineExceeded);
}

TEST(Process, saysThatAProgramIsMissing)
{
    auto process = Process::start("/nowhere/at/all", {});
    ASSERT_TRUE(process.has_value());
    EXPECT_EQ(process->wait(soon()).value(), 127);
}

} // namespace exhibit::test
