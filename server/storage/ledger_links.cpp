// SPDX-License-Identifier: Apache-2.0
#include "server/storage/ledger_links.h"

#include <algorithm>

namespace exhibit::storage {

Result<std::vector<domain::LedgerLink>> readLedgerLinks(Transaction& transaction,
                                                        const std::vector<LinkedId>& ids)
{
    std::vector<std::string> wanted;
    for (const auto& id : ids) {
        wanted.push_back(id.id.hyphenated());
    }
    EXHIBIT_TRY(const Rows rows,
                transaction.query(
                    "SELECT l.about, c.event_type, h.origin, l.sequence_number, c.event_hash,"
                    " k.tree_size, k.root, k.signed_at FROM ledger_links l"
                    " JOIN incident_log_chain c ON c.tenant_id = l.tenant_id"
                    "  AND c.epoch = l.epoch AND c.sequence_number = l.sequence_number"
                    " JOIN ledger_heads h ON h.tenant_id = l.tenant_id AND h.epoch = l.epoch"
                    " LEFT JOIN LATERAL (SELECT tree_size, root, signed_at FROM checkpoints"
                    "  WHERE tenant_id = l.tenant_id AND epoch = l.epoch"
                    "  AND tree_size > l.sequence_number ORDER BY tree_size LIMIT 1) k ON true"
                    " WHERE l.tenant_id = $1 AND l.about = ANY ($2::uuid[])"
                    " ORDER BY l.epoch, l.sequence_number",
                    {transaction.tenant(), Parameter::array(wanted)}));
    std::vector<domain::LedgerLink> links;
    for (std::size_t row = 0; row < rows.size(); ++row) {
        const auto about = rows.uuid(row, 0);
        const auto named = std::find_if(
            ids.begin(), ids.end(), [&about](const LinkedId& id) { return id.id == about; });
        domain::LedgerLink link;
        link.about = named->text;
        link.type = rows.text(row, 1);
        link.log = rows.text(row, 2);
        link.index = rows.integer(row, 3);
        link.hash = toHex(rows.bytes(row, 4));
        if (!rows.isNull(row, 5)) {
            link.checkpoint = domain::HeadOver{
                rows.integer(row, 5), toHex(rows.bytes(row, 6)), rows.time(row, 7)};
        }
        links.push_back(std::move(link));
    }
    return links;
}

Result<std::optional<std::string>> proveLinked(Transaction& transaction, Uuid id)
{
    using Proof = std::optional<std::string>;
    EXHIBIT_TRY(const Rows rows,
                transaction.query("SELECT l.epoch, l.sequence_number, (SELECT min(tree_size)"
                                  " FROM checkpoints k WHERE k.tenant_id = l.tenant_id"
                                  " AND k.epoch = l.epoch AND k.tree_size > l.sequence_number)"
                                  " FROM ledger_links l WHERE l.tenant_id = $1 AND l.about = $2",
                                  {transaction.tenant(), id}));
    if (rows.empty() || rows.isNull(0, 2)) {
        return Proof{};
    }
    const auto epoch = static_cast<std::int32_t>(rows.integer(0, 0));
    const auto size = static_cast<std::uint64_t>(rows.integer(0, 2));
    EXHIBIT_TRY(const auto checkpoint, readCheckpoint(transaction, epoch, size));
    if (!checkpoint) {
        return Proof{};
    }
    const auto nodes = ledgerNodes(transaction, epoch, checkpoint->head.size);
    EXHIBIT_TRY(auto text,
                proveInclusion(nodes, *checkpoint, static_cast<std::uint64_t>(rows.integer(0, 1))));
    return Proof(std::move(text));
}

} // namespace exhibit::storage
