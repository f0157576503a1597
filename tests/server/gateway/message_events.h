// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json_walk.h"

#include <string>

/// Events of Anthropic's messages as a provider writes them.
namespace exhibit::gateway::messages {

inline std::string event(const std::string& type, const std::string& members = {})
{
    return "event: " + type + "\ndata: {\"type\":\"" + type + "\"" + members + "}\n\n";
}
inline std::string start(int inputTokens = 25)
{
    return event("message_start",
                 R"(,"message":{"id":"msg_1","type":"message","role":"assistant","model":)"
                 R"("claude-sonnet-4-20250514","content":[],"stop_reason":null,)"
                 R"("stop_sequence":null,"usage":{"input_tokens":)"
                     + std::to_string(inputTokens)
                     + R"(,"cache_creation_input_tokens":0,"cache_read_input_tokens":10,)"
                       R"("output_tokens":1}})");
}
inline std::string blockStart(int index, const std::string& block)
{
    return event("content_block_start",
                 ",\"index\":" + std::to_string(index) + ",\"content_block\":{" + block + "}");
}
inline std::string textStart(int index = 0)
{
    return blockStart(index, R"("type":"text","text":"")");
}
inline std::string toolStart(int index, const std::string& name)
{
    return blockStart(index,
                      R"("type":"tool_use","id":"toolu_1","name":")" + name + R"(","input":{})");
}
inline std::string delta(int index, const std::string& members)
{
    return event("content_block_delta",
                 ",\"index\":" + std::to_string(index) + ",\"delta\":{" + members + "}");
}
inline std::string text(const std::string& said, int index = 0)
{
    return delta(index, R"("type":"text_delta","text":)" + quoteJson(said));
}
inline std::string thinking(const std::string& said, int index = 0)
{
    return delta(index, R"("type":"thinking_delta","thinking":)" + quoteJson(said));
}
inline std::string input(const std::string& json, int index = 1)
{
    return delta(index, R"("type":"input_json_delta","partial_json":)" + quoteJson(json));
}
inline std::string blockStop(int index = 0)
{
    return event("content_block_stop", ",\"index\":" + std::to_string(index));
}
inline std::string end(const std::string& reason = "end_turn", int outputTokens = 15)
{
    return event("message_delta",
                 R"(,"delta":{"stop_reason":")" + reason
                     + R"(","stop_sequence":null},"usage":{"output_tokens":)"
                     + std::to_string(outputTokens) + "}");
}
inline std::string stop()
{
    return event("message_stop");
}
inline std::string ping()
{
    return event("ping");
}

} // namespace exhibit::gateway::messages
