// SPDX-License-Identifier: Apache-2.0
#include "server/storage/soc2_proofs.h"

#include "models/base/base64.h"
#include "server/storage/ledger_reading.h"
#include "server/storage/ledger_tiles.h"

#include <map>
#include <set>

namespace exhibit::storage {
namespace {

class Prover {
public:
    Prover(Transaction& transaction, report::Soc2Bundle& bundle)
        : m_transaction(transaction)
        , m_bundle(bundle)
    {
    }

    Result<report::LogProofs> run(const std::optional<StoredCheckpoint>& newest)
    {
        if (newest) {
            m_bundle.log.treeSize = static_cast<std::int64_t>(newest->head.size);
            m_bundle.log.root = toBase64(asView(newest->head.root));
            addHead(*newest);
        }
        for (auto& epoch : m_bundle.log.epochs) {
            EXHIBIT_CHECK(nameHead(epoch));
        }
        for (const auto& row : m_bundle.rows) {
            if (row.entryEpoch && row.entrySeq) {
                EXHIBIT_CHECK(addEntry(static_cast<std::int32_t>(*row.entryEpoch),
                                       static_cast<std::uint64_t>(*row.entrySeq)));
            }
        }
        return std::move(m_proofs);
    }

private:
    void addHead(const StoredCheckpoint& checkpoint)
    {
        if (m_heads.emplace(checkpoint.epoch, checkpoint).second) {
            m_proofs.heads.push_back(checkpoint.note);
        }
    }

    Result<void> nameHead(report::Soc2Epoch& epoch)
    {
        const auto number = static_cast<std::int32_t>(epoch.epoch);
        if (!m_heads.contains(number)) {
            EXHIBIT_TRY(const auto stored, readCheckpoint(m_transaction, number));
            if (!stored) {
                return {}; // A log that was never signed says so in the bundle.
            }
            addHead(*stored);
        }
        const auto& head = m_heads.at(number).head;
        epoch.treeSize = static_cast<std::int64_t>(head.size);
        epoch.root = toBase64(asView(head.root));
        return {};
    }

    Result<void> addEntry(std::int32_t epoch, std::uint64_t sequence)
    {
        const auto head = m_heads.find(epoch);
        const bool covered = head != m_heads.end() && sequence < head->second.head.size;
        if (!covered || !m_shown.emplace(epoch, sequence).second) {
            return {}; // The verifier says that it is not shown.
        }
        EXHIBIT_TRY(const auto rows, readChain(m_transaction, epoch, sequence, 1));
        if (rows.empty() || rows.front().sequence != sequence) {
            return fail(ErrorCode::Corrupt, "an entry of the period is gone from its log");
        }
        const auto nodes = ledgerNodes(m_transaction, epoch, head->second.head.size);
        EXHIBIT_TRY(auto proof, proveInclusion(nodes, head->second, sequence));
        m_proofs.entries.push_back({rows.front().entry, std::move(proof)});
        return {};
    }

    Transaction& m_transaction;
    report::Soc2Bundle& m_bundle;
    std::map<std::int32_t, StoredCheckpoint> m_heads; ///< By epoch.
    std::set<std::pair<std::int32_t, std::uint64_t>> m_shown;
    report::LogProofs m_proofs;
};

} // namespace

Result<report::LogProofs> proveSoc2(Database& database,
                                    const LedgerParts& parts,
                                    TenantId tenant,
                                    report::Soc2Bundle& bundle,
                                    Deadline deadline)
{
    const auto published = parts.publish(tenant, deadline);
    return database.read(
        tenant, deadline, [&](Transaction& transaction) -> Result<report::LogProofs> {
            std::optional<StoredCheckpoint> newest;
            if (published) {
                newest = *published;
            } else {
                EXHIBIT_TRY(const auto head, readHead(transaction));
                if (head) {
                    EXHIBIT_TRY(newest, readCheckpoint(transaction, head->epoch));
                }
            }
            return Prover(transaction, bundle).run(newest);
        });
}

} // namespace exhibit::storage
