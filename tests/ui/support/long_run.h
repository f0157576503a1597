// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/timeline/timeline_data.h"

#include <memory>

namespace exhibit::test {

/// A run of so many events, half a millisecond apart, in sixes: message, facts, call, decision,
/// tool, answer. Calls have their first byte, answers their bytes, one decision in 5,003 blocks,
/// event `inflection` is the inflection and the facts of its six are the cause.
struct LongRun {
    std::shared_ptr<const domain::TimelineReply> reply;
    domain::RootCause cause;
};
[[nodiscard]] LongRun longRun(std::size_t events, std::size_t inflection);

} // namespace exhibit::test
