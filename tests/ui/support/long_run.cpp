// SPDX-License-Identifier: Apache-2.0
#include "tests/ui/support/long_run.h"

namespace exhibit::test {
namespace {

using domain::DecisionResult;
using domain::StepType;

constexpr StepType kSix[] = {StepType::Input,
                             StepType::Context,
                             StepType::LlmCall,
                             StepType::Policy,
                             StepType::ToolCall,
                             StepType::Output};
constexpr std::size_t kBlocks = 5'003; ///< One decision of so many.

CallId callOf(std::size_t six)
{
    CallId id;
    for (std::size_t i = 0; i < 8; ++i) {
        id.value.bytes[15 - i] = static_cast<std::uint8_t>(six >> (8 * i));
    }
    return id;
}

Json dataOf(StepType type)
{
    switch (type) {
    case StepType::Input:
        return {{"messages", JsonArray{JsonObject{{"role", "user"}, {"content", "Is it?"}}}}};
    case StepType::Context:
        return {{"states", JsonObject{{"plan", "null"}}}};
    case StepType::LlmCall:
        return {{"model", "gpt-4o"}, {"latency_us", 900}, {"first_byte_us", 300}};
    case StepType::ToolCall:
        return {{"name", "look_up"}, {"arguments", "{}"}};
    case StepType::Output:
        return {{"released_bytes", 180}, {"withheld_bytes", 61}};
    default:
        return JsonObject();
    }
}

} // namespace

LongRun longRun(std::size_t events, std::size_t inflection)
{
    auto reply = std::make_shared<domain::TimelineReply>();
    const UtcTime start = parseTime("2026-11-21T10:00:00Z").value();
    reply->events.resize(events);
    for (std::size_t i = 0; i < events; ++i) {
        auto& event = reply->events[i];
        event.stepIndex = static_cast<std::int64_t>(i);
        event.time = start + std::chrono::microseconds(500) * i;
        event.type = i == inflection ? StepType::Policy : kSix[i % 6];
        event.callId = callOf(i / 6);
        event.data = dataOf(event.type);
        if (event.type == StepType::Policy) {
            const bool blocks = i == inflection || i % kBlocks == 0;
            event.policy = "CONTENT_ACCURACY";
            event.result = blocks ? DecisionResult::Block : DecisionResult::Pass;
        }
    }
    reply->inflectionStep = static_cast<std::int64_t>(inflection);
    LongRun run{reply, {}};
    run.cause.kind = domain::GapKind::DataGap;
    run.cause.causingStep = static_cast<std::int64_t>(inflection / 6 * 6 + 1);
    return run;
}

} // namespace exhibit::test
