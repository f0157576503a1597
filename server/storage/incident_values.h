// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/domain/field_values.h"
#include "server/storage/database.h"

namespace exhibit::storage {

/// Which values fields have, for completion while somebody types: a few steps in an index, however
/// many incidents there are (0031_live_and_values.sql). Any thread; waits.
class IncidentValues {
public:
    /// Tags are looked for among so many incidents that have some, the newest.
    static constexpr std::int64_t kTaggedMax = 10'000;

    explicit IncidentValues(Database& database)
        : m_database(database)
    {
    }

    /// Values that begin with the prefix as it is, in lower or in upper case. InvalidInput for a
    /// field that has no such values.
    [[nodiscard]] Result<domain::ValuesReply> find(TenantId tenant,
                                                   const domain::ValuesRequest& request,
                                                   Deadline deadline);

private:
    Database& m_database;
};

} // namespace exhibit::storage
