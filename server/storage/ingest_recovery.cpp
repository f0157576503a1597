// SPDX-License-Identifier: Apache-2.0
#include "server/ops/log.h"
#include "server/storage/ingest.h"
#include "server/storage/ingest_reader.h"

#include <map>
#include <thread>

namespace exhibit::storage {
namespace {

/// What the journal says of a call that has no last record.
struct Interrupted {
    TenantId tenant;
    spool::CallClosed closing;
};

using InterruptedCalls = std::map<CallId, Interrupted>;

void note(InterruptedCalls& calls, const spool::StoredRecord& stored)
{
    const auto& record = stored.record;
    if (record.kind == spool::RecordKind::CallClosed) {
        calls.erase(record.call);
        return;
    }
    const auto content = spool::decodeRecord(record.kind, record.payload);
    if (!content) {
        return; // Ingest sets it aside.
    }
    if (const auto* opened = std::get_if<spool::CallOpened>(&*content)) {
        auto& call = calls[record.call];
        call.tenant = record.tenant;
        call.closing.callId = opened->callId;
        call.closing.runId = opened->runId;
        call.closing.openedAt = opened->openedAt;
        call.closing.closedAt = opened->openedAt;
        return;
    }
    const auto found = calls.find(record.call);
    if (found == calls.end()) {
        return;
    }
    auto& closing = found->second.closing;
    closing.closedAt = std::max(closing.closedAt, record.at);
    if (const auto* chunk = std::get_if<spool::ChunkRecord>(&*content)) {
        closing.releasedBytes = chunk->offset + static_cast<std::int64_t>(chunk->body.size());
        closing.eventCount = std::max(closing.eventCount, chunk->firstEvent + chunk->eventCount);
        closing.firstByteUs = closing.firstByteUs.value_or(chunk->atUs);
    } else if (const auto* withheld = std::get_if<spool::WithheldRecord>(&*content)) {
        closing.withheldBytes += static_cast<std::int64_t>(withheld->body.size());
    }
}

spool::Record closingRecord(Interrupted call)
{
    auto& closing = call.closing;
    closing.outcome = "recovered";
    closing.recovered = true;
    closing.errorCode = "interrupted";
    // What the client got of it is not known; what began to go out had this status.
    closing.status = closing.releasedBytes > 0 ? 200 : 0;
    closing.usage.estimated = true;
    closing.latencyUs
        = std::chrono::duration_cast<std::chrono::microseconds>(closing.closedAt - closing.openedAt)
              .count();
    return {call.tenant,
            closing.callId,
            closing.closedAt,
            spool::RecordKind::CallClosed,
            spool::encodeRecord(closing)};
}

/// Completions may belong to a thread that does not run yet; the count of durable records is
/// enough.
Result<void> waitUntilDurable(const spool::Journal& journal,
                              std::int64_t recordNo,
                              Deadline deadline)
{
    while (journal.stats().durableRecordNo < recordNo) {
        if (deadline.reached()) {
            return fail(ErrorCode::DeadlineExceeded,
                        "the spool did not take the ends of interrupted calls in time");
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    return {};
}

} // namespace

Result<std::size_t> recoverOpenCalls(spool::Journal& journal, Deadline deadline)
{
    InterruptedCalls calls;
    JournalReader reader(journal);
    while (true) {
        EXHIBIT_TRY(const auto records, reader.next());
        if (records.empty()) {
            break;
        }
        for (const auto& record : records) {
            note(calls, record);
        }
    }
    for (auto& [id, call] : calls) {
        journal.append(closingRecord(std::move(call)), [](const Result<void>&) {});
    }
    const auto last = reader.position() + static_cast<std::int64_t>(calls.size());
    EXHIBIT_CHECK(waitUntilDurable(journal, last, deadline));
    if (!calls.empty()) {
        ops::logInfo("{} calls were interrupted and are closed as recovered", calls.size());
    }
    return calls.size();
}

} // namespace exhibit::storage
