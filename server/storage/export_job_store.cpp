// SPDX-License-Identifier: Apache-2.0
#include "server/storage/export_job_store.h"

#include "server/storage/ingest_insert.h"

namespace exhibit::storage {
namespace {

constexpr int kListedMax = 100;

constexpr std::string_view kColumns
    = "SELECT job_id, ordered_by, format, incident_id, state, phase, done, total, created_at,"
      " expires_at, ended_at, error_code, error_message, file_name, content_type, sha256, bytes,"
      " state IN ('waiting', 'running') AND (beat_at < clock_timestamp() - $2::bigint * interval"
      " '1 second' OR replica_id = $3 AND process_id <> $4) FROM export_jobs WHERE tenant_id = $1"
      " AND expires_at > clock_timestamp() AND ordered_by = $5";

Parameters parametersFor(const Transaction& transaction,
                         const ExportMaker& reader,
                         const std::string& orderedBy)
{
    return {transaction.tenant(),
            std::int64_t{kExportLostAfter.count()},
            reader.replica,
            reader.process,
            orderedBy};
}

Result<ExportJob> jobOf(const Rows& rows, std::size_t row)
{
    ExportJob job;
    job.id = ExportJobId{rows.uuid(row, 0)};
    job.orderedBy = rows.text(row, 1);
    job.format = rows.text(row, 2);
    if (!rows.isNull(row, 3)) {
        job.incident = IncidentId{rows.uuid(row, 3)};
    }
    EXHIBIT_TRY(job.state, parseEnum<ExportJobState>(rows.text(row, 4)));
    job.phase = rows.text(row, 5);
    job.done = rows.integer(row, 6);
    job.total = rows.integer(row, 7);
    job.createdAt = rows.time(row, 8);
    job.expiresAt = rows.time(row, 9);
    if (!rows.isNull(row, 10)) {
        job.endedAt = rows.time(row, 10);
    }
    job.errorCode = rows.text(row, 11);
    job.errorMessage = rows.text(row, 12);
    job.fileName = rows.text(row, 13);
    job.contentType = rows.text(row, 14);
    const Bytes digest = rows.bytes(row, 15);
    if (digest.size() == job.sha256.size()) {
        std::copy(digest.begin(), digest.end(), job.sha256.begin());
    }
    job.bytes = rows.integer(row, 16);
    if (rows.boolean(row, 17)) {
        job.state = ExportJobState::Failed;
        job.errorCode = "export_interrupted";
        job.errorMessage = "the server that made it ended; order it again";
    }
    return job;
}

tl::unexpected<Error> noSuchJob()
{
    return fail(ErrorCode::NotFound, "there is no such export, or it has expired", "id");
}

/// For what a crash may take: the commit waits for no disk. The job's end does, and what came
/// before it is durable with it.
Result<void> commitSoon(Transaction& transaction)
{
    EXHIBIT_CHECK(transaction.query("SET LOCAL synchronous_commit = off"));
    return {};
}

std::int64_t keptSeconds()
{
    return std::chrono::seconds(kExportKept).count();
}

} // namespace

Result<void> addExportJob(Transaction& transaction, const ExportMaker& maker, const ExportJob& job)
{
    const auto tenant = transaction.tenant();
    // Two orders at once: each sees what the other took.
    EXHIBIT_CHECK(
        transaction.query("SELECT pg_advisory_xact_lock(hashtextextended('exhibit/exports/'"
                          " || $1::uuid, 0))",
                          {tenant}));
    EXHIBIT_TRY(
        const Rows taken,
        transaction.query(
            "SELECT count(*) FILTER (WHERE state IN ('waiting', 'running') AND beat_at >="
            " clock_timestamp() - $2::bigint * interval '1 second'"
            " AND NOT (replica_id = $3 AND process_id <> $4)),"
            " coalesce(sum(bytes), 0)::bigint FROM export_jobs"
            " WHERE tenant_id = $1 AND expires_at > clock_timestamp()",
            {tenant, std::int64_t{kExportLostAfter.count()}, maker.replica, maker.process}));
    if (taken.integer(0, 0) >= kOpenExportsMax) {
        return fail(ErrorCode::TooLarge, "as many exports as may be open are open", "exports");
    }
    if (taken.integer(0, 1) >= kKeptExportBytesMax) {
        return fail(
            ErrorCode::TooLarge, "too many bytes of exports are kept; delete some", "exports");
    }
    EXHIBIT_CHECK(transaction.query(
        "INSERT INTO export_jobs (tenant_id, job_id, ordered_by, replica_id, process_id, format,"
        " incident_id, state, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7,"
        " 'waiting', $8, $8::timestamptz + $9::bigint * interval '1 second')",
        {tenant,
         job.id,
         job.orderedBy,
         maker.replica,
         maker.process,
         job.format,
         job.incident,
         job.createdAt,
         keptSeconds()}));
    return {};
}

Result<ExportJob> readExportJob(Transaction& transaction,
                                const ExportMaker& reader,
                                ExportJobId id,
                                const std::string& orderedBy)
{
    auto parameters = parametersFor(transaction, reader, orderedBy);
    parameters.emplace_back(id);
    EXHIBIT_TRY(const Rows rows,
                transaction.query(std::string(kColumns) + " AND job_id = $6", parameters));
    if (rows.empty()) {
        return noSuchJob();
    }
    return jobOf(rows, 0);
}

Result<std::vector<ExportJob>> listExportJobs(Transaction& transaction,
                                              const ExportMaker& reader,
                                              const std::string& orderedBy)
{
    auto parameters = parametersFor(transaction, reader, orderedBy);
    parameters.emplace_back(kListedMax);
    EXHIBIT_TRY(
        const Rows rows,
        transaction.query(std::string(kColumns) + " ORDER BY job_id DESC LIMIT $6", parameters));
    std::vector<ExportJob> jobs;
    for (std::size_t row = 0; row < rows.size(); ++row) {
        EXHIBIT_TRY(auto job, jobOf(rows, row));
        jobs.push_back(std::move(job));
    }
    return jobs;
}

Result<void> dropExportJob(Transaction& transaction, ExportJobId id, const std::string& orderedBy)
{
    const Parameters parameters{transaction.tenant(), id, orderedBy};
    EXHIBIT_TRY(const Rows cancelled,
                transaction.query("UPDATE export_jobs SET state = 'cancelled',"
                                  " ended_at = clock_timestamp() WHERE tenant_id = $1"
                                  " AND job_id = $2 AND ordered_by = $3"
                                  " AND state IN ('waiting', 'running')",
                                  parameters));
    if (cancelled.affected() > 0) {
        return {};
    }
    EXHIBIT_TRY(const Rows dropped,
                transaction.query("DELETE FROM export_jobs WHERE tenant_id = $1 AND job_id = $2"
                                  " AND ordered_by = $3",
                                  parameters));
    if (dropped.affected() == 0) {
        return noSuchJob();
    }
    return {};
}

Result<bool> beatExportJob(Transaction& transaction, const ExportJob& job)
{
    EXHIBIT_CHECK(commitSoon(transaction));
    EXHIBIT_TRY(
        const Rows rows,
        transaction.query(
            "UPDATE export_jobs SET beat_at = clock_timestamp(), state = $3,"
            " phase = $4, done = $5, total = $6 WHERE tenant_id = $1"
            " AND job_id = $2 AND state IN ('waiting', 'running')",
            {transaction.tenant(), job.id, wireName(job.state), job.phase, job.done, job.total}));
    return rows.affected() > 0;
}

Result<void> failExportJob(Transaction& transaction,
                           ExportJobId id,
                           const std::string& code,
                           const std::string& message)
{
    EXHIBIT_CHECK(transaction.query(
        "UPDATE export_jobs SET state = 'failed', ended_at = clock_timestamp(), error_code = $3,"
        " error_message = $4 WHERE tenant_id = $1 AND job_id = $2"
        " AND state IN ('waiting', 'running')",
        {transaction.tenant(), id, code, storable(message)}));
    return dropExportParts(transaction, id);
}

Result<void> addExportPart(Transaction& transaction,
                           ExportJobId id,
                           std::int64_t part,
                           BytesView content)
{
    EXHIBIT_CHECK(commitSoon(transaction));
    EXHIBIT_CHECK(
        transaction.query("INSERT INTO export_job_parts (tenant_id, job_id, part, content)"
                          " VALUES ($1, $2, $3, $4)",
                          {transaction.tenant(), id, part, Parameter::bytes(content)}));
    return {};
}

Result<void> finishExportJob(Transaction& transaction, const ExportJob& job)
{
    EXHIBIT_TRY(const Rows rows,
                transaction.query(
                    "UPDATE export_jobs SET state = 'done', ended_at = clock_timestamp(),"
                    " expires_at = clock_timestamp() + $3::bigint * interval '1 second',"
                    " done = total, file_name = $4, content_type = $5, sha256 = $6, bytes = $7"
                    " WHERE tenant_id = $1 AND job_id = $2 AND state IN ('waiting', 'running')",
                    {transaction.tenant(),
                     job.id,
                     keptSeconds(),
                     job.fileName,
                     job.contentType,
                     job.sha256,
                     job.bytes}));
    if (rows.affected() == 0) {
        return fail(ErrorCode::Cancelled, "nobody wants this export any more");
    }
    return {};
}

Result<void> dropExportParts(Transaction& transaction, ExportJobId id)
{
    EXHIBIT_CHECK(
        transaction.query("DELETE FROM export_job_parts WHERE tenant_id = $1 AND job_id = $2",
                          {transaction.tenant(), id}));
    return {};
}

Result<Bytes> readExportPart(Transaction& transaction, ExportJobId id, std::int64_t part)
{
    EXHIBIT_TRY(const Rows rows,
                transaction.query("SELECT content FROM export_job_parts WHERE tenant_id = $1"
                                  " AND job_id = $2 AND part = $3",
                                  {transaction.tenant(), id, part}));
    if (rows.empty()) {
        return noSuchJob();
    }
    return rows.bytes(0, 0);
}

Result<void> dropExpiredExports(Transaction& transaction)
{
    EXHIBIT_CHECK(transaction.query(
        "DELETE FROM export_jobs WHERE tenant_id = $1 AND expires_at <= clock_timestamp()",
        {transaction.tenant()}));
    return {};
}

Result<void> dropExportsOfErased(Transaction& transaction)
{
    EXHIBIT_CHECK(
        transaction.query("UPDATE export_jobs SET state = 'failed', ended_at = clock_timestamp(),"
                          " error_code = 'export_withdrawn', sha256 = NULL, bytes = NULL,"
                          " error_message = 'something was erased that it may show; order it again'"
                          " WHERE tenant_id = $1 AND state IN ('waiting', 'running', 'done')",
                          {transaction.tenant()}));
    EXHIBIT_CHECK(transaction.query("DELETE FROM export_job_parts WHERE tenant_id = $1",
                                    {transaction.tenant()}));
    return {};
}

} // namespace exhibit::storage
