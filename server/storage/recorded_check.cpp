// SPDX-License-Identifier: Apache-2.0
#include "server/storage/recorded_check.h"

#include "server/storage/entry_names.h"
#include "server/storage/incident_row.h"
#include "server/storage/ingest_insert.h"
#include "server/storage/sorted_json.h"
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

/// Copies for queries; the document itself was compared.
bool hasColumnsOfDocument(const Commitment& entry, const Rows& rows, std::size_t row)
{
    const auto decision = fromJson<domain::Decision>(rows.json(row, 1));
    const auto call = entry.value("/call_id");
    return decision && (!call || *call == CallId{rows.uuid(row, 2)}.text())
        && rows.text(row, 3) == decision->policyId
        && rows.integer(row, 4) == decision->policyVersion
        && rows.text(row, 5) == wireName(decision->stage)
        && rows.text(row, 6) == wireName(decision->result)
        && rows.text(row, 7) == wireName(decision->severity)
        && rows.text(row, 8) == wireName(decision->mode) && rows.text(row, 9) == decision->reason
        && rows.text(row, 10) == decision->snapshotId
        && rows.integer(row, 11) == decision->evaluationUs && rows.time(row, 12) == decision->at;
}

/// A column with a document, as the entry says it; after an erasure nobody can tell.
bool isAsSaid(
    const Commitment& entry, std::string_view path, const Rows& rows, std::size_t row, int column)
{
    if (!entry.value("/incident")) {
        return true;
    }
    const auto said = entry.json(path);
    return said.has_value() != rows.isNull(row, column)
        && (!said || sortedJson(storable(*said)) == sortedJson(rows.json(row, column)));
}

} // namespace

void RecordedCheck::found(const Commitment& entry, const std::string& problem)
{
    if (!problem.empty()) {
        m_found(entry.sequence, problem);
    }
}

bool RecordedCheck::isAbout(std::string_view type)
{
    return type == kCallEntry || type == kDecisionEntry || type == kIncidentEntry;
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
    EXHIBIT_CHECK(checkLinks(calls));
    EXHIBIT_CHECK(checkLinks(decisions));
    EXHIBIT_CHECK(checkCalls(calls));
    EXHIBIT_CHECK(checkSteps(calls));
    EXHIBIT_CHECK(checkDecisions(decisions));
    return checkIncidents(incidents);
}

/// The first entry of an id is the one that is linked; another one has to be of the same.
Result<bool> RecordedCheck::isOfSame(const Commitment& entry, const Rows& rows, std::size_t row)
{
    const auto epoch = static_cast<std::int32_t>(rows.integer(row, 1));
    const auto sequence = static_cast<std::uint64_t>(rows.integer(row, 2));
    if (epoch == entry.epoch && sequence == entry.sequence) {
        return true;
    }
    const auto other = readCommitmentAt(m_transaction, m_keys, epoch, sequence, entry.type);
    if (!other && other.error().code != ErrorCode::Conflict) {
        return tl::make_unexpected(other.error());
    }
    const bool earlier = std::pair(epoch, sequence) < std::pair(entry.epoch, entry.sequence);
    const auto path = entry.type == kCallEntry ? "/call_id" : "/decision";
    return other && earlier && other->value(path) == entry.value(path);
}

Result<void> RecordedCheck::checkLinks(const Entries& entries)
{
    if (entries.empty()) {
        return {};
    }
    EXHIBIT_TRY(const Rows rows,
                m_transaction.query("SELECT about, epoch, sequence_number FROM ledger_links"
                                    " WHERE tenant_id = $1 AND about = ANY ($2::uuid[])",
                                    {m_transaction.tenant(), idsOf(entries)}));
    checkRowsThere(entries, rows, "the link by which the entry is found");
    for (std::size_t row = 0; row < rows.size(); ++row) {
        const auto& entry = *entries.at(rows.uuid(row, 0));
        EXHIBIT_TRY(const bool same, isOfSame(entry, rows, row));
        found(entry, same ? "" : "the link by which the entry is found leads to another one");
    }
    return {};
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
                m_transaction.query("SELECT decision_id, document, call_id, policy_id,"
                                    " policy_version, stage, result, severity, mode, reason,"
                                    " snapshot_id, evaluation_us, decided_at FROM decisions"
                                    " WHERE tenant_id = $1 AND decision_id = ANY ($2::uuid[])",
                                    {m_transaction.tenant(), idsOf(entries)}));
    checkRowsThere(entries, rows, "the row of the decision");
    for (std::size_t row = 0; row < rows.size(); ++row) {
        const auto& entry = *entries.at(rows.uuid(row, 0));
        const auto problem = compareDecision(entry, rows.json(row, 1));
        const bool alike = !problem.empty() || hasColumnsOfDocument(entry, rows, row);
        found(entry, alike ? problem : "the columns beside a decision are not what it says");
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
                                        + ", i.stop, i.inflection FROM incidents i"
                                          " WHERE i.tenant_id = $1"
                                          " AND i.incident_id = ANY ($2::uuid[])",
                                    {m_transaction.tenant(), idsOf(entries)}));
    checkRowsThere(entries, rows, "the row of the incident");
    for (std::size_t row = 0; row < rows.size(); ++row) {
        const auto& entry = *entries.at(rows.uuid(row, 0));
        const auto incident = incidentOf(rows, row);
        found(entry,
              incident ? compareIncident(entry, *incident)
                       : "the row of the incident cannot be read");
        const bool alike = isAsSaid(entry, "/stop", rows, row, kIncidentColumnCount)
            && isAsSaid(entry, "/inflection", rows, row, kIncidentColumnCount + 1);
        found(entry, alike ? "" : "where the incident's answer was stopped is not what it says");
    }
    return {};
}

} // namespace exhibit::storage
