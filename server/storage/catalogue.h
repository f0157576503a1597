// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/domain/price_table.h"
#include "models/domain/project.h"
#include "models/domain/quota.h"
#include "models/domain/snapshot.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace exhibit::storage {

/// Everything configured that a call is decided from: read from PostgreSQL, kept as a durable local
/// copy, replaced as a whole when something changes. Immutable, so any thread may hold one.
struct Catalogue {
    std::vector<domain::Project> projects;
    std::vector<domain::Upstream> upstreams; ///< By project and position.
    std::vector<domain::ApiKey> keys; ///< Sorted by hash.
    std::map<TenantId, std::string> currentSnapshot; ///< snapshot_id new runs bind to.
    /// The current ones and those of runs that are still open, by (tenant, snapshot_id).
    std::map<std::pair<TenantId, std::string>, std::shared_ptr<const domain::PolicySnapshot>>
        snapshots;
    domain::PriceTable prices; ///< What came with the server.
    std::map<TenantId, domain::PriceTable> ownPrices; ///< Of tenants that published any.
    std::map<TenantId, domain::TenantQuotas> quotas; ///< Of tenants that have assignments.
    UtcTime readAt{};

    /// What the tenant's calls are charged by.
    [[nodiscard]] const domain::PriceTable& pricesOf(TenantId tenant) const;
    [[nodiscard]] const domain::Project* findProject(ProjectId id) const;
    [[nodiscard]] std::shared_ptr<const domain::PolicySnapshot> findSnapshot(
        TenantId tenant, const std::string& snapshotId) const;
};

/// Puts upstreams and keys into the order that Catalogue promises.
void sortCatalogue(Catalogue& catalogue);
[[nodiscard]] Json catalogueToJson(const Catalogue& catalogue);
[[nodiscard]] Result<Catalogue> catalogueFromJson(const Json& json);

/// The catalogue in force. Any thread; readers never wait for a reload.
class CatalogueHolder {
public:
    [[nodiscard]] std::shared_ptr<const Catalogue> get() const
    {
        return std::atomic_load(&m_current);
    }
    void set(std::shared_ptr<const Catalogue> next)
    {
        std::atomic_store(&m_current, std::move(next));
    }

private:
    std::shared_ptr<const Catalogue> m_current = std::make_shared<const Catalogue>();
};

} // namespace exhibit::storage
