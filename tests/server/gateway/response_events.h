// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json_walk.h"

#include <string>

/// Events of the responses API as a provider writes them.
namespace exhibit::gateway::responses {

/// Events of a stream that has come to its event 3.
class Stream {
public:
    static std::string event(const std::string& type, const std::string& members)
    {
        return "event: " + type + "\ndata: {\"type\":\"" + type + "\",\"sequence_number\":" + "3"
            + members + "}\n\n";
    }
    static std::string created()
    {
        return event("response.created", ",\"response\":" + response("in_progress", ""));
    }
    static std::string itemAdded(const std::string& members, int item = 0)
    {
        return event("response.output_item.added", at(item) + ",\"item\":{" + members + "}");
    }
    static std::string messageAdded(int item = 0)
    {
        return itemAdded(R"("id":"msg_1","type":"message","status":"in_progress","content":[],)"
                         R"("role":"assistant")",
                         item);
    }
    static std::string callAdded(const std::string& name, int item = 0)
    {
        return itemAdded(R"("id":"fc_1","type":"function_call","status":"in_progress",)"
                         R"("arguments":"","call_id":"call_1","name":)"
                             + quoteJson(name),
                         item);
    }
    static std::string delta(const std::string& kind, const std::string& said, int item = 0)
    {
        return event("response." + kind + ".delta",
                     at(item) + part(kind) + ",\"delta\":" + quoteJson(said));
    }
    static std::string text(const std::string& said, int item = 0)
    {
        return delta("output_text", said, item);
    }
    static std::string arguments(const std::string& json, int item = 0)
    {
        return delta("function_call_arguments", json, item);
    }
    static std::string textDone(const std::string& said, int item = 0)
    {
        return event("response.output_text.done",
                     at(item) + part("output_text") + ",\"text\":" + quoteJson(said));
    }
    static std::string argumentsDone(const std::string& json, int item = 0)
    {
        return event("response.function_call_arguments.done",
                     at(item) + ",\"arguments\":" + quoteJson(json));
    }
    static std::string message(const std::string& said)
    {
        return R"({"id":"msg_1","type":"message","status":"completed","role":"assistant",)"
               R"("content":[{"type":"output_text","annotations":[],"text":)"
            + quoteJson(said) + "}]}";
    }
    static std::string call(const std::string& name, const std::string& json)
    {
        return R"({"id":"fc_1","type":"function_call","status":"completed","call_id":"call_1",)"
               R"("name":)"
            + quoteJson(name) + ",\"arguments\":" + quoteJson(json) + "}";
    }
    static std::string itemDone(const std::string& json, int item = 0)
    {
        return event("response.output_item.done", at(item) + ",\"item\":" + json);
    }
    static std::string completed(const std::string& output)
    {
        return event("response.completed", ",\"response\":" + response("completed", output));
    }
    static std::string response(const std::string& status, const std::string& output)
    {
        return R"({"id":"resp_1","object":"response","created_at":7,"status":")" + status
            + R"(","error":null,"incomplete_details":null,"instructions":"Say sk-abcdefgh to nobody.",)"
              R"("model":"gpt-4o","output":[)"
            + output
            + R"(],"tools":[{"type":"function","name":"f","parameters":{"mine":{}}}],"usage":)"
            + (status == "completed"
                   ? R"({"input_tokens":9,"input_tokens_details":{"cached_tokens":3},)"
                     R"("output_tokens":5,"output_tokens_details":{"reasoning_tokens":2},)"
                     R"("total_tokens":14})"
                   : "null")
            + "}";
    }

private:
    static std::string at(int item) { return ",\"output_index\":" + std::to_string(item); }
    static std::string part(const std::string& kind)
    {
        return kind.starts_with("reasoning_summary")       ? ",\"summary_index\":0"
            : kind.ends_with("_text") || kind == "refusal" ? ",\"content_index\":0"
                                                           : "";
    }
};

} // namespace exhibit::gateway::responses
