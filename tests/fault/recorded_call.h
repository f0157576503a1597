// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/support/http_client.h"
#include "tests/support/test_postgres.h"

#include <string>
#include <vector>

namespace exhibit::test {

/// One call as its client saw it.
struct SeenCall {
    std::string callId; ///< Empty: no head of an answer came.
    int status = 0;
    Bytes received; ///< Of the body, framing undone.
    bool complete = false;
};

struct CallPlan {
    std::uint16_t port = 0;
    std::string key;
    std::string sampleId;
    std::string runId; ///< Empty: the call is a run of its own.
};

/// Makes one streaming call and reads until it ends or breaks.
[[nodiscard]] SeenCall makeCall(const CallPlan& plan);

/// What differs between what clients saw and what PostgreSQL has; empty when every received byte is
/// recorded, once and without a gap, and every call is closed. The signer of the folder answers.
[[nodiscard]] std::vector<std::string> recordFaults(const TestPostgres& postgres,
                                                    const std::filesystem::path& signerFolder,
                                                    const std::vector<SeenCall>& calls);

/// Waits until no call is open and nothing was added for a second.
[[nodiscard]] Result<void> waitUntilIngested(const TestPostgres& postgres,
                                             std::size_t callsMin,
                                             Deadline deadline);

} // namespace exhibit::test
