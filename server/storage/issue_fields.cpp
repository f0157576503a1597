// SPDX-License-Identifier: Apache-2.0
#include "server/storage/issue_fields.h"

#include "models/evidence/certificate_document.h"

#include <algorithm>

namespace exhibit::storage {
namespace {

/// Where the entry lists the claim; nullopt when it is about something else.
std::optional<std::uint32_t> claimPosition(const evidence::Entry& entry)
{
    for (std::uint32_t i = 0; i < entry.fields.size(); ++i) {
        if (entry.type == evidence::kCertificateEntry
            && entry.fields[i].path == evidence::kCertificateClaim) {
            return i;
        }
    }
    return std::nullopt;
}

const FieldFile* fileAt(const std::vector<FieldFile>& files, std::uint32_t position)
{
    const auto found = std::find_if(files.begin(), files.end(), [position](const auto& file) {
        return file.position == position && !file.blob;
    });
    return found == files.end() ? nullptr : &*found;
}

Result<void> keepOne(Transaction& transaction,
                     SubjectKeys& keys,
                     Uuid certificate,
                     std::int32_t epoch,
                     std::uint64_t sequence)
{
    EXHIBIT_TRY(const auto rows, readChain(transaction, epoch, sequence, 1));
    EXHIBIT_TRY(const auto fields, openFields(transaction, keys, epoch, sequence, 1));
    const auto files = fields.files.find(sequence);
    const auto entry = rows.empty()
        ? Result<evidence::Entry>(fail(ErrorCode::NotFound, "no such entry"))
        : evidence::parseEntry(rows.front().entry);
    const auto position = entry ? claimPosition(*entry) : std::nullopt;
    const auto* file
        = position && files != fields.files.end() ? fileAt(files->second, *position) : nullptr;
    if (file == nullptr) {
        return {}; // Lost with its key before there was this table, or damaged.
    }
    EXHIBIT_CHECK(
        transaction.query("INSERT INTO certificate_issue_fields (tenant_id, certificate_id, field)"
                          " VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
                          {transaction.tenant(), certificate, Parameter::bytes(file->bytes)}));
    return {};
}

} // namespace

Result<void> keepIssueField(Transaction& transaction,
                            SubjectKeys& keys,
                            domain::CertificateId certificate)
{
    EXHIBIT_TRY(const Rows rows,
                transaction.query("SELECT epoch, sequence_number FROM certificates"
                                  " WHERE tenant_id = $1 AND certificate_id = $2",
                                  {transaction.tenant(), certificate}));
    return keepOne(transaction,
                   keys,
                   certificate.value,
                   static_cast<std::int32_t>(rows.integer(0, 0)),
                   static_cast<std::uint64_t>(rows.integer(0, 1)));
}

Result<void> keepIssueFields(Transaction& transaction, SubjectKeys& keys)
{
    EXHIBIT_TRY(const Rows rows,
                transaction.query("SELECT c.certificate_id, c.epoch, c.sequence_number"
                                  " FROM certificates c WHERE c.tenant_id = $1 AND NOT EXISTS"
                                  " (SELECT FROM certificate_issue_fields f"
                                  "  WHERE f.tenant_id = $1"
                                  "  AND f.certificate_id = c.certificate_id)",
                                  {transaction.tenant()}));
    for (std::size_t row = 0; row < rows.size(); ++row) {
        EXHIBIT_CHECK(keepOne(transaction,
                              keys,
                              rows.uuid(row, 0),
                              static_cast<std::int32_t>(rows.integer(row, 1)),
                              static_cast<std::uint64_t>(rows.integer(row, 2))));
    }
    return {};
}

Result<std::vector<FieldFile>> withIssueField(Transaction& transaction,
                                              std::int32_t epoch,
                                              const evidence::Entry& entry,
                                              std::vector<FieldFile> files)
{
    const auto position = claimPosition(entry);
    if (!position || fileAt(files, *position) != nullptr) {
        return files;
    }
    EXHIBIT_TRY(const Rows rows,
                transaction.query(
                    "SELECT f.field FROM certificate_issue_fields f"
                    " JOIN certificates c USING (tenant_id, certificate_id)"
                    " WHERE c.tenant_id = $1 AND c.epoch = $2"
                    " AND c.sequence_number = $3",
                    {transaction.tenant(), epoch, static_cast<std::int64_t>(entry.sequence)}));
    if (!rows.empty() && evidence::entryHash(rows.bytes(0, 0)) == entry.fields[*position].digest) {
        files.push_back({*position, false, false, rows.bytes(0, 0)});
    }
    return files;
}

} // namespace exhibit::storage
