// SPDX-License-Identifier: Apache-2.0
#include "server/storage/erasure_reading.h"

#include "models/base/limits.h"
#include "models/evidence/field.h"
#include "server/storage/ingest_insert.h"

namespace exhibit::storage {
namespace {

/// The fields that an erasure's details name; none where it is of a form that names none.
Result<std::vector<evidence::ErasedField>> namedBy(const evidence::Entry& entry,
                                                   const std::vector<FieldFile>& files)
{
    for (const auto& file : files) {
        if (file.blob || file.position >= entry.fields.size()
            || entry.fields[file.position].path != evidence::kErasureDetails) {
            continue;
        }
        EXHIBIT_TRY(const auto field, evidence::parseField(file.bytes));
        const auto* details = field.value.if_string();
        auto fields = details ? evidence::parseErasedFields(*details) : std::nullopt;
        return fields ? *std::move(fields) : std::vector<evidence::ErasedField>{};
    }
    return std::vector<evidence::ErasedField>{};
}

} // namespace

Result<std::vector<evidence::ErasedField>> fieldsOfSubject(Transaction& transaction,
                                                           const SubjectId& subject)
{
    EXHIBIT_CHECK(transaction.query("SELECT 1 FROM ledger_heads"
                                    " WHERE tenant_id = $1 AND closed_at IS NULL FOR UPDATE",
                                    {transaction.tenant()}));
    std::vector<evidence::ErasedField> fields;
    std::int64_t after = -1;
    const std::size_t page = limits::kLedgerPageRowsMax;
    for (std::size_t got = page; got == page;) {
        EXHIBIT_TRY(
            const Rows rows,
            transaction.query(
                "SELECT c.sequence_number, c.entry FROM subject_keys k"
                " JOIN ledger_fields f USING (tenant_id, key_id)"
                " JOIN ledger_heads h USING (tenant_id, epoch)"
                " JOIN incident_log_chain c USING (tenant_id, epoch, sequence_number)"
                " WHERE k.tenant_id = $1 AND k.subject = $2 AND h.closed_at IS NULL"
                " AND c.sequence_number > $3 ORDER BY c.sequence_number LIMIT $4",
                {transaction.tenant(), storable(subject), after, static_cast<std::int64_t>(page)}));
        got = rows.size();
        for (std::size_t row = 0; row < got; ++row) {
            after = rows.integer(row, 0);
            EXHIBIT_TRY(const auto entry, evidence::parseEntry(rows.bytes(row, 1)));
            for (const auto& field : entry.fields) {
                if (!isPublicPath(field.path)) {
                    fields.push_back({entry.sequence, field.path, field.digest});
                }
            }
        }
    }
    return fields;
}

Result<Erasures> Erasures::read(Transaction& transaction, SubjectKeys& keys, std::int32_t epoch)
{
    EXHIBIT_TRY(const Rows rows,
                transaction.query("SELECT sequence_number FROM incident_log_chain"
                                  " WHERE tenant_id = $1 AND epoch = $2 AND event_type = $3"
                                  " ORDER BY sequence_number",
                                  {transaction.tenant(), epoch, evidence::kErasureEntry}));
    Erasures erasures;
    for (std::size_t row = 0; row < rows.size(); ++row) {
        const auto sequence = static_cast<std::uint64_t>(rows.integer(row, 0));
        EXHIBIT_TRY(const auto chain, readChain(transaction, epoch, sequence, 1));
        EXHIBIT_TRY(const auto opened, openFields(transaction, keys, epoch, sequence, 1));
        if (!opened.damaged.empty()) {
            return fail(ErrorCode::Corrupt,
                        "stored fields were changed; the log has to be verified",
                        std::to_string(sequence));
        }
        EXHIBIT_TRY(const auto entry, evidence::parseEntry(chain.at(0).entry));
        const auto files = opened.files.find(sequence);
        if (files == opened.files.end()) {
            continue;
        }
        EXHIBIT_TRY(auto fields, namedBy(entry, files->second));
        for (auto& field : fields) {
            erasures.m_by.emplace(std::move(field), sequence);
        }
    }
    return erasures;
}

std::optional<std::uint64_t> Erasures::of(std::uint64_t sequence,
                                          const std::string& path,
                                          const Digest& digest) const
{
    const auto found = m_by.find({sequence, path, digest});
    return found == m_by.end() ? std::nullopt : std::optional(found->second);
}

std::set<std::uint64_t> Erasures::ofEntries(const std::set<std::uint64_t>& entries) const
{
    std::set<std::uint64_t> erasures;
    for (const auto& [field, by] : m_by) {
        if (entries.contains(field.sequence)) {
            erasures.insert(by);
        }
    }
    return erasures;
}

std::set<std::uint64_t> Erasures::entriesOf(std::uint64_t erasure) const
{
    std::set<std::uint64_t> entries;
    for (const auto& [field, by] : m_by) {
        if (by == erasure) {
            entries.insert(field.sequence);
        }
    }
    return entries;
}

} // namespace exhibit::storage
