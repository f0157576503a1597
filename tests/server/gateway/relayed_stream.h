// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json.h"
#include "server/gateway/stream_relay.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace exhibit::gateway {

/// One chunk of a stream as a provider writes it.
inline std::string event(const std::string& choices, const std::string& more = ",\"usage\":null")
{
    return "data: {\"id\":\"c-1\",\"object\":\"chat.completion.chunk\",\"created\":7,\"model\":"
           "\"gpt-4o\",\"choices\":["
        + choices + "]" + more + "}\n\n";
}
inline std::string delta(const std::string& members,
                         int choice = 0,
                         const std::string& finish = "null")
{
    return "{\"index\":" + std::to_string(choice) + ",\"delta\":{" + members
        + "},\"logprobs\":null,\"finish_reason\":" + finish + "}";
}
inline std::string text(const std::string& content, int choice = 0)
{
    return event(delta("\"content\":" + quoteJson(content), choice));
}
inline std::string finish(int choice = 0, const std::string& reason = "stop")
{
    return event(delta("", choice, "\"" + reason + "\""));
}
inline std::string done()
{
    return "data: [DONE]\n\n";
}

struct Relayed {
    std::string released;
    std::string withheld;
    std::vector<std::int64_t> order; ///< First event numbers of what went out.
    bool stopped = false;
    std::optional<prevention::Stop> stop;
    std::vector<std::int64_t> open;
    std::vector<spool::ChannelText> texts;
    std::vector<spool::ToolCallText> toolCalls;
    domain::Usage usage;
};

/// A relay fed piece by piece, with what comes out.
class RelayRun {
public:
    explicit RelayRun(prevention::CallGuard& guard, StreamRelay::Options options = {})
        : m_guard(guard)
        , m_meter(nullptr, {}, 0)
        , m_relay(guard, m_meter, options)
    {
    }

    /// Returns what the piece let out.
    std::string feed(BytesView bytes)
    {
        EXPECT_TRUE(m_relay.feed(bytes).has_value());
        return collect();
    }
    Relayed finish()
    {
        m_relay.finish();
        collect();
        for (const auto& events : m_relay.takeWithheld()) {
            m_result.withheld += events.bytes;
        }
        m_result.stopped = m_relay.stopped();
        m_result.stop = m_guard.stop();
        m_result.open = m_relay.openChoices();
        m_result.texts = m_relay.channels().channelTexts();
        m_result.toolCalls = m_relay.channels().toolCalls();
        m_result.usage = m_meter.usage();
        return m_result;
    }
    [[nodiscard]] StreamRelay& relay() { return m_relay; }

private:
    std::string collect()
    {
        std::string out;
        for (const auto& events : m_relay.takeReleased()) {
            out += events.bytes;
            m_result.order.push_back(events.firstEvent);
        }
        m_result.released += out;
        return out;
    }

    prevention::CallGuard& m_guard;
    UsageMeter m_meter;
    StreamRelay m_relay;
    Relayed m_result;
};

inline Relayed relay(prevention::CallGuard& guard,
                     const std::string& stream,
                     std::size_t pieceBytes = 1U << 30U,
                     StreamRelay::Options options = {})
{
    RelayRun run(guard, options);
    for (std::size_t at = 0; at < stream.size(); at += pieceBytes) {
        run.feed(BytesView(stream).substr(at, pieceBytes));
    }
    return run.finish();
}

/// The events of a stream, in an order of their own.
inline std::vector<std::string> sortedEvents(const std::string& stream)
{
    std::vector<std::string> events;
    SseParser parser;
    parser.append(stream);
    for (auto next = parser.next(); next && *next; next = parser.next()) {
        events.push_back((*next)->raw);
    }
    std::sort(events.begin(), events.end());
    return events;
}

/// The texts a client puts together, by choice and member of the delta.
inline std::map<std::string, std::string> clientTexts(const std::string& stream,
                                                      const Surface& surface = chatSurface())
{
    std::map<std::string, std::string> texts;
    SseParser parser;
    parser.append(stream);
    for (auto event = parser.next(); event && *event; event = parser.next()) {
        const auto walk = JsonWalk::parse((*event)->data());
        if (!walk) {
            continue;
        }
        for (const auto& found : surface.read(*walk, AnswerForm::Chunk).texts) {
            texts[found.channel]
                += found.isRaw ? std::string(walk->raw(found.node)) : walk->string(found.node);
        }
    }
    return texts;
}

} // namespace exhibit::gateway
