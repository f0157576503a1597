// SPDX-License-Identifier: Apache-2.0
#include "server/storage/epoch_check.h"

#include "models/evidence/erased_fields.h"
#include "models/evidence/trust.h"
#include "server/storage/ingest_insert.h"
#include "server/storage/recorded_check.h"
#include "server/storage/signer_loss.h"

#include <fmt/format.h>

namespace exhibit::storage {
namespace {

constexpr std::size_t kPageRows = 1000;
constexpr std::size_t kFindingsMax = 100;

} // namespace

EpochCheck::EpochCheck(Transaction& transaction,
                       SubjectKeys& keys,
                       const LedgerCheckOptions& options,
                       const LedgerHead& head,
                       ErasureCount& erased,
                       LedgerCheck& check)
    : m_transaction(transaction)
    , m_keys(keys)
    , m_options(options)
    , m_head(head)
    , m_erased(erased)
    , m_check(check)
    , m_previous(evidence::genesisPrevious(head.origin))
{
}

Result<void> EpochCheck::run()
{
    EXHIBIT_CHECK(loadHeads());
    while (true) {
        EXHIBIT_TRY(const auto rows, readChain(m_transaction, m_head.epoch, m_next, kPageRows));
        if (rows.empty()) {
            break;
        }
        // Fields are keyed by sequence number; after a gap the page reaches further.
        EXHIBIT_TRY(const auto fields,
                    openFields(m_transaction,
                               m_keys,
                               m_head.epoch,
                               rows.front().sequence,
                               rows.back().sequence - rows.front().sequence + 1));
        for (const std::uint64_t sequence : fields.damaged) {
            found(sequence, "stored fields were changed: their key does not open them");
        }
        for (const auto& row : rows) {
            EXHIBIT_CHECK(checkRow(row, fields));
        }
        EXHIBIT_CHECK(checkRecorded(rows, fields));
    }
    checkEnd();
    return {};
}

void EpochCheck::found(std::uint64_t sequence, std::string problem)
{
    if (m_check.findings.size() < kFindingsMax) {
        m_check.findings.push_back({m_head.epoch, sequence, std::move(problem)});
    }
}

Result<void> EpochCheck::loadHeads()
{
    EXHIBIT_TRY(const auto checkpoints, readCheckpoints(m_transaction, m_head.epoch));
    for (const auto& checkpoint : checkpoints) {
        ++m_check.checkpoints;
        const auto note = evidence::parseSignedCheckpoint(checkpoint.note);
        if (!note || note->checkpoint.origin != m_head.origin
            || note->checkpoint.head != checkpoint.head) {
            found(checkpoint.head.size, "a stored head is not what its note says");
            continue;
        }
        bool genuine = true;
        if (!m_options.keys.empty()) {
            const auto by = evidence::verifyNote(note->note, m_options.keys);
            genuine = by && !by->empty();
        }
        m_heads[checkpoint.head.size] = {checkpoint.head.root, genuine};
    }
    if (const auto known = m_options.known.find(m_head.origin); known != m_options.known.end()) {
        for (const auto& head : known->second) {
            const auto [stored, added] = m_heads.insert({head.size, {head.root, true}});
            if (!added && stored->second.root != head.root) {
                m_replaced.push_back(head.size);
                stored->second = {head.root, true};
            }
        }
    }
    if (const auto empty = m_heads.find(0);
        empty != m_heads.end() && empty->second.root != evidence::emptyRoot()) {
        found(0, "the head of the empty log has another root");
    }
    return {};
}

Result<void> EpochCheck::checkRow(const ChainRow& row, const OpenedFields& fields)
{
    ++m_check.entries;
    if (row.sequence != m_next) {
        found(m_next, fmt::format("entries {} to {} are missing", m_next, row.sequence - 1));
        // The tree cannot be followed across a gap; what comes after is still looked at.
        m_whole = false;
    }
    const auto entry = evidence::parseEntry(row.entry);
    if (!entry) {
        found(row.sequence, entry.error().message);
    } else {
        compareColumns(row, *entry);
        const auto files = fields.files.find(row.sequence);
        const bool none = files == fields.files.end();
        const auto present
            = compareFields(row, *entry, none ? std::vector<FieldFile>{} : files->second);
        if (fields.unreadable.contains(row.sequence)) {
            noteUnreadable(*entry);
        } else {
            checkCoverage(*entry, present);
        }
    }
    const Digest hash = evidence::entryHash(row.entry);
    const Digest leaf = evidence::leafHash(row.entry);
    if (hash != row.eventHash || leaf != row.leaf) {
        found(row.sequence, "the entry's bytes do not have the hashes stored beside them");
    }
    if (m_whole && entry && entry->previous != m_previous) {
        found(row.sequence, "it does not follow the entry before it");
    }
    m_previous = hash;
    m_next = row.sequence + 1;
    if (m_whole) {
        m_edge.append(leaf);
        checkHead();
        return checkTiles(leaf);
    }
    return {};
}

/// What was changed after it was signed lies between the last head that fits and the first that
/// does not.
void EpochCheck::checkHead()
{
    const auto head = m_heads.find(m_edge.size());
    if (head == m_heads.end()) {
        return;
    }
    const bool fits = head->second.root == m_edge.root();
    if (head->second.genuine && fits) {
        m_fits = m_edge.size();
        m_misfit = false;
    } else if (!m_misfit) {
        m_misfit = true;
        found(m_fits,
              fmt::format("entries {} to {}: the signed head over the first {} fits, the one over "
                          "the first {} {}",
                          m_fits,
                          m_edge.size() - 1,
                          m_fits,
                          m_edge.size(),
                          head->second.genuine ? "has another root"
                                               : "is not signed by the log's key"));
    }
}

/// What people read is not the log but the rows beside it.
Result<void> EpochCheck::checkRecorded(const std::vector<ChainRow>& rows,
                                       const OpenedFields& fields)
{
    std::vector<Commitment> page;
    for (const auto& row : rows) {
        const auto files = fields.files.find(row.sequence);
        if (files == fields.files.end()) {
            continue;
        }
        // What is wrong with the entry itself was said already.
        if (auto commitment = commitmentOf(row, m_head.epoch, files->second)) {
            page.push_back(*std::move(commitment));
        }
    }
    const RecordedCheck::Found found = [this](std::uint64_t sequence, std::string problem) {
        this->found(sequence, std::move(problem));
    };
    return RecordedCheck(m_transaction, m_keys, found).check(page);
}

/// Tiles are made of the leaves; proofs are made of the tiles.
Result<void> EpochCheck::checkTiles(Digest hash)
{
    for (unsigned level = 0;; ++level) {
        m_tiles.resize(std::max<std::size_t>(m_tiles.size(), level + 1));
        auto& hashes = m_tiles[level];
        hashes += asView(hash);
        if (hashes.size() < evidence::kTileWidth * hash.size()) {
            return {};
        }
        hash = evidence::tileNode(hashes, 0, evidence::kTileWidth);
        const std::uint64_t span = std::uint64_t{1} << (8 * (level + 1));
        EXHIBIT_TRY(const Rows rows,
                    m_transaction.query("SELECT FROM ledger_tiles WHERE tenant_id = $1"
                                        " AND epoch = $2 AND level = $3 AND tile_index = $4"
                                        " AND hashes = $5 AND root = $6",
                                        {m_transaction.tenant(),
                                         m_head.epoch,
                                         static_cast<std::int64_t>(level),
                                         static_cast<std::int64_t>(m_edge.size() / span - 1),
                                         Parameter::bytes(hashes),
                                         hash}));
        if (rows.empty()) {
            found(m_edge.size() - span, "a tile of the tree is not that of its entries");
        }
        hashes.clear();
    }
}

void EpochCheck::compareColumns(const ChainRow& row, const evidence::Entry& entry)
{
    const bool alike = entry.sequence == row.sequence && entry.log == m_head.origin
        && entry.type == row.eventType && entry.previous == row.previousHash
        && entry.time == formatTime(row.createdAt);
    if (!alike) {
        found(row.sequence, "the columns beside the entry are not what it says");
    }
}

std::set<std::size_t> EpochCheck::compareFields(const ChainRow& row,
                                                const evidence::Entry& entry,
                                                const std::vector<FieldFile>& files)
{
    std::set<std::size_t> present;
    for (const auto& file : files) {
        if (file.blob) {
            continue;
        }
        present.insert(file.position);
        const bool listed = file.position < entry.fields.size()
            && entry.fields[file.position].digest == evidence::entryHash(file.bytes);
        const auto field = evidence::parseField(file.bytes);
        if (!listed || !field || field->path != entry.fields[file.position].path) {
            found(row.sequence, "a stored field is not what the entry committed to");
            continue;
        }
        compareCopy(row, *field);
        noteLoss(entry, *field);
    }
    return present;
}

void EpochCheck::noteUnreadable(const evidence::Entry& entry)
{
    ++m_check.unreadable;
    m_erased.unreadable = m_erased.unreadable || entry.type == evidence::kErasureEntry;
}

void EpochCheck::checkCoverage(const evidence::Entry& entry, const std::set<std::size_t>& present)
{
    bool personalGone = false;
    for (std::size_t i = 0; i < entry.fields.size(); ++i) {
        if (present.contains(i)) {
            continue;
        }
        if (isPublicPath(entry.fields[i].path)) {
            found(entry.sequence, "the field " + entry.fields[i].path + " is gone");
            return;
        }
        personalGone = true;
    }
    if (personalGone) {
        m_erased.firstGone = std::min(m_erased.firstGone, std::pair(m_head.epoch, entry.sequence));
        ++m_erased.gone;
    }
}

void EpochCheck::noteLoss(const evidence::Entry& entry, const evidence::Field& field)
{
    const auto* text = field.value.if_string();
    if (text != nullptr && entry.sequence == 0 && field.path == kLostKeysPath) {
        const auto lost = evidence::parseTreeNumber(*text);
        m_erased.lostKeys = lost ? static_cast<std::int64_t>(*lost) : m_erased.lostKeys;
    }
    if (text == nullptr || entry.type != evidence::kErasureEntry
        || field.path != evidence::kErasureDetails) {
        return;
    }
    const auto parsed = parseJson(*text);
    const Json* count = parsed ? findMember(*parsed, "fields") : nullptr;
    if (count != nullptr && count->is_int64()) {
        m_erased.named += count->get_int64();
    }
}

void EpochCheck::compareCopy(const ChainRow& row, const evidence::Field& field)
{
    const auto is = [&](std::string_view path, const Json& column) {
        if (field.path == path && field.value != column) {
            found(row.sequence, "the column beside " + field.path + " is not what it says");
        }
    };
    is("/reporter_type", Json(row.reporterType));
    is("/incident_id", row.incidentId ? Json(row.incidentId->text()) : Json());
    const auto data = parseJson(row.eventData);
    is("/event_data", data ? *data : Json());
    if (const auto id = evidence::bytesOf(field.value)) {
        is("/reporter_id", storable(*id) == row.reporterId ? field.value : Json());
    }
}

void EpochCheck::checkEnd()
{
    const bool ends = m_next == m_head.nextSequence
        && (m_next == 0 || m_previous == m_head.lastHash)
        && (!m_whole || m_edge.root() == m_head.edge.root());
    if (!ends) {
        found(m_next,
              fmt::format("the chain ends at {}, its head says {}", m_next, m_head.nextSequence));
    }
    for (const std::uint64_t size : m_replaced) {
        found(size, "the stored head of this size is not the one known from outside");
    }
    for (const auto& [size, head] : m_heads) {
        if (size > m_next) {
            found(m_next,
                  fmt::format("entries {} to {} were signed and are gone", m_next, size - 1));
            break;
        }
    }
}

} // namespace exhibit::storage
