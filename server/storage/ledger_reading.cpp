// SPDX-License-Identifier: Apache-2.0
#include "server/storage/ledger_reading.h"

#include "server/spool/aes_gcm.h"

#include <algorithm>
#include <limits>

namespace exhibit::storage {
namespace {

constexpr const char* kHeadColumns
    = "SELECT epoch, origin, next_seq, last_hash, edge, closed_at IS NOT NULL FROM ledger_heads"
      " WHERE tenant_id = $1";
/// Of a column; whoever writes into the table may reach it.
constexpr std::uint64_t kSequenceMax = std::numeric_limits<std::int64_t>::max();

/// Beside the note, what it becomes: as it stood when it was time-stamped, or with the signature
/// lines of witnesses.
constexpr const char* kCheckpointColumns
    = "SELECT epoch, tree_size, root, edge, note, signed_at,"
      " (SELECT a.note FROM checkpoint_attestations a WHERE a.tenant_id = c.tenant_id"
      " AND a.epoch = c.epoch AND a.tree_size = c.tree_size AND a.kind = 'tsa'"
      " ORDER BY a.received_at LIMIT 1),"
      " (SELECT string_agg(a.attestation, '' ORDER BY a.name)"
      " FROM checkpoint_attestations a WHERE a.tenant_id = c.tenant_id"
      " AND a.epoch = c.epoch AND a.tree_size = c.tree_size AND a.kind = 'witness')"
      " FROM checkpoints c WHERE tenant_id = $1 AND epoch = $2";

StoredLog logOf(const Rows& rows, std::size_t row)
{
    StoredLog log;
    log.head.epoch = static_cast<std::int32_t>(rows.integer(row, 0));
    log.head.origin = rows.text(row, 1);
    log.head.nextSequence = static_cast<std::uint64_t>(rows.integer(row, 2));
    log.head.lastHash = digestFromBytes(rows.bytes(row, 3));
    log.closed = rows.boolean(row, 5);
    auto edge = edgeFromBytes(log.head.nextSequence, rows.bytes(row, 4));
    if (edge) {
        log.head.edge = *std::move(edge);
    } else {
        log.damage = edge.error().message;
    }
    return log;
}

Result<LedgerHead> headOf(const Rows& rows, std::size_t row)
{
    auto log = logOf(rows, row);
    if (!log.damage.empty()) {
        return fail(ErrorCode::Corrupt, log.damage, log.head.origin);
    }
    return std::move(log.head);
}

std::string noteOf(const Rows& rows, std::size_t row)
{
    std::string bare(rows.text(row, 4));
    const Bytes lines = rows.bytes(row, 7);
    std::string whole = rows.isNull(row, 6) ? bare + lines : std::string(rows.text(row, 6));
    return whole == bare || isAttested(bare, whole) ? std::move(whole) : std::move(bare);
}

StoredCheckpoint checkpointOf(const Rows& rows, std::size_t row)
{
    return {static_cast<std::int32_t>(rows.integer(row, 0)),
            {static_cast<std::uint64_t>(rows.integer(row, 1)), digestFromBytes(rows.bytes(row, 2))},
            rows.bytes(row, 3),
            noteOf(rows, row),
            rows.time(row, 5)};
}

ChainRow chainRowOf(const Rows& rows, std::size_t row)
{
    ChainRow chain;
    chain.sequence = static_cast<std::uint64_t>(rows.integer(row, 0));
    if (!rows.isNull(row, 1)) {
        chain.incidentId = IncidentId{rows.uuid(row, 1)};
    }
    chain.eventType = rows.text(row, 2);
    chain.eventData = rows.text(row, 3);
    chain.reporterType = rows.text(row, 4);
    chain.reporterId = rows.text(row, 5);
    chain.createdAt = rows.time(row, 6);
    chain.previousHash = digestFromBytes(rows.bytes(row, 7));
    chain.eventHash = digestFromBytes(rows.bytes(row, 8));
    chain.leaf = digestFromBytes(rows.bytes(row, 9));
    chain.entry = rows.bytes(row, 10);
    return chain;
}

} // namespace

bool isAttested(std::string_view note, std::string_view whole)
{
    const auto bare = evidence::parseSignedCheckpoint(note);
    const auto added = evidence::parseSignedCheckpoint(whole);
    return bare && added && whole.starts_with(note)
        && added->checkpoint.origin == bare->checkpoint.origin
        && added->checkpoint.head == bare->checkpoint.head;
}

Result<void> useSnapshot(Transaction& transaction)
{
    EXHIBIT_CHECK(transaction.query("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"));
    return {};
}

Result<std::optional<LedgerHead>> readHead(Transaction& transaction)
{
    EXHIBIT_TRY(const Rows rows,
                transaction.query(std::string(kHeadColumns) + " ORDER BY epoch DESC LIMIT 1",
                                  {transaction.tenant()}));
    if (rows.empty()) {
        return std::optional<LedgerHead>{};
    }
    EXHIBIT_TRY(auto head, headOf(rows, 0));
    return std::optional(std::move(head));
}

Result<std::optional<StoredLog>> readLastLog(Transaction& transaction)
{
    EXHIBIT_TRY(const Rows rows,
                transaction.query(std::string(kHeadColumns) + " ORDER BY epoch DESC LIMIT 1",
                                  {transaction.tenant()}));
    return rows.empty() ? std::nullopt : std::optional(logOf(rows, 0));
}

Result<std::vector<StoredLog>> readAllLogs(Transaction& transaction)
{
    EXHIBIT_TRY(
        const Rows rows,
        transaction.query(std::string(kHeadColumns) + " ORDER BY epoch", {transaction.tenant()}));
    std::vector<StoredLog> logs;
    for (std::size_t row = 0; row < rows.size(); ++row) {
        logs.push_back(logOf(rows, row));
    }
    return logs;
}

Result<std::vector<LedgerHead>> readAllHeads(Transaction& transaction)
{
    EXHIBIT_TRY(auto logs, readAllLogs(transaction));
    std::vector<LedgerHead> heads;
    for (auto& log : logs) {
        if (!log.damage.empty()) {
            return fail(ErrorCode::Corrupt, log.damage, log.head.origin);
        }
        heads.push_back(std::move(log.head));
    }
    return heads;
}

Result<std::optional<StoredCheckpoint>> readCheckpoint(Transaction& transaction,
                                                       std::int32_t epoch,
                                                       std::uint64_t sizeMax)
{
    EXHIBIT_TRY(
        const Rows rows,
        transaction.query(std::string(kCheckpointColumns)
                              + " AND tree_size <= $3 ORDER BY tree_size DESC LIMIT 1",
                          {transaction.tenant(), epoch, static_cast<std::int64_t>(sizeMax)}));
    return rows.empty() ? std::nullopt : std::optional(checkpointOf(rows, 0));
}

Result<std::string> proveInclusion(const evidence::NodeSource& nodes,
                                   const StoredCheckpoint& checkpoint,
                                   std::uint64_t sequence)
{
    if (sequence >= checkpoint.head.size) {
        return fail(ErrorCode::NotFound, "no signed head has that entry yet", "seq");
    }
    EXHIBIT_TRY(const auto proof, evidence::inclusionProof(nodes, sequence, checkpoint.head.size));
    return evidence::writeTlogProof({{}, sequence, proof, checkpoint.note});
}

Result<std::vector<StoredCheckpoint>> readCheckpoints(Transaction& transaction, std::int32_t epoch)
{
    EXHIBIT_TRY(const Rows rows,
                transaction.query(std::string(kCheckpointColumns) + " ORDER BY tree_size",
                                  {transaction.tenant(), epoch}));
    std::vector<StoredCheckpoint> checkpoints;
    for (std::size_t row = 0; row < rows.size(); ++row) {
        checkpoints.push_back(checkpointOf(rows, row));
    }
    return checkpoints;
}

Result<void> storeCheckpoint(Transaction& transaction, const StoredCheckpoint& checkpoint)
{
    EXHIBIT_CHECK(
        transaction.query("INSERT INTO checkpoints (tenant_id, epoch, tree_size, root, edge, note)"
                          " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
                          {transaction.tenant(),
                           checkpoint.epoch,
                           static_cast<std::int64_t>(checkpoint.head.size),
                           checkpoint.head.root,
                           Parameter::bytes(checkpoint.edge),
                           checkpoint.note}));
    return {};
}

Result<std::vector<ChainRow>> readChain(Transaction& transaction,
                                        std::int32_t epoch,
                                        std::uint64_t first,
                                        std::size_t count)
{
    if (first > kSequenceMax) {
        return std::vector<ChainRow>{}; // Nothing follows the last number that there is.
    }
    EXHIBIT_TRY(const Rows rows,
                transaction.query("SELECT sequence_number, incident_id, event_type, event_data,"
                                  " reporter_type, reporter_id, created_at, previous_hash,"
                                  " event_hash, leaf, entry FROM incident_log_chain"
                                  " WHERE tenant_id = $1 AND epoch = $2 AND sequence_number >= $3"
                                  " ORDER BY sequence_number LIMIT $4",
                                  {transaction.tenant(),
                                   epoch,
                                   static_cast<std::int64_t>(first),
                                   static_cast<std::int64_t>(count)}));
    std::vector<ChainRow> chain;
    chain.reserve(rows.size());
    for (std::size_t row = 0; row < rows.size(); ++row) {
        chain.push_back(chainRowOf(rows, row));
    }
    return chain;
}

Result<IncidentEntries> entriesOfIncident(Transaction& transaction,
                                          std::int32_t epoch,
                                          IncidentId incident)
{
    EXHIBIT_TRY(
        const Rows rows,
        transaction.query(
            "SELECT sequence_number, handed AND nth > $4 FROM (SELECT sequence_number,"
            "  handed, row_number() OVER (PARTITION BY handed ORDER BY sequence_number DESC)"
            "  AS nth FROM (SELECT sequence_number, event_type = 'export.created'"
            "   OR event_type LIKE 'bates.%' AS handed FROM incident_log_chain"
            "   WHERE tenant_id = $1 AND epoch = $2 AND incident_id = $3) e) n"
            " ORDER BY sequence_number",
            {transaction.tenant(), epoch, incident, kHandedOutMax}));
    IncidentEntries entries;
    for (std::size_t row = 0; row < rows.size(); ++row) {
        if (rows.boolean(row, 1)) {
            ++entries.leftOut;
        } else {
            entries.sequences.push_back(static_cast<std::uint64_t>(rows.integer(row, 0)));
        }
    }
    return entries;
}

Result<OpenedFields> openFields(Transaction& transaction,
                                SubjectKeys& keys,
                                std::int32_t epoch,
                                std::uint64_t first,
                                std::size_t count)
{
    EXHIBIT_TRY(
        const Rows rows,
        transaction.query("SELECT sequence_number, key_id, sealed FROM ledger_fields"
                          " WHERE tenant_id = $1 AND epoch = $2 AND sequence_number >= $3"
                          " AND sequence_number < $4 ORDER BY sequence_number",
                          {transaction.tenant(),
                           epoch,
                           static_cast<std::int64_t>(first),
                           static_cast<std::int64_t>(std::min(first + count, kSequenceMax))}));
    std::set<Uuid> ids;
    for (std::size_t row = 0; row < rows.size(); ++row) {
        ids.insert(rows.uuid(row, 1));
    }
    EXHIBIT_TRY(const auto known, keys.byId(transaction, {ids.begin(), ids.end()}));
    std::map<Uuid, spool::AesGcm> ciphers;
    for (const auto& [id, key] : known.keys) {
        ciphers.emplace(id, key.key);
    }
    OpenedFields opened;
    for (std::size_t row = 0; row < rows.size(); ++row) {
        const auto cipher = ciphers.find(rows.uuid(row, 1));
        const auto sequence = static_cast<std::uint64_t>(rows.integer(row, 0));
        if (known.lost.contains(rows.uuid(row, 1))) {
            opened.unreadable.insert(sequence);
        }
        if (known.damaged.contains(rows.uuid(row, 1))) {
            opened.damaged.push_back(sequence);
        }
        if (cipher == ciphers.end()) {
            continue;
        }
        const Bytes sealed = rows.bytes(row, 2);
        const auto packed = cipher->second.openWithNonce(
            fieldSealContext(transaction.tenant(), epoch, sequence), sealed);
        auto files = packed ? unpackFieldFiles(*packed) : tl::make_unexpected(packed.error());
        if (!files) {
            opened.damaged.push_back(sequence);
            continue;
        }
        auto& list = opened.files[sequence];
        std::move(files->begin(), files->end(), std::back_inserter(list));
    }
    return opened;
}

} // namespace exhibit::storage
