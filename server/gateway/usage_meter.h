// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/domain/price_table.h"

#include <optional>

namespace exhibit::gateway {

/// What a call has used so far: the provider's report once there is one, an estimate from the
/// texts until then.
class UsageMeter {
public:
    /// `price` may be nullptr: no known cost. It must outlive the meter.
    UsageMeter(const domain::ModelPrice* price,
               domain::RunCounters runBefore,
               std::size_t promptBytes)
        : m_price(price)
        , m_run(runBefore)
        , m_promptBytes(promptBytes)
    {
    }

    void addAnswerText(std::size_t bytes) { m_answerBytes += bytes; }
    /// The last report counts: providers that report often report totals.
    void report(const domain::Usage& usage) { m_reported = usage; }
    /// For providers that report in parts: of each figure the highest counts. While a part is
    /// `estimated`, so is what the answer's texts cost beyond it.
    void add(const domain::Usage& part);
    /// The provider saw nothing of the call, or refused it: there is nothing to pay.
    void nothingCharged() { m_charged = false; }

    [[nodiscard]] domain::Usage usage() const;
    [[nodiscard]] domain::Microcents cost() const;
    /// The run's counters with this call in them.
    [[nodiscard]] domain::RunCounters runCounters() const;

private:
    const domain::ModelPrice* m_price;
    domain::RunCounters m_run;
    std::size_t m_promptBytes;
    std::size_t m_answerBytes = 0;
    std::optional<domain::Usage> m_reported;
    bool m_charged = true;
};

} // namespace exhibit::gateway
