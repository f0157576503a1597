// SPDX-License-Identifier: Apache-2.0
// The signed heads of an epoch, what others said of them, and where its entries begin.
#include "models/evidence/timestamp.h"
#include "models/evidence/trust.h"
#include "server/storage/epoch_check.h"

#include <fmt/format.h>

namespace exhibit::storage {

Result<void> EpochCheck::loadHeads()
{
    EXHIBIT_TRY(const auto checkpoints, readCheckpoints(m_transaction, m_head.epoch));
    for (const auto& checkpoint : checkpoints) {
        ++m_check.checkpoints;
        const auto note = evidence::parseSignedCheckpoint(checkpoint.note);
        if (!note || note->checkpoint.origin != m_head.origin
            || note->checkpoint.head != checkpoint.head) {
            found(checkpoint.head.size, std::string(kHeadIsNotItsNote));
            continue;
        }
        if (!hasOwnEdge(checkpoint)) {
            found(checkpoint.head.size, std::string(kHeadHasOtherEdge));
        }
        bool genuine = true;
        if (!m_options.keys.empty()) {
            const auto by = evidence::verifyNote(note->note, m_options.keys);
            genuine = by && !by->empty();
        }
        m_heads[checkpoint.head.size] = {checkpoint.head.root, genuine};
    }
    addKnownHeads();
    return {};
}

void EpochCheck::addKnownHeads()
{
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
}

/// What others said of heads stands in their own words: here, that it still is of these heads.
Result<void> EpochCheck::checkAttestations()
{
    EXHIBIT_TRY(const Rows rows,
                m_transaction.query("SELECT a.tree_size, a.kind, a.name, a.attestation, a.note,"
                                    " c.note FROM checkpoint_attestations a LEFT JOIN checkpoints c"
                                    " ON c.tenant_id = a.tenant_id AND c.epoch = a.epoch"
                                    " AND c.tree_size = a.tree_size"
                                    " WHERE a.tenant_id = $1 AND a.epoch = $2"
                                    " ORDER BY a.tree_size, a.kind, a.name",
                                    {m_transaction.tenant(), m_head.epoch}));
    for (std::size_t row = 0; row < rows.size(); ++row) {
        checkAttestation(rows, row);
    }
    return {};
}

void EpochCheck::checkAttestation(const Rows& rows, std::size_t row)
{
    const auto size = static_cast<std::uint64_t>(rows.integer(row, 0));
    const std::string by(rows.text(row, 2));
    if (rows.isNull(row, 5)) {
        found(size, "the head that " + by + " vouches for is not stored");
        return;
    }
    const auto note = rows.text(row, 5);
    const Bytes attestation = rows.bytes(row, 3);
    bool good = false;
    if (rows.text(row, 1) == "witness") {
        const auto whole = evidence::parseNote(std::string(note) + attestation);
        good = whole && rows.isNull(row, 4) && whole->signatures.back().name == by
            && isAttested(note, std::string(note) + attestation);
    } else if (rows.text(row, 1) == "tsa") {
        const auto stamped = rows.isNull(row, 4) ? note : rows.text(row, 4);
        good = (stamped == note || isAttested(note, stamped))
            && evidence::verifyTimestamp(attestation, stamped, {{}, {}, true});
    }
    if (!good) {
        found(size, "what " + by + " said of the head of this size was changed");
    }
}

/// Nothing stands before entry 0.
Result<void> EpochCheck::checkBeforeFirst()
{
    EXHIBIT_TRY(const Rows rows,
                m_transaction.query("SELECT sequence_number FROM incident_log_chain"
                                    " WHERE tenant_id = $1 AND epoch = $2 AND sequence_number < 0"
                                    " ORDER BY sequence_number LIMIT 1",
                                    {m_transaction.tenant(), m_head.epoch}));
    if (!rows.empty()) {
        found(0, fmt::format("an entry stands before the first one, at {}", rows.integer(0, 0)));
    }
    return {};
}

} // namespace exhibit::storage
