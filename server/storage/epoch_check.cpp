// SPDX-License-Identifier: Apache-2.0
#include "server/storage/epoch_check.h"

#include "models/evidence/erased_fields.h"
#include "server/storage/ingest_insert.h"
#include "server/storage/recorded_check.h"
#include "server/storage/signer_loss.h"

#include <fmt/format.h>

#include <algorithm>

namespace exhibit::storage {
namespace {

constexpr std::size_t kPageRows = 1000;

bool hasField(const evidence::Entry& entry, std::string_view path)
{
    return std::any_of(entry.fields.begin(), entry.fields.end(), [path](const auto& field) {
        return field.path == path;
    });
}

} // namespace

EpochCheck::EpochCheck(Transaction& transaction,
                       SubjectKeys& keys,
                       const LedgerCheckOptions& options,
                       const LedgerHead& head,
                       ToldByEntries told,
                       LedgerCheck& check)
    : m_transaction(transaction)
    , m_keys(keys)
    , m_options(options)
    , m_head(head)
    , m_erased(told.erased)
    , m_kept(told.kept)
    , m_check(check)
    , m_previous(evidence::genesisPrevious(head.origin))
{
}

Result<void> EpochCheck::run()
{
    EXHIBIT_CHECK(loadHeads());
    EXHIBIT_CHECK(checkAttestations());
    EXHIBIT_CHECK(checkBeforeFirst());
    while (true) {
        EXHIBIT_TRY(const auto rows, readChain(m_transaction, m_head.epoch, m_next, kPageRows));
        if (rows.empty()) {
            break;
        }
        EXHIBIT_CHECK(checkPage(rows));
    }
    checkEnd();
    return {};
}

Result<void> EpochCheck::checkPage(const std::vector<ChainRow>& rows)
{
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
    return checkRecorded();
}

void EpochCheck::found(std::uint64_t sequence, std::string problem)
{
    m_check.found({m_head.epoch, sequence, std::move(problem)});
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
        static const std::vector<FieldFile> kNone;
        const auto present
            = compareFields(row, *entry, files == fields.files.end() ? kNone : files->second);
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
Result<void> EpochCheck::checkRecorded()
{
    const RecordedCheck::Found found = [this](std::uint64_t sequence, std::string problem) {
        this->found(sequence, std::move(problem));
    };
    EXHIBIT_CHECK(RecordedCheck(m_transaction, m_keys, found).check(m_recorded));
    EXHIBIT_CHECK(m_kept.check(m_told));
    m_recorded.clear();
    m_told.clear();
    return {};
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
        && entry.time == formatTime(row.createdAt)
        && row.incidentId.has_value() == hasField(entry, "/incident_id");
    if (!alike) {
        found(row.sequence, "the columns beside the entry are not what it says");
    }
}

std::vector<bool> EpochCheck::compareFields(const ChainRow& row,
                                            const evidence::Entry& entry,
                                            const std::vector<FieldFile>& files)
{
    std::vector<bool> present(entry.fields.size());
    auto* const page = RecordedCheck::isAbout(entry.type) ? &m_recorded
        : KeptCheck::isAbout(entry.type)                  ? &m_told
                                                          : nullptr;
    Commitment commitment{m_head.epoch, row.sequence, entry.type, {}};
    bool whole = true;
    for (const auto& file : files) {
        if (file.blob) {
            continue;
        }
        const bool listed = file.position < entry.fields.size()
            && entry.fields[file.position].digest == evidence::entryHash(file.bytes);
        if (file.position < entry.fields.size()) {
            present[file.position] = true;
        }
        const auto field = evidence::parseField(file.bytes);
        if (!listed || !field || field->path != entry.fields[file.position].path) {
            found(row.sequence, "a stored field is not what the entry committed to");
            whole = false;
            continue;
        }
        compareCopy(row, *field);
        noteLoss(entry, *field);
        if (page != nullptr) {
            addValue(commitment, *field, file.position, files);
        }
    }
    // What is wrong with the entry's own fields was said.
    if (page != nullptr && whole && !files.empty()) {
        page->push_back(std::move(commitment));
    }
    return present;
}

void EpochCheck::noteUnreadable(const evidence::Entry& entry)
{
    ++m_check.unreadable;
    m_erased.unreadable = m_erased.unreadable || entry.type == evidence::kErasureEntry;
}

void EpochCheck::checkCoverage(const evidence::Entry& entry, const std::vector<bool>& present)
{
    bool personalGone = false;
    for (std::size_t i = 0; i < entry.fields.size(); ++i) {
        if (present[i]) {
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
    const auto* const text = field.value.if_string();
    bool alike = true;
    if (field.path == "/reporter_type") {
        alike = text != nullptr && *text == row.reporterType;
    } else if (field.path == "/incident_id") {
        alike = text != nullptr && row.incidentId && *text == row.incidentId->text();
    } else if (field.path == "/event_data") {
        const auto data = parseJson(row.eventData);
        alike = data && *data == field.value;
    } else if (field.path == "/reporter_id") {
        const auto id = evidence::bytesOf(field.value);
        alike = !id || storable(*id) == row.reporterId;
    }
    if (!alike) {
        found(row.sequence, "the column beside " + field.path + " is not what it says");
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
