// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/stream_ending.h"

#include <fmt/format.h>

namespace exhibit::gateway {
namespace {

std::string finishChoice(std::int64_t index)
{
    return fmt::format(
        R"([{{"index":{},"delta":{{}},"logprobs":null,"finish_reason":"content_filter"}}])", index);
}

std::string usageChunk(const ChunkFrame& frame, const domain::Usage& usage)
{
    return frame.chunk(
        "[]",
        fmt::format(R"(,"usage":{{"prompt_tokens":{},"completion_tokens":{},"total_tokens":{}}})",
                    usage.promptTokens,
                    usage.completionTokens,
                    usage.total()));
}

} // namespace

Bytes endingEvents(const ChunkFrame& frame, const StreamEnding& ending)
{
    if (ending.style == domain::StopStyle::Error) {
        return "data: {\"error\":" + ending.errorJson + "}\n\n";
    }
    Bytes bytes;
    const auto add
        = [&bytes](const std::string& data) { bytes.append("data: ").append(data).append("\n\n"); };
    const std::string notice = ",\"exhibit\":" + noticeJson(ending.notice);
    for (const std::int64_t choice : ending.openChoices) {
        add(frame.chunk(finishChoice(choice), notice));
    }
    if (ending.openChoices.empty()) {
        add(frame.chunk(ending.choicesEnded ? "[]" : finishChoice(0), notice));
    }
    if (ending.withUsage) {
        add(usageChunk(frame, ending.usage));
    }
    add("[DONE]");
    return bytes;
}

} // namespace exhibit::gateway
