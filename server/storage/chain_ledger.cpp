// SPDX-License-Identifier: Apache-2.0
#include "server/storage/chain_ledger.h"

#include "models/base/assert.h"
#include "server/spool/aes_gcm.h"
#include "server/storage/entry_builder.h"
#include "server/storage/ingest_insert.h"
#include "server/storage/ledger_tiles.h"

#include <bit>
#include <limits>
#include <set>

namespace exhibit::storage {
namespace {

/// Public facts belong to the tenant, whose key goes only with the tenant.
const SubjectId kTenantSubject = "tenant:";

SubjectId subjectOf(const EntryDraft& draft)
{
    return draft.subject.empty() ? kTenantSubject : storable(draft.subject);
}

/// What was recorded before the tenant had a log: its count and Merkle root.
Result<std::optional<EntryField>> unprovenBefore(Transaction& transaction)
{
    EXHIBIT_TRY(const Rows rows,
                transaction.query("SELECT sha256 FROM unproven_rows WHERE tenant_id = $1"
                                  " ORDER BY row_no",
                                  {transaction.tenant()}));
    if (rows.empty()) {
        return std::nullopt;
    }
    evidence::TreeEdge tree;
    for (std::size_t row = 0; row < rows.size(); ++row) {
        tree.append(evidence::leafHash(rows.bytes(row, 0)));
    }
    return EntryField{
        "/unproven_before",
        printJson(JsonObject{{"count", rows.size()}, {"root", toHex(asView(tree.root()))}})};
}

} // namespace

struct ChainLedger::Batch {
    struct Row {
        BuiltEntry built;
        const EntryDraft* draft = nullptr;
        std::uint64_t sequence = 0;
    };
    std::int32_t epoch = 0;
    std::vector<Row> rows;
};

ChainLedger::ChainLedger(SubjectKeys& keys, std::string host)
    : m_keys(keys)
    , m_host(std::move(host))
{
}

Result<void> ChainLedger::append(Transaction& transaction,
                                 TenantId tenant,
                                 std::span<const EntryDraft> entries)
{
    EXHIBIT_ASSERT(tenant == transaction.tenant());
    if (!entries.empty()) {
        EXHIBIT_CHECK(appendAt(transaction, entries));
    }
    return {};
}

Result<LedgerHead> ChainLedger::appendAt(Transaction& transaction,
                                         std::span<const EntryDraft> entries)
{
    EXHIBIT_TRY(LedgerHead head, lockHead(transaction));
    LedgerHead before = head;
    EXHIBIT_CHECK(write(transaction, head, entries));
    return before;
}

Result<LedgerHead> ChainLedger::lockHead(Transaction& transaction)
{
    // A second look: the first may have waited for the transaction that made or closed the head.
    for (int attempt = 0; attempt < 3; ++attempt) {
        EXHIBIT_TRY(const Rows rows,
                    transaction.query("SELECT epoch, origin, next_seq, last_hash, edge"
                                      " FROM ledger_heads WHERE tenant_id = $1"
                                      " AND closed_at IS NULL ORDER BY epoch DESC LIMIT 1"
                                      " FOR UPDATE",
                                      {transaction.tenant()}));
        if (!rows.empty()) {
            LedgerHead head;
            head.epoch = static_cast<std::int32_t>(rows.integer(0, 0));
            head.origin = rows.text(0, 1);
            head.nextSequence = static_cast<std::uint64_t>(rows.integer(0, 2));
            head.lastHash = digestFromBytes(rows.bytes(0, 3));
            EXHIBIT_TRY(head.edge, edgeFromBytes(head.nextSequence, rows.bytes(0, 4)));
            return head;
        }
        EXHIBIT_TRY(const Rows closed,
                    transaction.query("SELECT FROM ledger_heads WHERE tenant_id = $1 LIMIT 1",
                                      {transaction.tenant()}));
        if (closed.empty()) {
            EXHIBIT_TRY(LedgerHead head, createHead(transaction, 1, {0, "first", {}}));
            if (head.nextSequence > 0) {
                return head;
            }
        }
    }
    return fail(ErrorCode::Unavailable, "the log is being recovered");
}

Result<LedgerHead> ChainLedger::createHead(Transaction& transaction,
                                           std::int32_t epoch,
                                           const EpochOpening& opening)
{
    EXHIBIT_TRY(
        const Rows tenant,
        transaction.query("SELECT slug FROM tenants WHERE tenant_id = $1", {transaction.tenant()}));
    if (tenant.empty()) {
        return fail(ErrorCode::NotFound, "there is no such tenant");
    }
    LedgerHead head;
    head.epoch = epoch;
    head.origin = m_host + "/" + std::string(tenant.text(0, 0)) + "/log" + std::to_string(epoch);
    head.lastHash = evidence::genesisPrevious(head.origin);
    EXHIBIT_TRY(const Rows made,
                transaction.query("INSERT INTO ledger_heads"
                                  " (tenant_id, epoch, origin, next_seq, last_hash, edge)"
                                  " VALUES ($1, $2, $3, 0, $4, '') ON CONFLICT DO NOTHING",
                                  {transaction.tenant(), epoch, head.origin, head.lastHash}));
    if (made.affected() == 0) {
        return head; // Somebody else was faster; the caller looks again.
    }
    EntryDraft first;
    first.type = "epoch.opened";
    first.occurredAt = utcNow();
    first.reporterType = "service";
    first.reporterId = "exhibitd";
    first.fields = opening.fields;
    first.fields.push_back({"/cause", opening.cause});
    first.fields.push_back({"/origin", head.origin});
    if (epoch == 1) {
        EXHIBIT_TRY(auto unproven, unprovenBefore(transaction));
        if (unproven) {
            first.fields.push_back(*std::move(unproven));
        }
    }
    EXHIBIT_CHECK(write(transaction, head, {&first, 1}));
    return head;
}

Result<void> ChainLedger::closeEpoch(Transaction& transaction, std::int32_t epoch)
{
    EXHIBIT_TRY(const Rows closed,
                transaction.query("UPDATE ledger_heads SET closed_at = clock_timestamp()"
                                  " WHERE tenant_id = $1 AND epoch = $2 AND closed_at IS NULL",
                                  {transaction.tenant(), epoch}));
    if (closed.affected() != 1) {
        return fail(ErrorCode::Conflict, "that epoch was closed already");
    }
    return {};
}

Result<LedgerHead> ChainLedger::openEpoch(Transaction& transaction, const EpochOpening& opening)
{
    if (opening.after == std::numeric_limits<std::int32_t>::max()) {
        return fail(ErrorCode::Corrupt, "no number is left for the next log");
    }
    return createHead(transaction, opening.after + 1, opening);
}

Result<void> ChainLedger::write(Transaction& transaction,
                                LedgerHead& head,
                                std::span<const EntryDraft> entries)
{
    Batch batch{head.epoch, {}};
    std::vector<Parameters> rows;
    std::vector<Digest> leaves;
    const std::uint64_t first = head.nextSequence;
    const UtcTime now = utcNow();
    for (const auto& draft : entries) {
        EXHIBIT_TRY(BuiltEntry built, buildEntry(draft));
        built.entry.log = head.origin;
        built.entry.previous = head.lastHash;
        built.entry.sequence = head.nextSequence;
        built.entry.time = formatTime(now);
        EXHIBIT_TRY(Bytes bytes, evidence::writeEntry(built.entry));
        const Digest hash = evidence::entryHash(bytes);
        const Digest leaf = evidence::leafHash(bytes);
        // Twice, from independent copies: one flipped bit here would condemn the whole tree.
        EXHIBIT_ASSERT(evidence::leafHash(Bytes(bytes)) == leaf && sha256(Bytes(bytes)) == hash);
        rows.push_back({transaction.tenant(),
                        head.epoch,
                        static_cast<std::int64_t>(head.nextSequence),
                        draft.incidentId,
                        draft.type,
                        built.eventData,
                        draft.reporterType,
                        storable(draft.reporterId),
                        now,
                        head.lastHash,
                        hash,
                        leaf,
                        Parameter::bytes(bytes)});
        leaves.push_back(leaf);
        head.edge.append(leaf);
        head.lastHash = hash;
        batch.rows.push_back({std::move(built), &draft, head.nextSequence++});
    }
    std::vector<Statement> statements;
    appendInserts(statements,
                  {"INSERT INTO incident_log_chain (tenant_id, epoch, sequence_number, incident_id,"
                   " event_type, event_data, reporter_type, reporter_id, created_at,"
                   " previous_hash, event_hash, leaf, entry)",
                   "(?,?,?,?,?,?,?,?,?,?,?,?,?)",
                   ""},
                  std::move(rows));
    EXHIBIT_CHECK(addFields(transaction, batch, statements));
    addLinks(transaction, batch, statements);
    statements.push_back({"UPDATE ledger_heads SET next_seq = $3, last_hash = $4, edge = $5"
                          " WHERE tenant_id = $1 AND epoch = $2",
                          {transaction.tenant(),
                           head.epoch,
                           static_cast<std::int64_t>(head.nextSequence),
                           head.lastHash,
                           Parameter::bytes(edgeBytes(head.edge))}});
    EXHIBIT_CHECK(transaction.pipeline(statements));
    m_appended += entries.size();
    return addTiles(transaction, head.epoch, first, leaves);
}

Result<void> ChainLedger::addFields(Transaction& transaction,
                                    const Batch& batch,
                                    std::vector<Statement>& statements)
{
    std::set<SubjectId> subjects{kTenantSubject};
    for (const auto& row : batch.rows) {
        subjects.insert(subjectOf(*row.draft));
    }
    EXHIBIT_TRY(const auto keys,
                m_keys.forSubjects(transaction, {subjects.begin(), subjects.end()}));
    std::map<SubjectId, spool::AesGcm> ciphers;
    for (const auto& [subject, key] : keys) {
        ciphers.emplace(subject, key.key);
    }
    std::vector<Parameters> rows;
    for (const auto& row : batch.rows) {
        std::map<SubjectId, std::vector<const FieldFile*>> files;
        for (const auto& file : row.built.files) {
            files[file.personal ? subjectOf(*row.draft) : kTenantSubject].push_back(&file);
        }
        const Bytes context = fieldSealContext(transaction.tenant(), batch.epoch, row.sequence);
        for (const auto& [subject, list] : files) {
            const Bytes sealed = ciphers.at(subject).sealWithNonce(context, packFieldFiles(list));
            rows.push_back({transaction.tenant(),
                            batch.epoch,
                            static_cast<std::int64_t>(row.sequence),
                            keys.at(subject).id,
                            Parameter::bytes(sealed)});
        }
    }
    appendInserts(statements,
                  {"INSERT INTO ledger_fields (tenant_id, epoch, sequence_number, key_id, sealed)",
                   "(?,?,?,?,?)",
                   ""},
                  std::move(rows));
    return {};
}

void ChainLedger::addLinks(Transaction& transaction,
                           const Batch& batch,
                           std::vector<Statement>& statements)
{
    std::vector<Parameters> rows;
    for (const auto& row : batch.rows) {
        if (row.draft->about) {
            rows.push_back({transaction.tenant(),
                            *row.draft->about,
                            batch.epoch,
                            static_cast<std::int64_t>(row.sequence)});
        }
    }
    appendInserts(statements,
                  {"INSERT INTO ledger_links (tenant_id, about, epoch, sequence_number)",
                   "(?,?,?,?)",
                   " ON CONFLICT DO NOTHING"},
                  std::move(rows));
}

Bytes edgeBytes(const evidence::TreeEdge& edge)
{
    Bytes bytes;
    for (const auto& hash : edge.edge()) {
        bytes += asView(hash);
    }
    return bytes;
}

Result<evidence::TreeEdge> edgeFromBytes(std::uint64_t size, BytesView bytes)
{
    if (bytes.size() != static_cast<std::size_t>(std::popcount(size)) * 32) {
        return fail(ErrorCode::Corrupt, "the edge of the log's tree has the wrong length");
    }
    std::vector<Digest> hashes;
    for (; !bytes.empty(); bytes.remove_prefix(32)) {
        hashes.push_back(digestFromBytes(bytes.substr(0, 32)));
    }
    return evidence::TreeEdge(size, std::move(hashes));
}

Digest digestFromBytes(BytesView bytes)
{
    Digest digest{};
    if (bytes.size() == digest.size()) {
        std::copy_n(bytes.begin(), digest.size(), reinterpret_cast<char*>(digest.data()));
    }
    return digest;
}

Bytes fieldSealContext(TenantId tenant, std::int32_t epoch, std::uint64_t sequence)
{
    return "exhibit/fields/v1 " + tenant.value.hyphenated() + " " + std::to_string(epoch) + " "
        + std::to_string(sequence);
}

} // namespace exhibit::storage
