// SPDX-License-Identifier: Apache-2.0
#include "server/storage/checkpointer.h"

#include "models/base/limits.h"
#include "server/ops/log.h"
#include "server/storage/entry_names.h"
#include "server/storage/issue_fields.h"

namespace exhibit::storage {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kPageRows = 1000;
constexpr int kSignAgainMax = 5;
constexpr auto kTurnTimeout = 30s;
constexpr auto kCheckTimeout = 600s;
/// A log that nothing is added to is looked at all the same.
constexpr auto kRecheckInterval = 60s;

/// The ids that a note's signatures name their keys by; another origin's are others.
Result<std::vector<std::uint32_t>> signersOf(const std::string& note)
{
    EXHIBIT_TRY(const auto parsed, evidence::parseNote(note));
    std::vector<std::uint32_t> ids;
    for (const auto& signature : parsed.signatures) {
        ids.push_back(signature.keyId);
    }
    return ids;
}

/// Not a fault of signer or database: the log may not be what was signed.
bool isDoubtful(const Error& error)
{
    return error.code == ErrorCode::Corrupt || error.code == ErrorCode::Forbidden
        || error.code == ErrorCode::Conflict;
}

} // namespace

/// A head that is to be signed, or the stored one when nothing was added to it.
struct Checkpointer::Candidate {
    LedgerHead head;
    std::optional<StoredCheckpoint> last;
    evidence::TreeEdge edge; ///< Over the entries, followed from the last head.
    Digest previous{};
    evidence::Proof proof;
    [[nodiscard]] bool unchanged() const { return last && last->head.size == head.nextSequence; }
};

Checkpointer::Checkpointer(Services services)
    : m_services(std::move(services))
    , m_signed(m_services.metrics.counter("exhibit_ledger_checkpoints_total",
                                          "Tree heads that were signed and stored"))
    , m_failed(m_services.metrics.counter("exhibit_ledger_checkpoint_failures_total",
                                          "Tree heads that could not be signed or stored"))
{
}

Checkpointer::~Checkpointer()
{
    m_thread.request_stop();
    m_wake.notify_all();
}

void Checkpointer::start()
{
    m_thread = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

void Checkpointer::run(const std::stop_token& stop)
{
    checkAll(stop);
    auto last = std::chrono::steady_clock::now();
    auto checked = last;
    while (!stop.stop_requested()) {
        {
            std::unique_lock lock(m_mutex);
            m_wake.wait_for(lock, stop, 50ms, [] { return false; });
        }
        const auto now = std::chrono::steady_clock::now();
        if (now - checked >= kRecheckInterval) {
            checked = now;
            recheckAll(stop);
        }
        const auto appended = m_services.ledger.appended();
        const bool many = appended - m_seen >= limits::kCheckpointEntriesMax;
        if (many || now - last >= limits::kCheckpointInterval) {
            m_seen = appended;
            last = now;
            signAll();
        }
    }
}

Result<std::vector<TenantId>> Checkpointer::tenants(const char* function)
{
    const auto list = [function](Transaction& transaction) -> Result<std::vector<TenantId>> {
        EXHIBIT_TRY(const Rows rows,
                    transaction.query(std::string("SELECT tenant_id FROM ") + function + "()"));
        std::vector<TenantId> all;
        for (std::size_t row = 0; row < rows.size(); ++row) {
            all.push_back(TenantId{rows.uuid(row, 0)});
        }
        return all;
    };
    return m_services.database.read(TenantId::generate(), Deadline::after(kTurnTimeout), list);
}

void Checkpointer::checkAll(const std::stop_token& stop)
{
    const auto all = tenants("list_tenants");
    if (!all) {
        ops::logWarning("the logs could not be checked at the start: {}", all.error().message);
        return;
    }
    for (const auto& tenant : *all) {
        if (stop.stop_requested()) {
            return;
        }
        const std::scoped_lock lock(m_signing);
        if (const auto done = ensureChecked(tenant, Deadline::after(kCheckTimeout)); !done) {
            ops::logWarning("the log of {} could not be checked, which is tried again: {}",
                            tenant.text(),
                            done.error().message);
        }
    }
}

Result<void> Checkpointer::ensureChecked(TenantId tenant, Deadline deadline)
{
    if (m_checked.contains(tenant)) {
        return {};
    }
    EXHIBIT_CHECK(checkTenant(tenant, deadline));
    const auto keep = [this](Transaction& transaction) -> Result<bool> {
        EXHIBIT_CHECK(keepIssueFields(transaction, m_services.ledger.keys()));
        return true;
    };
    EXHIBIT_CHECK(m_services.database.write(tenant, deadline, keep));
    m_checked.insert(tenant);
    return {};
}

void Checkpointer::signAll()
{
    const auto all = tenants("logs_to_sign");
    std::optional<Error> failure;
    if (!all) {
        failure = all.error();
    } else {
        for (const auto& tenant : *all) {
            const auto done = checkpointNow(tenant, Deadline::after(kTurnTimeout));
            if (!done && done.error().code != ErrorCode::NotFound) {
                failure = done.error();
            }
            if (!done && isDoubtful(done.error())) {
                // Looked at as at a start; what is damaged goes on in a new epoch.
                (void)checkTenant(tenant, Deadline::after(kCheckTimeout));
            }
        }
    }
    report(failure);
}

void Checkpointer::report(const std::optional<Error>& failure)
{
    const std::scoped_lock lock(m_mutex);
    if (failure) {
        m_failed.add();
        if (m_trouble.empty()) {
            ops::logWarning("heads wait to be signed: {} (repeated until it succeeds)",
                            failure->message);
        }
        m_trouble = "heads wait to be signed: " + failure->message;
    } else if (!m_trouble.empty()) {
        ops::logInfo("heads are signed again");
        m_trouble.clear();
    }
}

std::string Checkpointer::trouble() const
{
    const std::scoped_lock lock(m_mutex);
    return m_trouble;
}

Result<void> Checkpointer::followEntries(Transaction& transaction, Candidate& candidate)
{
    // From the entries' bytes: a leaf that was damaged on its way into the table is never signed.
    for (std::uint64_t next = candidate.edge.size(); next < candidate.head.nextSequence;) {
        EXHIBIT_TRY(const auto rows, readChain(transaction, candidate.head.epoch, next, kPageRows));
        if (rows.empty()) {
            return fail(ErrorCode::Corrupt, "entries of the log are missing");
        }
        for (const auto& row : rows) {
            if (row.sequence >= candidate.head.nextSequence) {
                return {};
            }
            EXHIBIT_TRY(const auto entry, evidence::parseEntryHead(row.entry));
            const bool follows = entry.sequence == next && entry.log == candidate.head.origin
                && (next == 0 || next == candidate.edge.size());
            if (!follows || evidence::leafHash(row.entry) != row.leaf) {
                return fail(ErrorCode::Corrupt, "an entry of the log is not what was appended");
            }
            candidate.edge.append(row.leaf);
            ++next;
        }
    }
    return {};
}

Result<Checkpointer::Candidate> Checkpointer::prepare(Transaction& transaction,
                                                      const Remembered& remembered)
{
    Candidate candidate;
    EXHIBIT_CHECK(useSnapshot(transaction));
    EXHIBIT_TRY(auto head, readHead(transaction));
    if (!head || head->nextSequence == 0) {
        return fail(ErrorCode::NotFound, "the tenant has no log yet");
    }
    candidate.head = *std::move(head);
    EXHIBIT_TRY(candidate.last, readCheckpoint(transaction, candidate.head.epoch));
    if (candidate.unchanged()) {
        // Asked before the database was read: the signer remembers this head or an earlier one.
        const bool other = remembered.head && remembered.origin == candidate.head.origin
            && (remembered.head->size > candidate.last->head.size
                || (remembered.head->size == candidate.last->head.size
                    && remembered.head->root != candidate.last->head.root));
        if (other) {
            return fail(ErrorCode::Corrupt, "the stored head is not the one that was signed");
        }
        return candidate;
    }
    if (candidate.last) {
        EXHIBIT_TRY(candidate.edge, edgeFromBytes(candidate.last->head.size, candidate.last->edge));
    }
    EXHIBIT_CHECK(followEntries(transaction, candidate));
    if (candidate.edge.head() != candidate.head.edge.head()) {
        return fail(ErrorCode::Corrupt, "the entries do not have the root that the head has");
    }
    if (candidate.head.origin != remembered.origin) {
        return fail(ErrorCode::Conflict, "a log was opened meanwhile");
    }
    if (candidate.last && !remembered.head) {
        return fail(ErrorCode::Forbidden,
                    "this signer never signed this log; replicas share one (signer.dir); if its "
                    "folder is lost for good: exhibitd replace-signer",
                    candidate.head.origin);
    }
    const std::uint64_t from = remembered.head ? remembered.head->size : 0;
    const std::uint64_t size = candidate.head.nextSequence;
    if (from > size) {
        return fail(ErrorCode::Corrupt, "entries that were signed are gone");
    }
    EXHIBIT_TRY(candidate.proof,
                evidence::consistencyProof(
                    ledgerNodes(transaction, candidate.head.epoch, size), from, size));
    return candidate;
}

Result<StoredCheckpoint> Checkpointer::checkpointNow(TenantId tenant, Deadline deadline)
{
    const std::scoped_lock lock(m_signing);
    EXHIBIT_CHECK(ensureChecked(tenant, deadline));
    auto next = signNext(tenant, deadline);
    // Another replica's head came first, and the proof was from the one before it.
    for (int again = 0; again < kSignAgainMax && !next
         && (next.error().code == ErrorCode::Conflict || next.error().code == ErrorCode::Forbidden)
         && !deadline.reached();
         ++again) {
        next = signNext(tenant, deadline);
    }
    if (next || !isDoubtful(next.error()) || next.error().code == ErrorCode::Forbidden) {
        return next;
    }
    EXHIBIT_TRY(const bool well, checkTenant(tenant, deadline));
    return well
        ? next
        : Result<StoredCheckpoint>(evidenceDamaged(
            "log",
            "it is not what was signed and goes on in a new epoch: " + next.error().message));
}

Result<StoredCheckpoint> Checkpointer::signNext(TenantId tenant, Deadline deadline)
{
    EXHIBIT_TRY(const Remembered remembered, askSigner(tenant, deadline));
    const auto look
        = [&remembered](Transaction& transaction) { return prepare(transaction, remembered); };
    EXHIBIT_TRY(const Candidate candidate, m_services.database.read(tenant, deadline, look));
    if (candidate.unchanged()) {
        return *candidate.last;
    }
    StoredCheckpoint checkpoint;
    checkpoint.epoch = candidate.head.epoch;
    checkpoint.head = candidate.edge.head();
    checkpoint.edge = edgeBytes(candidate.edge);
    checkpoint.signedAt = utcNow();
    EXHIBIT_TRY(checkpoint.note,
                m_services.signer.sign(candidate.head.origin, checkpoint.head, candidate.proof));
    EXHIBIT_TRY(const auto signers, signersOf(checkpoint.note));
    const auto store = [&](Transaction& transaction) -> Result<bool> {
        EXHIBIT_CHECK(storeCheckpoint(transaction, checkpoint));
        EXHIBIT_CHECK(noteKeys(transaction, candidate.head.origin, signers));
        return true;
    };
    EXHIBIT_CHECK(m_services.database.write(tenant, deadline, store));
    m_signers[tenant] = signers;
    m_signed.add();
    return checkpoint;
}

} // namespace exhibit::storage
