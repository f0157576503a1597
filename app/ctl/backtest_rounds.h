// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/ctl/interruption.h"

namespace exhibit::ctl {

/// Asks for a backtest until all calls are judged, and adds up what the rounds say: what one answer
/// over all of them would. Ctrl-C ends it between them.
class BacktestRounds {
public:
    /// `request` is BacktestRequest of openapi.json; `callsMax` and `step` are calls in all and of
    /// one round, 0: no limit, the server's.
    BacktestRounds(Session& session, JsonObject request, std::int64_t callsMax, std::int64_t step);

    /// With complete false when `callsMax` or Ctrl-C ended it; a failure when the first round did
    /// not come to its end, or a later one failed.
    [[nodiscard]] client::Reply<domain::BacktestReport> run();

private:
    [[nodiscard]] std::int64_t judged() const { return m_sum.calls + m_sum.skipped; }
    void show() const;

    Session& m_session;
    JsonObject m_request;
    std::int64_t m_callsMax;
    std::int64_t m_step;
    domain::BacktestReport m_sum;
};

/// `next` is of the calls behind those of `sum`, under the same drafts.
void addRound(domain::BacktestReport& sum, domain::BacktestReport next);

} // namespace exhibit::ctl
