// SPDX-License-Identifier: Apache-2.0
#include "server/storage/ingest_steps.h"

namespace exhibit::storage {
namespace {

void shift(PendingCause& cause, std::int64_t base)
{
    cause.step += base;
    auto& places = cause.course.steps;
    for (auto* place : {&places.input,
                        &places.context,
                        &places.llmCall,
                        &places.toolCall,
                        &places.output,
                        &places.error}) {
        if (*place) {
            **place += base;
        }
    }
}

} // namespace

void shiftSteps(StepsOfCall& part, std::int64_t base)
{
    for (auto& step : part.steps) {
        step.event.stepIndex += base;
    }
    for (auto& decided : part.decided) {
        decided.stepIndex += base;
    }
    for (auto* place : {&part.stoppedAt, &part.inflection}) {
        if (*place) {
            **place += base;
        }
    }
    for (auto& cause : part.causes) {
        shift(cause, base);
    }
}

} // namespace exhibit::storage
