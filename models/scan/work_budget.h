// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/rule_limits.h"

#include <algorithm>
#include <cstddef>

namespace exhibit::scan {

/// How much work one text may make, as if no transition was cached: so whether it is too much
/// depends on the text alone, neither on how it was split nor on what was scanned before.
class WorkBudget {
public:
    /// For whoever chose the patterns and has the machine for himself.
    [[nodiscard]] static WorkBudget unlimited() { return WorkBudget(UINT64_MAX); }
    /// For patterns and texts that come from outside.
    [[nodiscard]] static WorkBudget limited() { return WorkBudget(limits::kScanWorkBurst); }

    /// The work of the byte that ends at `position`; positions do not descend. False: from here on
    /// the text must not be read.
    bool charge(std::uint64_t work, std::size_t position)
    {
        if (m_burst == UINT64_MAX || work <= limits::kScanWorkFree) {
            return true;
        }
        const auto earned = (position - m_position) * limits::kScanWorkPerByte;
        m_position = position;
        m_spent -= std::min(m_spent, earned);
        m_spent += work;
        m_exhausted = m_exhausted || m_spent > m_burst;
        return !m_exhausted;
    }
    [[nodiscard]] bool exhausted() const { return m_exhausted; }

private:
    explicit WorkBudget(std::uint64_t burst)
        : m_burst(burst)
    {
    }

    std::uint64_t m_burst;
    std::uint64_t m_spent = 0;
    std::size_t m_position = 0; ///< Of the last charge.
    bool m_exhausted = false;
};

/// How much work may be done before others have their turn; counts what was really done.
class Pace {
public:
    explicit Pace(std::uint64_t work = UINT64_MAX)
        : m_left(work)
    {
    }

    void spend(std::uint64_t work) { m_left -= std::min(m_left, work); }
    [[nodiscard]] bool over() const { return m_left == 0; }

private:
    std::uint64_t m_left;
};

} // namespace exhibit::scan
