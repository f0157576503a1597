// SPDX-License-Identifier: Apache-2.0
#include "server/storage/bates_store.h"

#include "models/report/bates.h"

namespace exhibit::storage {
namespace {

constexpr std::int64_t kEarlierMax = 100; ///< Listed on the cover.

/// Newest first. Delivered: the production's export is in the audit log.
Result<void> readEarlier(Transaction& transaction,
                         const std::string& prefix,
                         report::Numbering& numbering)
{
    EXHIBIT_TRY(const Rows rows,
                transaction.query(
                    "SELECT first_number, last_number, production_id, allocated_at, allocated_by,"
                    " EXISTS (SELECT FROM audit_logs l WHERE l.tenant_id = $1"
                    " AND l.action = 'export.created' AND l.resource = b.production_id"
                    " AND l.created_at >= b.allocated_at), count(*) OVER ()"
                    " FROM bates_allocations b WHERE tenant_id = $1 AND prefix = $2"
                    " ORDER BY first_number DESC LIMIT $3",
                    {transaction.tenant(), prefix, kEarlierMax}));
    for (std::size_t row = 0; row < rows.size(); ++row) {
        numbering.earlier.push_back({rows.integer(row, 0),
                                     rows.integer(row, 1),
                                     std::string(rows.text(row, 2)),
                                     rows.time(row, 3),
                                     std::string(rows.text(row, 4)),
                                     rows.boolean(row, 5)});
    }
    if (!rows.empty()) {
        numbering.earlierLeftOut = rows.integer(0, 6) - static_cast<std::int64_t>(rows.size());
    }
    return {};
}

Result<report::Numbering> allocate(Transaction& transaction,
                                   LedgerAppender& ledger,
                                   const BatesRequest& request)
{
    const auto tenant = transaction.tenant();
    EXHIBIT_CHECK(transaction.query(
        "SELECT pg_advisory_xact_lock(hashtextextended('exhibit/bates/' || $1::uuid || '/' || $2,"
        " 0))",
        {tenant, request.prefix}));
    report::Numbering numbering;
    EXHIBIT_CHECK(readEarlier(transaction, request.prefix, numbering));
    const std::int64_t before = numbering.earlier.empty() ? 0 : numbering.earlier.front().last;
    numbering.first = before + 1;
    const std::int64_t last = before + request.pages;
    if (last > report::kBatesMax) {
        return fail(ErrorCode::TooLarge,
                    "the prefix has too few numbers left; choose another",
                    "/production/prefix");
    }
    EXHIBIT_CHECK(transaction.query(
        "INSERT INTO bates_allocations (tenant_id, prefix, first_number, last_number, follows,"
        " production_id, incident_id, allocated_by, allocated_at)"
        " VALUES ($1, $2, $3, $4, nullif($5::bigint, 0), $6, $7, $8, $9)",
        {tenant,
         request.prefix,
         numbering.first,
         last,
         before,
         request.productionId,
         request.incident,
         request.actor.id,
         utcNow()}));
    const AuditedAction action{
        "bates.allocated",
        request.productionId,
        JsonObject{{"first", report::batesText(request.prefix, numbering.first)},
                   {"last", report::batesText(request.prefix, last)}},
        request.incident};
    EXHIBIT_CHECK(recordAction(transaction, ledger, request.actor, action));
    return numbering;
}

} // namespace

Result<report::Numbering> allocateBates(Database& database,
                                        LedgerAppender& ledger,
                                        TenantId tenant,
                                        const BatesRequest& request,
                                        Deadline deadline)
{
    return database.write(tenant, deadline, [&](Transaction& transaction) {
        return allocate(transaction, ledger, request);
    });
}

} // namespace exhibit::storage
