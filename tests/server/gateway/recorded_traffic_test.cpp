// SPDX-License-Identifier: Apache-2.0
// What providers really sent, where such recordings are at hand: under policies that match nothing
// every event and every answer passes unchanged, and requests go out as they came.
#include "server/gateway/chat_request.h"
#include "server/gateway/whole_answer.h"
#include "tests/server/gateway/guard_builder.h"
#include "tests/server/gateway/relayed_stream.h"
#include "tests/support/llm_traffic.h"

#include <algorithm>

namespace exhibit::gateway {
namespace {

const std::string kUnmatched = patternPolicy("NEVER", "block", "zq[0-9]{3}-never-[a-z]{4}");
const std::string kEmail
    = patternPolicy("EMAIL", "monitor", "[a-zA-Z0-9.]{1,64}@[a-z0-9]{1,60}\\.[a-z]{2,10}");

std::string streamOf(const Json& row)
{
    std::string stream;
    for (const auto& line : row.at("sse").as_array()) {
        stream += std::string(line.as_string()) + "\n";
    }
    return stream + "\n";
}

TEST(RecordedTraffic, streamsPassUnchangedUnderPoliciesThatMatchNothing)
{
    for (const auto& row : test::llmTraffic("chat_completions_sse.jsonl.gz")) {
        const std::string stream = streamOf(row);
        auto open = guardWith({});
        EXPECT_EQ(relay(*open, stream, 7).released, stream) << row.at("id");
        auto guard = guardWith({kUnmatched, kEmail});
        const auto relayed = relay(*guard, stream, 1000);
        EXPECT_FALSE(relayed.stopped) << row.at("id") << relayed.stop->decision.reason;
        EXPECT_EQ(sortedEvents(relayed.released), sortedEvents(stream)) << row.at("id");
        EXPECT_EQ(clientTexts(relayed.released), clientTexts(stream)) << row.at("id");
    }
}

TEST(RecordedTraffic, answersAndRequestsPassUnchanged)
{
    for (const auto& row : test::llmTraffic("chat_completions_json.jsonl.gz")) {
        http::Request request;
        request.body = printJson(row.at("request"));
        const auto chat = ChatRequest::read(request);
        ASSERT_TRUE(chat.has_value()) << row.at("id") << chat.error().message;
        EXPECT_FALSE((*chat)->rewritten({}).has_value()) << row.at("id");
        if (row.at("status") == 200) {
            const std::string body = printJson(row.at("response"));
            auto guard = guardWith({kUnmatched, kEmail});
            UsageMeter meter(nullptr, {}, 0);
            WholeAnswer answer(*guard, meter);
            answer.judge(body);
            // One recording is of a service that is no provider and answers something else.
            const bool isAnswer = row.at("response").as_object().contains("choices");
            EXPECT_EQ(guard->stop().has_value(), !isAnswer) << row.at("id");
            EXPECT_FALSE(answer.rewritten().has_value()) << row.at("id");
        }
    }
}

/// The surface of a recording's endpoint; nullptr: none is served.
const Surface* surfaceOf(const Json& row)
{
    const std::string path = "/v1/" + std::string(row.at("endpoint").as_string());
    for (const Surface* surface : surfaces()) {
        if (surface->traits().path == path) {
            return surface;
        }
    }
    return nullptr;
}

TEST(RecordedTraffic, streamsOfOtherSurfacesPassUnchanged)
{
    for (const char* file : {"responses_sse.jsonl.gz", "other_endpoints.jsonl.gz"}) {
        for (const auto& row : test::llmTraffic(file)) {
            const auto* surface = surfaceOf(row);
            if (surface == nullptr || !row.as_object().contains("sse") || row.at("status") != 200) {
                continue;
            }
            const std::string stream = streamOf(row);
            if (!surface->traits().inOrder && stream.find("\"choices\"") == std::string::npos) {
                continue; // Of a service that is no provider.
            }
            for (const std::size_t piece : {7U, 1000U}) {
                auto guard = guardWith({kUnmatched, kEmail});
                const auto relayed = relay(*guard, stream, piece, {.surface = *surface});
                EXPECT_FALSE(relayed.stopped) << row.at("id") << relayed.stop->decision.reason;
                if (surface->traits().inOrder) {
                    EXPECT_TRUE(relayed.released == stream) << row.at("id");
                } else {
                    EXPECT_EQ(sortedEvents(relayed.released), sortedEvents(stream)) << row.at("id");
                }
            }
        }
    }
}

TEST(RecordedTraffic, answersOfOtherSurfacesPassUnchanged)
{
    for (const char* file : {"responses_json.jsonl.gz", "other_endpoints.jsonl.gz"}) {
        for (const auto& row : test::llmTraffic(file)) {
            const auto* surface = surfaceOf(row);
            if (surface == nullptr || row.as_object().contains("sse")) {
                continue;
            }
            http::Request request;
            request.body = printJson(row.at("request"));
            const auto chat = ChatRequest::read(request, *surface);
            ASSERT_TRUE(chat.has_value()) << row.at("id") << chat.error().message;
            EXPECT_FALSE((*chat)->rewritten({}).has_value()) << row.at("id");
            if (row.at("status") == 200) {
                const std::string body = printJson(row.at("response"));
                auto guard = guardWith({kUnmatched, kEmail});
                UsageMeter meter(nullptr, {}, 0);
                WholeAnswer answer(*guard, meter, *surface);
                answer.judge(body);
                EXPECT_FALSE(guard->stop().has_value())
                    << row.at("id") << guard->stop()->decision.reason;
                EXPECT_FALSE(answer.rewritten().has_value()) << row.at("id");
                const Json* usage = findMember(row.at("response"), "usage");
                const bool reported = usage != nullptr && usage->is_object();
                EXPECT_EQ(meter.usage().estimated, !reported) << row.at("id");
            }
        }
    }
}

} // namespace
} // namespace exhibit::gateway
