// SPDX-License-Identifier: Apache-2.0
#include "server/spool/journal.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

#include <gtest/gtest.h>

#include <charconv>
#include <random>
#include <thread>

namespace exhibit::spool {
namespace {

using namespace std::chrono_literals;

constexpr int kRounds = 12;
constexpr auto kLongestRun = 400ms;

std::int64_t numberIn(std::string_view text)
{
    std::int64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

/// Starts the writer, kills it with SIGKILL after a while and returns the last number it printed.
std::int64_t runAndKill(const test::TempDir& dir, std::int64_t first, std::mt19937& random)
{
    auto writer = test::Process::start(test::programPath("spool-crash-writer"),
                                       {.arguments = {dir.path().string(), std::to_string(first)}});
    EXPECT_TRUE(writer);
    // From the first acknowledgement on, so that slow starts do not make empty rounds.
    auto line = writer->readLine(Deadline::after(60s));
    EXPECT_TRUE(line) << "the writer did not start";
    const auto wait = std::uniform_int_distribution<int>(
        0, static_cast<int>(std::chrono::microseconds(kLongestRun).count()))(random);
    std::this_thread::sleep_for(std::chrono::microseconds(wait));
    writer->kill();
    std::int64_t last = line ? numberIn(*line) : 0;
    while (line) {
        last = numberIn(*line);
        line = writer->readLine(Deadline::after(60s));
    }
    return last;
}

/// Checks that the journal is whole and returns its last record's number.
std::int64_t verify(const test::TempDir& dir)
{
    auto journal = Journal::open({.directory = dir.path() / "spool",
                                  .bytesMax = 64 * 1024 * 1024,
                                  .fileBytes = 512 * 1024,
                                  .post = [](const std::function<void()>& work) { work(); }},
                                 *keyFileWrapper(dir.path() / "spool.key"));
    if (!journal) {
        ADD_FAILURE() << journal.error().message;
        return -1;
    }
    std::int64_t last = -1;
    for (;;) {
        const auto read = (*journal)->read(std::max<std::int64_t>(last, 0), 500);
        EXPECT_TRUE(read) << read.error().message;
        if (!read || read->empty()) {
            return last;
        }
        for (const auto& stored : *read) {
            EXPECT_TRUE(last == -1 || stored.recordNo == last + 1);
            EXPECT_EQ(numberIn(stored.record.payload), stored.recordNo);
            last = stored.recordNo;
        }
    }
}

TEST(JournalCrash, everyAcknowledgedRecordSurvivesBeingKilled)
{
    const test::TempDir dir;
    std::random_device seed;
    const auto seeded = seed();
    std::mt19937 random(seeded);
    SCOPED_TRACE("seed " + std::to_string(seeded));
    std::int64_t stored = 0;
    for (int round = 0; round < kRounds && !testing::Test::HasFailure(); ++round) {
        const std::int64_t acknowledged = runAndKill(dir, stored + 1, random);
        const std::int64_t found = verify(dir);
        EXPECT_GE(acknowledged, stored + 1) << "round " << round;
        EXPECT_GE(found, acknowledged) << "round " << round;
        stored = found;
    }
    RecordProperty("records", std::to_string(stored));
}

} // namespace
} // namespace exhibit::spool
