// SPDX-License-Identifier: Apache-2.0
#include "server/storage/local_copy_retention.h"

#include <algorithm>
#include <map>

namespace exhibit::storage {
namespace {

/// Few enough that a look-up of the io thread never waits long behind the reading of a page.
constexpr std::size_t kRunsPerPage = 100;

/// Those of a page whose end PostgreSQL has.
Result<std::vector<domain::LiveRun>> arrived(const std::vector<domain::LiveRun>& page,
                                             RunStore& runs,
                                             UtcTime before,
                                             Deadline deadline)
{
    std::map<TenantId, std::vector<RunId>> byTenant;
    for (const auto& run : page) {
        byTenant[run.tenantId].push_back(run.runId);
    }
    std::vector<domain::LiveRun> found;
    for (const auto& [tenant, ids] : byTenant) {
        EXHIBIT_TRY(const auto ended, runs.ended(tenant, ids, before, deadline));
        std::copy_if(page.begin(), page.end(), std::back_inserter(found), [&](const auto& run) {
            return std::find(ended.begin(), ended.end(), run.runId) != ended.end();
        });
    }
    return found;
}

} // namespace

Result<std::size_t> dropEndedRuns(LocalCopy& copy,
                                  RunStore& runs,
                                  UtcTime before,
                                  Deadline deadline)
{
    std::size_t dropped = 0;
    std::optional<domain::LiveRun> last;
    for (;;) {
        EXHIBIT_TRY(const auto page, copy.endedRuns(before, last, kRunsPerPage));
        if (page.empty()) {
            return dropped;
        }
        last = page.back();
        EXHIBIT_TRY(const auto gone, arrived(page, runs, before, deadline));
        EXHIBIT_CHECK(copy.dropRuns(gone));
        dropped += gone.size();
    }
}

} // namespace exhibit::storage
