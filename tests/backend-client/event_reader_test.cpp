// SPDX-License-Identifier: Apache-2.0
#include "backend-client/event_reader.h"

#include "models/base/limits.h"

#include <gtest/gtest.h>

namespace exhibit::client {
namespace {

std::vector<ServerSentEvent> readAll(std::string_view stream, std::size_t step)
{
    EventReader reader;
    std::vector<ServerSentEvent> events;
    for (std::size_t at = 0; at < stream.size(); at += step) {
        EXPECT_TRUE(reader.add(stream.substr(at, step), events));
    }
    return events;
}

TEST(EventReader, readsAMessageHoweverItIsCut)
{
    constexpr std::string_view kStream = ": exhibit\r\n\r\nevent: incident.opened\r\nid: "
                                         "7\r\ndata: {\"a\":1,\r\ndata: \"b\":2}\r\n\r\n";
    for (std::size_t step = 1; step <= kStream.size(); ++step) {
        const auto events = readAll(kStream, step);
        ASSERT_EQ(events.size(), 1U) << "step " << step;
        EXPECT_EQ(events[0].type, "incident.opened");
        EXPECT_EQ(events[0].id, "7");
        EXPECT_EQ(events[0].data, "{\"a\":1,\n\"b\":2}");
    }
}

TEST(EventReader, keepsTheLastIdForMessagesWithoutOne)
{
    const auto events = readAll("id: 1\ndata: x\n\ndata: y\n\n", 3);
    ASSERT_EQ(events.size(), 2U);
    EXPECT_EQ(events[1].id, "1");
    EXPECT_TRUE(events[1].type.empty());
}

TEST(EventReader, deliversNothingOfAMessageThatIsCutOff)
{
    EXPECT_TRUE(readAll("data: x\n", 2).empty());
}

TEST(EventReader, refusesALineThatIsTooLong)
{
    EventReader reader;
    std::vector<ServerSentEvent> events;
    EXPECT_TRUE(reader.add(std::string(limits::kSseEventBytesMax, 'x'), events));
    EXPECT_FALSE(reader.add("x", events));
}

} // namespace
} // namespace exhibit::client
