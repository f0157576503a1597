// SPDX-License-Identifier: Apache-2.0
#include "server/storage/catalogue.h"

#include "models/base/json_fields.h"

#include <algorithm>

namespace exhibit::storage {
namespace {

/// A snapshot as it is stored; reading it back checks its hash.
struct StoredSnapshot {
    TenantId tenantId;
    std::string snapshotId; ///< May be longer than its hash says (domain.md); empty in old files.
    Digest contentHash{};
    std::string policiesJson;
    std::string thresholdsJson;
    UtcTime createdAt{};
};

template <class V>
void visitFields(V& visit, Of<V, StoredSnapshot>& snapshot)
{
    visit("tenant_id", snapshot.tenantId);
    visit.defaulted("snapshot_id", snapshot.snapshotId);
    visit("content_hash", snapshot.contentHash);
    visit("policies_json", snapshot.policiesJson);
    visit("thresholds_json", snapshot.thresholdsJson);
    visit("created_at", snapshot.createdAt);
}

struct CurrentSnapshot {
    TenantId tenantId;
    std::string snapshotId;
};

template <class V>
void visitFields(V& visit, Of<V, CurrentSnapshot>& current)
{
    visit("tenant_id", current.tenantId);
    visit("snapshot_id", current.snapshotId);
}

struct OwnPrices {
    TenantId tenantId;
    domain::PriceTable prices;
};

template <class V>
void visitFields(V& visit, Of<V, OwnPrices>& own)
{
    visit("tenant_id", own.tenantId);
    visit("prices", own.prices);
}

/// The catalogue as a list of plain values.
struct StoredCatalogue {
    std::vector<domain::Project> projects;
    std::vector<domain::Upstream> upstreams;
    std::vector<domain::ApiKey> keys;
    std::vector<CurrentSnapshot> currentSnapshots;
    std::vector<StoredSnapshot> snapshots;
    domain::PriceTable prices;
    UtcTime readAt{};
    std::vector<domain::TenantQuotas> quotas;
    std::vector<OwnPrices> ownPrices;
};

template <class V>
void visitFields(V& visit, Of<V, StoredCatalogue>& catalogue)
{
    visit("projects", catalogue.projects);
    visit("upstreams", catalogue.upstreams);
    visit("keys", catalogue.keys);
    visit("current_snapshots", catalogue.currentSnapshots);
    visit("snapshots", catalogue.snapshots);
    visit("prices", catalogue.prices);
    visit("read_at", catalogue.readAt);
    visit.defaulted("quotas", catalogue.quotas);
    visit.defaulted("own_prices", catalogue.ownPrices);
}

} // namespace

const domain::PriceTable& Catalogue::pricesOf(TenantId tenant) const
{
    const auto own = ownPrices.find(tenant);
    return own == ownPrices.end() ? prices : own->second;
}

const domain::Project* Catalogue::findProject(ProjectId id) const
{
    const auto found
        = std::find_if(projects.begin(), projects.end(), [id](const domain::Project& project) {
              return project.projectId == id;
          });
    return found == projects.end() ? nullptr : &*found;
}

std::shared_ptr<const domain::PolicySnapshot> Catalogue::findSnapshot(
    TenantId tenant, const std::string& snapshotId) const
{
    const auto found = snapshots.find({tenant, snapshotId});
    return found == snapshots.end() ? nullptr : found->second;
}

void sortCatalogue(Catalogue& catalogue)
{
    std::sort(
        catalogue.upstreams.begin(), catalogue.upstreams.end(), [](const auto& a, const auto& b) {
            return std::tie(a.projectId, a.position, a.upstreamId)
                < std::tie(b.projectId, b.position, b.upstreamId);
        });
    std::sort(catalogue.keys.begin(), catalogue.keys.end(), [](const auto& a, const auto& b) {
        return a.hash < b.hash;
    });
}

Json catalogueToJson(const Catalogue& catalogue)
{
    StoredCatalogue stored{catalogue.projects,
                           catalogue.upstreams,
                           catalogue.keys,
                           {},
                           {},
                           catalogue.prices,
                           catalogue.readAt,
                           {},
                           {}};
    for (const auto& [tenant, prices] : catalogue.ownPrices) {
        stored.ownPrices.push_back({tenant, prices});
    }
    for (const auto& [tenant, quotas] : catalogue.quotas) {
        stored.quotas.push_back(quotas);
    }
    for (const auto& [tenant, snapshotId] : catalogue.currentSnapshot) {
        stored.currentSnapshots.push_back({tenant, snapshotId});
    }
    for (const auto& [key, snapshot] : catalogue.snapshots) {
        stored.snapshots.push_back({snapshot->tenantId,
                                    snapshot->snapshotId,
                                    snapshot->contentHash,
                                    snapshot->policiesJson,
                                    snapshot->thresholdsJson,
                                    snapshot->createdAt});
    }
    return toJson(stored);
}

Result<Catalogue> catalogueFromJson(const Json& json)
{
    EXHIBIT_TRY(auto stored, fromJson<StoredCatalogue>(json));
    Catalogue catalogue;
    catalogue.projects = std::move(stored.projects);
    catalogue.upstreams = std::move(stored.upstreams);
    catalogue.keys = std::move(stored.keys);
    catalogue.prices = std::move(stored.prices);
    catalogue.readAt = stored.readAt;
    for (auto& own : stored.ownPrices) {
        catalogue.ownPrices.emplace(own.tenantId, std::move(own.prices));
    }
    for (auto& quotas : stored.quotas) {
        const auto tenant = quotas.tenantId;
        catalogue.quotas.emplace(tenant, std::move(quotas));
    }
    for (auto& current : stored.currentSnapshots) {
        catalogue.currentSnapshot[current.tenantId] = std::move(current.snapshotId);
    }
    for (auto& snapshot : stored.snapshots) {
        EXHIBIT_TRY(auto loaded,
                    domain::loadSnapshot(snapshot.tenantId,
                                         std::move(snapshot.policiesJson),
                                         std::move(snapshot.thresholdsJson),
                                         snapshot.contentHash,
                                         snapshot.createdAt));
        if (!snapshot.snapshotId.empty()) {
            loaded.snapshotId = std::move(snapshot.snapshotId);
        }
        const std::pair key{loaded.tenantId, loaded.snapshotId};
        catalogue.snapshots[key]
            = std::make_shared<const domain::PolicySnapshot>(std::move(loaded));
    }
    sortCatalogue(catalogue);
    return catalogue;
}

} // namespace exhibit::storage
