// SPDX-License-Identifier: Apache-2.0
#include "server/storage/recorded_check.h"

#include "server/storage/entry_names.h"
#include "server/storage/incident_row.h"
#include "server/storage/timeline_rows.h"

#include <algorithm>

namespace exhibit::storage {
namespace {

/// Of recorded bodies, read at once.
constexpr std::int64_t kBodyBytesAtOnce = 16LL << 20U;

Parameter idsOf(const std::map<Uuid, const Commitment*>& entries)
{
    std::vector<std::string> ids;
    for (const auto& [id, entry] : entries) {
        ids.push_back(id.hyphenated());
    }
    return Parameter::array(ids);
}

Result<report::RecordedStep> stepOf(const Rows& rows, std::size_t row, int hashColumn)
{
    report::RecordedStep step;
    EXHIBIT_TRY(step.event, timelineEventOf(rows, row));
    if (!rows.isNull(row, hashColumn)) {
        step.contentHash = digestFromBytes(rows.bytes(row, hashColumn));
    }
    return step;
}

} // namespace

void RecordedCheck::found(const Commitment& entry, const std::string& problem)
{
    if (!problem.empty()) {
        m_found(entry.sequence, problem);
    }
}

Result<void> RecordedCheck::check(const std::vector<Commitment>& page)
{
    Entries calls;
    Entries decisions;
    Entries incidents;
    for (const auto& entry : page) {
        if (entry.type == kCallEntry) {
            if (const auto id = CallId::parse(entry.value("/call_id").value_or(""))) {
                calls[id->value] = &entry;
            }
        } else if (entry.type == kDecisionEntry) {
            const auto document = entry.json("/decision");
            const auto id = DecisionId::parse(document ? stringMember(*document, "decision_id")
                                                       : std::string_view());
            if (id) {
                decisions[id->value] = &entry;
            }
        } else if (entry.type == kIncidentEntry) {
            if (const auto id = IncidentId::parse(entry.value("/incident_id").value_or(""))) {
                incidents[id->value] = &entry;
            }
        }
    }
    EXHIBIT_CHECK(checkCalls(calls));
    EXHIBIT_CHECK(checkSteps(calls));
    EXHIBIT_CHECK(checkDecisions(decisions));
    return checkIncidents(incidents);
}

Result<void> RecordedCheck::checkCalls(const Entries& entries)
{
    if (entries.empty()) {
        return {};
    }
    EXHIBIT_TRY(const Rows rows,
                m_transaction.query("SELECT call_id, sum(octet_length(bytes))::bigint"
                                    " FROM call_bodies WHERE tenant_id = $1"
                                    " AND call_id = ANY ($2::uuid[]) GROUP BY call_id",
                                    {m_transaction.tenant(), idsOf(entries)}));
    EXHIBIT_CHECK(checkGone(entries, rows));
    std::vector<CallId> ids;
    std::int64_t bytes = 0;
    for (std::size_t row = 0; row < rows.size(); ++row) {
        ids.push_back(CallId{rows.uuid(row, 0)});
        bytes += rows.integer(row, 1);
        if (bytes >= kBodyBytesAtOnce || row + 1 == rows.size()) {
            EXHIBIT_CHECK(checkBodies(entries, ids));
            ids.clear();
            bytes = 0;
        }
    }
    return {};
}

/// Calls without bytes, though their entries can be read, and so nobody erased them.
Result<void> RecordedCheck::checkGone(Entries entries, const Rows& bodies)
{
    for (std::size_t row = 0; row < bodies.size(); ++row) {
        entries.erase(bodies.uuid(row, 0));
    }
    std::erase_if(entries, [](const auto& one) { return !one.second->value("/request"); });
    if (entries.empty()) {
        return {};
    }
    EXHIBIT_TRY(const Rows rows,
                m_transaction.query("SELECT call_id FROM proxy_calls WHERE tenant_id = $1"
                                    " AND call_id = ANY ($2::uuid[])",
                                    {m_transaction.tenant(), idsOf(entries)}));
    for (std::size_t row = 0; row < rows.size(); ++row) {
        found(*entries.at(rows.uuid(row, 0)), "what was recorded of the call's bytes is gone");
    }
    return {};
}

void RecordedCheck::checkRowsThere(const Entries& entries, const Rows& rows, std::string_view what)
{
    std::set<Uuid> there;
    for (std::size_t row = 0; row < rows.size(); ++row) {
        there.insert(rows.uuid(row, 0));
    }
    for (const auto& [id, entry] : entries) {
        found(*entry, there.contains(id) ? "" : std::string(what) + " is gone");
    }
}

Result<void> RecordedCheck::checkBodies(const Entries& entries, const std::vector<CallId>& ids)
{
    EXHIBIT_TRY(const auto calls, readRecordedBodies(m_transaction, m_keys, ids));
    for (const auto& call : calls) {
        const auto& entry = *entries.at(call.callId.value);
        found(entry, compareBodies(entry, call));
    }
    return {};
}

/// Of calls whose rows are there: with them, the steps are.
Result<void> RecordedCheck::checkSteps(const Entries& entries)
{
    if (entries.empty()) {
        return {};
    }
    std::set<std::string> runs;
    for (const auto& [id, entry] : entries) {
        if (const auto run = RunId::parse(entry->value("/run_id").value_or(""))) {
            runs.insert(run->value.hyphenated());
        }
    }
    EXHIBIT_TRY(
        const Rows rows,
        m_transaction.query("SELECT " + std::string(kTimelineColumns)
                                + ", content_hash FROM steps WHERE tenant_id = $1"
                                  " AND run_id = ANY ($2::uuid[]) AND call_id = ANY ($3::uuid[])",
                            {m_transaction.tenant(),
                             Parameter::array(std::vector<std::string>(runs.begin(), runs.end())),
                             idsOf(entries)}));
    std::vector<report::RecordedStep> steps;
    steps.reserve(rows.size());
    std::map<Uuid, std::vector<const report::RecordedStep*>> calls;
    for (std::size_t row = 0; row < rows.size(); ++row) {
        auto step = stepOf(rows, row, kTimelineColumnCount);
        if (!step || !step->event.callId) {
            continue; // Its call's digest misses it.
        }
        steps.push_back(*std::move(step));
        calls[steps.back().event.callId->value].push_back(&steps.back());
    }
    for (const auto& [id, entry] : entries) {
        found(*entry, compareSteps(*entry, calls[id]));
    }
    return {};
}

Result<void> RecordedCheck::checkDecisions(const Entries& entries)
{
    if (entries.empty()) {
        return {};
    }
    EXHIBIT_TRY(const Rows rows,
                m_transaction.query("SELECT decision_id, document FROM decisions"
                                    " WHERE tenant_id = $1 AND decision_id = ANY ($2::uuid[])",
                                    {m_transaction.tenant(), idsOf(entries)}));
    checkRowsThere(entries, rows, "the row of the decision");
    for (std::size_t row = 0; row < rows.size(); ++row) {
        const auto& entry = *entries.at(rows.uuid(row, 0));
        found(entry, compareDecision(entry, rows.json(row, 1)));
    }
    return {};
}

Result<void> RecordedCheck::checkIncidents(const Entries& entries)
{
    if (entries.empty()) {
        return {};
    }
    EXHIBIT_TRY(const Rows rows,
                m_transaction.query("SELECT " + std::string(kIncidentColumns)
                                        + " FROM incidents i WHERE i.tenant_id = $1"
                                          " AND i.incident_id = ANY ($2::uuid[])",
                                    {m_transaction.tenant(), idsOf(entries)}));
    checkRowsThere(entries, rows, "the row of the incident");
    for (std::size_t row = 0; row < rows.size(); ++row) {
        const auto& entry = *entries.at(rows.uuid(row, 0));
        const auto incident = incidentOf(rows, row);
        found(entry,
              incident ? compareIncident(entry, *incident)
                       : "the row of the incident cannot be read");
    }
    return {};
}

} // namespace exhibit::storage
