// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/http/message.h"
#include "tests/support/sample_upstream/delivery.h"
#include "tests/support/sample_upstream/recordings.h"

#include <cstdint>
#include <string>
#include <unordered_map>

namespace exhibit::sample {

struct Statistics {
    std::uint64_t requests = 0; ///< Without those for /sample/.
    std::uint64_t matched = 0;
    std::uint64_t fallbacks = 0;
    std::uint64_t unmatched = 0;
    std::uint64_t clientLeft = 0; ///< Answers that their client did not wait for.
    std::uint64_t open = 0; ///< Answers under way.
};

/// Decides what answers a request. Besides the recordings:
/// GET /v1/models, GET /sample/statistics (the counters above) and GET /sample/last-request
/// (method, target, headers, body as they arrived; for tests of what a proxy sends).
class Provider {
public:
    Provider(const Recordings& recordings, Fault fault, Pace pace)
        : m_recordings(recordings)
        , m_fault(fault)
        , m_pace(pace)
    {
    }

    struct Choice {
        Delivery delivery;
        bool fallback = false;
        bool counted = false; ///< Of the provider, not of /sample/.
    };
    [[nodiscard]] Choice choose(http::Request&& request);
    [[nodiscard]] Statistics& statistics() { return m_statistics; }

private:
    struct Lookup {
        const Answer* answer = nullptr;
        bool fallback = false;
    };
    [[nodiscard]] Lookup lookUp(const http::Request& request, std::string_view path);
    [[nodiscard]] Choice ofOwn(Answer answer, bool counted) const;
    [[nodiscard]] Choice aboutItself(std::string_view path) const;

    const Recordings& m_recordings;
    Fault m_fault;
    Pace m_pace;
    Statistics m_statistics;
    http::Request m_last;
    /// Answers by the exact bytes of path and body: a bench repeats a few requests.
    std::unordered_map<std::string, Lookup> m_seen;
};

} // namespace exhibit::sample
