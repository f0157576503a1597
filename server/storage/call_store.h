// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/domain/found_call.h"
#include "models/domain/vocabulary.h"
#include "models/query/query.h"
#include "server/storage/database.h"
#include "server/storage/search_page.h"

#include <optional>
#include <string>
#include <vector>

namespace exhibit::storage {

/// The last row of a page; the next page begins after it, whatever arrived meanwhile.
struct CallPosition {
    UtcTime openedAt{};
    CallId callId;
};

/// The query and beside it the parameters of api.md; all must hold.
struct CallSearch {
    query::Query query; ///< Without status: that is an incident's.
    std::optional<std::string> userId;
    std::optional<std::string> sessionId;
    std::optional<std::string> runId; ///< Our id or the application's name for it.
    std::optional<ProjectId> projectId;
    std::optional<UtcTime> timeFrom; ///< Of the call's opening; inclusive.
    std::optional<UtcTime> timeTo; ///< Exclusive.
    std::optional<std::string> model; ///< Asked for or answering.
    std::optional<std::string> policyId; ///< That did not pass the call.
    /// Any of them was a policy's result, of that policy when one is named. Pass: nothing but
    /// passes.
    std::vector<domain::DecisionResult> results;
    std::optional<std::int64_t> status; ///< HTTP, as the client got it.
    std::vector<std::string> outcomes; ///< Any of them; spool::CallClosed has the values.
    std::uint32_t limit = limits::kPageRowsDefault;
    std::uint32_t offset = 0;
    std::optional<CallPosition> after;
    std::optional<SearchTotal> total; ///< Known from an earlier page: not counted again.
};

using domain::FoundDecision;
using CallHit = domain::FoundCall;

struct CallPage {
    std::vector<CallHit> hits; ///< Newest first.
    SearchTotal total;
    std::optional<CallPosition> next; ///< nullopt on the last page.
    UtcTime asOf{}; ///< Of the calls that ended before, all that PostgreSQL has were searched.
    UtcTime databaseTime{};
};

/// Closed calls as the index has them, always within one tenant. Any thread; every call waits.
class CallStore {
public:
    explicit CallStore(Database& database)
        : m_database(database)
    {
    }

    [[nodiscard]] Result<CallPage> search(TenantId tenant,
                                          const CallSearch& search,
                                          Deadline deadline);

private:
    Database& m_database;
};

} // namespace exhibit::storage
