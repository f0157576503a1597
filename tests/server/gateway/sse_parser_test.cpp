// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/sse_parser.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace exhibit::gateway {
namespace {

struct Read {
    std::vector<std::string> data; ///< Of events that have any.
    std::vector<std::string> raw;
    std::string all;
};

void take(const SseEvent& event, Read& into)
{
    if (event.hasData) {
        into.data.emplace_back(event.data());
    }
    into.raw.push_back(event.raw);
    into.all += event.raw;
}

/// Feeds pieces that end at the given positions.
Read parse(const std::string& stream, const std::vector<std::size_t>& cuts)
{
    SseParser parser;
    Read read;
    std::size_t at = 0;
    const auto feed = [&](std::size_t to) {
        parser.append(std::string_view(stream).substr(at, to - at));
        at = to;
        while (true) {
            auto event = parser.next();
            ASSERT_TRUE(event.has_value());
            if (!*event) {
                break;
            }
            take(**event, read);
        }
    };
    for (const std::size_t cut : cuts) {
        feed(cut);
    }
    feed(stream.size());
    if (const auto rest = parser.finish()) {
        take(*rest, read);
    }
    return read;
}

struct Case {
    const char* name;
    std::string stream;
    std::vector<std::string> data;
};

const std::vector<Case>& cases()
{
    static const std::vector<Case> list = {
        {"one event per line feed", "data: a\n\ndata: b\n\n", {"a", "b"}},
        {"carriage return and line feed", "data: a\r\n\r\ndata: b\r\n\r\n", {"a", "b"}},
        {"lone carriage returns", "data: a\r\rdata: b\r\r", {"a", "b"}},
        {"no space after the colon", "data:a\n\ndata:  b\n\n", {"a", " b"}},
        {"several data lines", "data: a\ndata: b\ndata:\ndata\n\n", {"a\nb\n\n"}},
        {"empty data", "data:\n\ndata\n\ndata: \n\n", {"", "", ""}},
        {"comments and keep-alives", ": OPENROUTER PROCESSING\n\n:\ndata: a\n:b\n\n", {"a"}},
        {"other fields", "event: x\nid: 7\nretry: 3\ndata: a\n\n", {"a"}},
        {"fields whose name only begins like data", "database: a\ndat: b\n\n", {}},
        {"a byte order mark",
         "\xEF\xBB\xBF"
         "data: a\n\n",
         {"a"}},
        {"characters of several bytes",
         "data: h\xC3\xA9\xF0\x9F\x98\x80\n\n",
         {"h\xC3\xA9\xF0\x9F\x98\x80"}},
        {"extra empty lines", "\n\ndata: a\n\n\n\ndata: b\n\n", {"a", "b"}},
        {"an end without an empty line", "data: a\n\ndata: b", {"a", "b"}},
        {"an end within the line end", "data: a\n\ndata: b\r", {"a", "b"}},
        {"nothing", "", {}},
    };
    return list;
}

TEST(SseParser, readsTheSameForEverySplit)
{
    for (const auto& [name, stream, data] : cases()) {
        EXPECT_EQ(parse(stream, {}).data, data) << name;
        for (std::size_t a = 0; a <= stream.size(); ++a) {
            for (std::size_t b = a; b <= stream.size(); ++b) {
                const Read read = parse(stream, {a, b});
                ASSERT_EQ(read.data, data) << name << " cut at " << a << " and " << b;
                ASSERT_EQ(read.all, stream) << name;
                ASSERT_EQ(read.raw, parse(stream, {}).raw) << name;
            }
        }
    }
}

TEST(SseParser, tellsWhatLinesSayThatAreNoData)
{
    const struct {
        std::string stream;
        std::string aside;
        bool strange;
    } cases[] = {
        {": PROCESSING\r\n:\r\nevent:x\nid: 7\nretry: 3\ndata: a\n\n",
         "PROCESSING\n\nx\n7\n3\n",
         false},
        {"event\n\n", "\n", false},
        {"data: a\ndata\n\n", "", false},
        {"{\"choices\":[\n]}\n\n", "{\"choices\":[\n]}\n", true},
        {"Data: a\n\n", "Data: a\n", true},
        {" data: a\n\n", " data: a\n", true},
        {"\xEF\xBB\xBF: a\n\n", "a\n", false},
        {"{\"cut\":", "{\"cut\":\n", true},
    };
    for (const auto& [stream, aside, strange] : cases) {
        for (const std::size_t piece : {std::size_t{1}, stream.size()}) {
            SseParser parser;
            std::optional<SseEvent> event;
            for (std::size_t at = 0; at < stream.size() && !event; at += piece) {
                parser.append(BytesView(stream).substr(at, piece));
                event = parser.next().value_or(std::nullopt);
            }
            event = event ? event : parser.finish();
            ASSERT_TRUE(event.has_value()) << stream;
            EXPECT_EQ(event->aside, aside) << stream;
            EXPECT_EQ(event->strange, strange) << stream;
        }
    }
}

TEST(SseParser, leavesNothingButTheDataOfAnEvent)
{
    SseParser parser;
    parser.append(": a\nevent: b\ndata: c\ndata:\nid: 1\n\n");
    const auto bare = withoutAside(**parser.next());
    EXPECT_EQ(bare.raw, "data: c\ndata: \n\n");
    EXPECT_EQ(bare.data(), "c\n");
    EXPECT_TRUE(bare.hasData);
    EXPECT_EQ(bare.aside, "");
}

TEST(SseParser, readsOneBytePerRead)
{
    for (const auto& [name, stream, data] : cases()) {
        std::vector<std::size_t> cuts(stream.size());
        for (std::size_t i = 0; i < cuts.size(); ++i) {
            cuts[i] = i;
        }
        const Read read = parse(stream, cuts);
        EXPECT_EQ(read.data, data) << name;
        EXPECT_EQ(read.all, stream) << name;
    }
}

TEST(SseParser, givesAnEventAsSoonAsItsEmptyLineArrived)
{
    SseParser parser;
    parser.append("data: a\n\n");
    EXPECT_TRUE(parser.next()->has_value());
    parser.append("data: b\r\n\r\n");
    EXPECT_TRUE(parser.next()->has_value());
    EXPECT_EQ(parser.pendingBytes(), 0U);
}

TEST(SseParser, refusesAnEventOneByteTooLarge)
{
    const std::string event = "data: " + std::string(92, 'x') + "\n\n";
    ASSERT_EQ(event.size(), 100U);
    SseParser exact(100);
    exact.append(event);
    EXPECT_TRUE(exact.next()->has_value());
    SseParser over(99);
    over.append(event);
    EXPECT_EQ(over.next().error().code, ErrorCode::TooLarge);
    SseParser endless(99);
    endless.append(std::string(100, 'x'));
    EXPECT_EQ(endless.next().error().code, ErrorCode::TooLarge);
}

TEST(SseParser, neverLosesAByteOfRandomStreams)
{
    std::mt19937 random(11);
    for (int round = 0; round < 2000; ++round) {
        static constexpr std::string_view kBytes = "data: x\r\n\r\n:\n";
        std::string stream;
        for (std::size_t i = random() % 60; i > 0; --i) {
            stream += kBytes[random() % kBytes.size()];
        }
        std::vector<std::size_t> cuts;
        for (std::size_t at = 0; at < stream.size(); at += 1 + random() % 5) {
            cuts.push_back(at);
        }
        const Read read = parse(stream, cuts);
        ASSERT_EQ(read.all, stream);
        ASSERT_EQ(read.data, parse(stream, {}).data);
    }
}

} // namespace
} // namespace exhibit::gateway
