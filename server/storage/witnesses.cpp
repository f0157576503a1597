// SPDX-License-Identifier: Apache-2.0
#include "server/storage/witnesses.h"

#include "models/evidence/witness.h"
#include "server/ops/log.h"
#include "server/storage/ledger_tiles.h"
#include "server/storage/newest_heads.h"

#include <atomic>

namespace exhibit::storage {
namespace {

using namespace std::chrono_literals;

constexpr auto kEvery = 5s;
constexpr auto kAskTimeout = 2s; ///< A certificate waits for it.
constexpr auto kTurnTimeout = 30s;
constexpr int kConflict = 409;

} // namespace

struct Witnesses::State {
    explicit State(Witness which)
        : witness(std::move(which))
    {
    }
    Witness witness;
    std::mutex asking; ///< One request at a time: each follows the last.
    std::atomic<bool> away{false}; ///< It did not answer when it was asked last.
    bool refused = false; ///< It gave nothing when it was asked last, for the log. Under `asking`.
};

Witnesses::Witnesses(Services services)
    : m_services(std::move(services))
    , m_obtained(m_services.metrics.counter("exhibit_cosignatures_total",
                                            "Cosignatures of witnesses on signed heads"))
    , m_failed(m_services.metrics.counter("exhibit_cosignatures_failed_total",
                                          "Heads that a witness was asked for and did not cosign"))
{
    for (const auto& witness : m_services.witnesses) {
        m_states.push_back(std::make_unique<State>(witness));
    }
}

Witnesses::~Witnesses()
{
    m_thread.request_stop();
    m_wake.notify_all();
}

void Witnesses::start()
{
    m_thread = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

void Witnesses::run(const std::stop_token& stop)
{
    while (!stop.stop_requested()) {
        {
            std::unique_lock lock(m_mutex);
            m_wake.wait_for(lock, stop, kEvery, [] { return false; });
        }
        if (!stop.stop_requested()) {
            cosignAll();
        }
    }
}

void Witnesses::cosignAll()
{
    const auto heads = newestCheckpoints(m_services.database, Deadline::after(kTurnTimeout));
    for (const auto& state : m_states) {
        for (const auto& head : heads ? *heads : std::vector<TenantCheckpoint>{}) {
            ask(*state, head.tenant, head.checkpoint);
            if (state->away) {
                break; // For this turn: every other head would wait as long.
            }
        }
    }
}

void Witnesses::cosign(TenantId tenant, const StoredCheckpoint& checkpoint)
{
    std::vector<std::jthread> asking;
    for (const auto& state : m_states) {
        if (!state->away) {
            asking.emplace_back([this, &state, tenant, &checkpoint] { // Joined before they go.
                ask(*state, tenant, checkpoint);
            });
        }
    }
}

void Witnesses::ask(State& state, TenantId tenant, const StoredCheckpoint& checkpoint)
{
    const std::scoped_lock lock(state.asking);
    const auto done = obtain(state, tenant, checkpoint);
    if (!done) {
        m_failed.add();
        if (!state.refused) {
            ops::logWarning("no cosignature from {}: {} (asked again until there is one)",
                            state.witness.key.name(),
                            done.error().message);
        }
    }
    state.refused = !done;
    // Whoever answers at all keeps nobody waiting.
    state.away = !done
        && (done.error().code == ErrorCode::Unavailable
            || done.error().code == ErrorCode::DeadlineExceeded);
}

Result<void> Witnesses::obtain(State& state, TenantId tenant, const StoredCheckpoint& checkpoint)
{
    const auto& witness = state.witness;
    EXHIBIT_TRY(const auto from, lastSize(witness, tenant, checkpoint));
    if (!from) {
        return {};
    }
    EXHIBIT_TRY(auto answer, submit(witness, tenant, checkpoint, *from));
    if (answer.status == kConflict) {
        // It saw more than is stored here (its answer was lost), or lost what it saw.
        EXHIBIT_TRY(const auto seen, evidence::witnessedSizeIn(answer.body));
        if (seen > checkpoint.head.size) {
            return {}; // Another replica's head came first.
        }
        if (seen == *from) {
            return fail(ErrorCode::Conflict, "it saw another tree of that size");
        }
        EXHIBIT_TRY(answer, submit(witness, tenant, checkpoint, seen));
    }
    if (answer.status != 200) {
        return fail(ErrorCode::Forbidden,
                    "it answered with the status " + std::to_string(answer.status));
    }
    EXHIBIT_TRY(const std::string line,
                evidence::cosignatureIn(answer.body, checkpoint.note, witness.key));
    EXHIBIT_CHECK(store(witness, tenant, checkpoint, line));
    m_obtained.add();
    return {};
}

Result<std::optional<std::uint64_t>> Witnesses::lastSize(const Witness& witness,
                                                         TenantId tenant,
                                                         const StoredCheckpoint& checkpoint)
{
    const auto look = [&](Transaction& transaction) -> Result<std::optional<std::uint64_t>> {
        EXHIBIT_TRY(
            const Rows rows,
            transaction.query("SELECT coalesce(max(tree_size), 0)"
                              " FROM checkpoint_attestations WHERE tenant_id = $1"
                              " AND epoch = $2 AND kind = 'witness' AND name = $3",
                              {transaction.tenant(), checkpoint.epoch, witness.key.name()}));
        const auto last = static_cast<std::uint64_t>(rows.integer(0, 0));
        return last < checkpoint.head.size ? std::optional(last) : std::nullopt;
    };
    return m_services.database.read(tenant, Deadline::after(kTurnTimeout), look);
}

Result<Witnesses::Answer> Witnesses::submit(const Witness& witness,
                                            TenantId tenant,
                                            const StoredCheckpoint& checkpoint,
                                            std::uint64_t from)
{
    const std::uint64_t size = checkpoint.head.size;
    const auto prove = [&](Transaction& transaction) -> Result<evidence::Proof> {
        return evidence::consistencyProof(
            ledgerNodes(transaction, checkpoint.epoch, size), from, size);
    };
    EXHIBIT_TRY(const auto proof,
                m_services.database.read(tenant, Deadline::after(kTurnTimeout), prove));
    return m_services.post(witness.url + "/add-checkpoint",
                           evidence::writeConsistency({from, proof, checkpoint.note}),
                           Deadline::after(kAskTimeout));
}

Result<void> Witnesses::store(const Witness& witness,
                              TenantId tenant,
                              const StoredCheckpoint& checkpoint,
                              const std::string& line)
{
    const auto insert = [&](Transaction& transaction) -> Result<bool> {
        EXHIBIT_CHECK(transaction.query(
            "INSERT INTO checkpoint_attestations (tenant_id, epoch, tree_size, kind, name,"
            " attestation) VALUES ($1, $2, $3, 'witness', $4, $5) ON CONFLICT DO NOTHING",
            {tenant,
             checkpoint.epoch,
             static_cast<std::int64_t>(checkpoint.head.size),
             witness.key.name(),
             Parameter::bytes(line)}));
        return true;
    };
    EXHIBIT_CHECK(m_services.database.write(tenant, Deadline::after(kTurnTimeout), insert));
    return {};
}

} // namespace exhibit::storage
