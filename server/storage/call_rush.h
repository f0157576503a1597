// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/spool/journal.h"

namespace exhibit::storage {

/// Whether calls came in a rush while a piece of background work was done, and for how long the
/// work is to stand back then. The journal outlives the object.
class CallRush {
public:
    /// The work begins.
    explicit CallRush(const spool::Journal& journal);

    /// The work ends: zero unless calls came in a rush.
    [[nodiscard]] std::chrono::milliseconds pause() const;

private:
    const spool::Journal& m_journal;
    std::int64_t m_durableBefore;
    SteadyTime m_begun;
};

} // namespace exhibit::storage
