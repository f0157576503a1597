// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/domain/run.h"
#include "server/http/message.h"
#include "server/spool/journal.h"

namespace exhibit::gateway {

[[nodiscard]] http::ErrorReply refusal(int status,
                                       std::string type,
                                       std::string code,
                                       std::string message);
[[nodiscard]] http::ErrorReply unavailable(std::string code, std::string message, int retrySeconds);
/// What cannot become evidence is not done: a call is not let through, an answer not released.
[[nodiscard]] http::ErrorReply unrecorded(const spool::JournalStats& spool, std::string message);
/// `stop` says who stopped the run, as far as that is known.
[[nodiscard]] http::ErrorReply runStopped(const std::optional<domain::RunStop>& stop, RunId run);

} // namespace exhibit::gateway
