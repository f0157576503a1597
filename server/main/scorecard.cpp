// SPDX-License-Identifier: Apache-2.0
#include "server/main/scorecard.h"

#include "server/ops/log.h"

#include <limits>

namespace exhibit::server {
namespace {

using namespace std::chrono_literals;

constexpr auto kInspectTimeout = 30s;
constexpr const char* kName = "exhibit_invariant_ok";
constexpr const char* kHelp = "1 while the invariant is seen to hold, 0 when it is seen broken";

} // namespace

Scorecard::Scorecard(Services services, Periodic::Timing timing)
    : m_services(services)
    , m_inspecting("looking at the database's own walls", timing, [this] { return inspect(); })
{
    auto& metrics = m_services.metrics;
    auto& journal = m_services.journal;
    const auto add = [&metrics](const char* id, std::function<double()> read) {
        metrics.gauge(kName, kHelp, std::move(read), "id=\"" + std::string(id) + '"');
    };
    add("INV-1", [&journal] { return journal.stats().lost == 0 ? 1.0 : 0.0; });
    add("INV-5", [this] { return standing(&storage::Walls::appendOnly); });
    add("INV-7", [this] { return standing(&storage::Walls::betweenTenants); });
    add("INV-8", [&journal] {
        const auto stats = journal.stats();
        return stats.full || stats.failing ? 0.0 : 1.0;
    });
}

double Scorecard::standing(bool storage::Walls::*wall) const
{
    const std::scoped_lock lock(m_mutex);
    if (!m_walls) {
        return std::numeric_limits<double>::quiet_NaN();
    }
    return (*m_walls).*wall ? 1.0 : 0.0;
}

Result<void> Scorecard::inspect()
{
    EXHIBIT_TRY(const auto walls,
                storage::inspectWalls(m_services.database, Deadline::after(kInspectTimeout)));
    if (!walls.appendOnly) {
        ops::logError("INV-5: rows that nobody may change can be changed in PostgreSQL");
    }
    if (!walls.betweenTenants) {
        ops::logError("INV-7: PostgreSQL does not keep tenants apart by itself any more");
    }
    const std::scoped_lock lock(m_mutex);
    m_walls = walls;
    return {};
}

} // namespace exhibit::server
