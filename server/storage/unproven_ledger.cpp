// SPDX-License-Identifier: Apache-2.0
#include "server/storage/unproven_ledger.h"

#include "server/storage/ingest_insert.h"

#include <algorithm>

namespace exhibit::storage {
namespace {

void addItem(Sha256& hash, BytesView bytes)
{
    const auto size = static_cast<std::uint32_t>(bytes.size());
    std::array<char, 4> length{};
    for (std::size_t i = 0; i < length.size(); ++i) {
        length[i] = static_cast<char>((size >> (8 * i)) & 0xFFU);
    }
    hash.update(BytesView{length.data(), length.size()}).update(bytes);
}

} // namespace

Digest digestOf(const EntryDraft& entry)
{
    Sha256 hash;
    addItem(hash, entry.type);
    addItem(hash, formatTime(entry.occurredAt));
    addItem(hash, entry.incidentId ? entry.incidentId->text() : std::string{});
    addItem(hash, entry.reporterType);
    addItem(hash, entry.reporterId);
    auto fields = std::vector<const EntryField*>{};
    for (const auto& field : entry.fields) {
        fields.push_back(&field);
    }
    std::sort(fields.begin(), fields.end(), [](const auto* a, const auto* b) {
        return a->path < b->path;
    });
    for (const auto* field : fields) {
        addItem(hash, field->path);
        addItem(hash, asView(sha256(field->value)));
    }
    return hash.finish();
}

Result<void> UnprovenLedger::append(Transaction& transaction,
                                    TenantId tenant,
                                    std::span<const EntryDraft> entries)
{
    if (entries.empty()) {
        return {};
    }
    // The head row's lock orders the tenant's writers, also those of other replicas.
    const auto count = static_cast<std::int64_t>(entries.size());
    EXHIBIT_TRY(const Rows head,
                transaction.query("INSERT INTO unproven_heads AS h (tenant_id, next_row_no)"
                                  " VALUES ($1, $2) ON CONFLICT (tenant_id)"
                                  " DO UPDATE SET next_row_no = h.next_row_no + $2"
                                  " RETURNING next_row_no",
                                  {tenant, count}));
    std::int64_t rowNo = head.integer(0, 0) - count;
    std::vector<Parameters> rows;
    for (const auto& entry : entries) {
        rows.push_back({tenant, rowNo++, digestOf(entry)});
    }
    std::vector<Statement> statements;
    appendInserts(statements,
                  {"INSERT INTO unproven_rows (tenant_id, row_no, sha256)", "(?,?,?)", ""},
                  std::move(rows));
    EXHIBIT_CHECK(transaction.pipeline(statements));
    return {};
}

} // namespace exhibit::storage
