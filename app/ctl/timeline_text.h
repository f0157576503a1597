// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/ctl/terminal.h"
#include "backend-client/replies.h"

namespace exhibit::ctl {

/// The decision timeline for people: what went in, what was known, what each policy decided, where
/// the course changed, what was released and what was withheld, and why.
void printTimeline(const Output& output,
                   const domain::Incident& incident,
                   const client::TimelineReply& timeline);

} // namespace exhibit::ctl
