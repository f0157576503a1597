// SPDX-License-Identifier: Apache-2.0
#include "server/storage/time_stamps.h"

#include "models/evidence/timestamp_request.h"
#include "server/ops/log.h"
#include "server/storage/newest_heads.h"

namespace exhibit::storage {
namespace {

using namespace std::chrono_literals;

constexpr auto kEvery = 10min;
constexpr auto kFirst = 5s; ///< After the start.
constexpr auto kAskTimeout = 2s; ///< A certificate waits for it.
constexpr auto kTurnTimeout = 30s;

} // namespace

TimeStamps::TimeStamps(Services services)
    : m_services(std::move(services))
    , m_obtained(m_services.metrics.counter("exhibit_time_stamps_total",
                                            "Time stamps obtained for signed heads"))
    , m_failed(m_services.metrics.counter("exhibit_time_stamps_failed_total",
                                          "Time stamps that the authority did not give"))
{
}

TimeStamps::~TimeStamps() = default;

void TimeStamps::start()
{
    m_thread = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

void TimeStamps::run(const std::stop_token& stop)
{
    std::chrono::milliseconds pause = kFirst;
    while (!stop.stop_requested()) {
        {
            std::unique_lock lock(m_mutex);
            m_wake.wait_for(lock, stop, pause, [] { return false; });
        }
        if (!stop.stop_requested()) {
            stampAll();
        }
        pause = kEvery;
    }
}

void TimeStamps::stampAll()
{
    const auto heads = newestCheckpoints(m_services.database, Deadline::after(kTurnTimeout));
    for (const auto& [tenant, checkpoint] : heads ? *heads : std::vector<TenantCheckpoint>{}) {
        stamp(tenant, checkpoint);
    }
}

void TimeStamps::stamp(TenantId tenant, const StoredCheckpoint& checkpoint)
{
    if (const auto done = obtain(tenant, checkpoint); !done) {
        m_failed.add();
        ops::logWarning("no time stamp from {}: {}", m_services.authority, done.error().message);
    }
}

Result<void> TimeStamps::obtain(TenantId tenant, const StoredCheckpoint& checkpoint)
{
    const auto deadline = Deadline::after(kTurnTimeout);
    const auto look = [&checkpoint](Transaction& transaction) {
        return readTimeStamp(transaction, checkpoint.epoch, checkpoint.head.size);
    };
    EXHIBIT_TRY(const auto known, m_services.database.read(tenant, deadline, look));
    if (known) {
        return {};
    }
    EXHIBIT_TRY(const Bytes request, evidence::makeTimestampRequest(checkpoint.note));
    EXHIBIT_TRY(const Bytes response, m_services.ask(request, Deadline::after(kAskTimeout)));
    EXHIBIT_CHECK(evidence::expectTimestampReply(response, request));
    const auto store = [&](Transaction& transaction) -> Result<bool> {
        EXHIBIT_CHECK(transaction.query(
            "INSERT INTO checkpoint_attestations (tenant_id, epoch, tree_size, kind, name,"
            " attestation, note) VALUES ($1, $2, $3, 'tsa', $4, $5, $6) ON CONFLICT DO NOTHING",
            {tenant,
             checkpoint.epoch,
             static_cast<std::int64_t>(checkpoint.head.size),
             m_services.authority,
             Parameter::bytes(response),
             checkpoint.note}));
        return true;
    };
    EXHIBIT_CHECK(m_services.database.write(tenant, deadline, store));
    m_obtained.add();
    return {};
}

Result<std::optional<Bytes>> readTimeStamp(Transaction& transaction,
                                           std::int32_t epoch,
                                           std::uint64_t size)
{
    EXHIBIT_TRY(const Rows rows,
                transaction.query("SELECT attestation FROM checkpoint_attestations"
                                  " WHERE tenant_id = $1 AND epoch = $2 AND tree_size = $3"
                                  " AND kind = 'tsa' ORDER BY received_at LIMIT 1",
                                  {transaction.tenant(), epoch, static_cast<std::int64_t>(size)}));
    return rows.empty() ? std::nullopt : std::optional(rows.bytes(0, 0));
}

Result<std::optional<StoredCheckpoint>> readStampedHead(Transaction& transaction,
                                                        std::int32_t epoch,
                                                        std::uint64_t sequence)
{
    EXHIBIT_TRY(
        const Rows rows,
        transaction.query("SELECT max(tree_size) FROM checkpoint_attestations"
                          " WHERE tenant_id = $1 AND epoch = $2 AND tree_size > $3"
                          " AND kind = 'tsa'",
                          {transaction.tenant(), epoch, static_cast<std::int64_t>(sequence)}));
    if (rows.isNull(0, 0)) {
        return std::optional<StoredCheckpoint>{};
    }
    return readCheckpoint(transaction, epoch, static_cast<std::uint64_t>(rows.integer(0, 0)));
}

} // namespace exhibit::storage
