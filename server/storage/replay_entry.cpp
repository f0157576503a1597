// SPDX-License-Identifier: Apache-2.0
#include "server/storage/replay_entry.h"

namespace exhibit::storage {
namespace {

std::string textList(const std::vector<std::string>& texts)
{
    return printJson(JsonArray(texts.begin(), texts.end()));
}

} // namespace

Result<EntryDraft> replayEntry(std::string_view type, const ReplayFindings& found)
{
    const auto& [incident, call, outcome, match, actor] = found;
    EntryDraft entry;
    entry.type = type;
    entry.occurredAt = utcNow();
    entry.incidentId = incident;
    entry.subject = call.userId ? "user:" + *call.userId : call.callId.text();
    entry.reporterType = "user";
    entry.reporterId = actor.id;
    EXHIBIT_TRY(const std::string content, replay::canonicalContent(outcome.original));
    entry.fields = {{"/call_id", call.callId.text()},
                    {"/original", content},
                    {"/snapshot_id", outcome.again.snapshotId},
                    {"/reevaluation/identical", outcome.differences.empty() ? "true" : "false"},
                    {"/reevaluation/differences", textList(outcome.differences)}};
    if (outcome.replayed && match) {
        EXHIBIT_TRY(const std::string replayed,
                    replay::canonicalContent(outcome.replayed->content));
        entry.fields.push_back({"/replay", replayed});
        entry.fields.push_back({"/replay_call_id", outcome.replayed->callId.text()});
        entry.fields.push_back({"/run_id", outcome.replayed->runId.text()});
        entry.fields.push_back({"/match_level", std::string(wireName(match->level))});
        entry.fields.push_back({"/comparison", printJson(toJson(match->comparison))});
    } else {
        entry.fields.push_back({"/not_replayable_reason", outcome.notReplayableReason});
    }
    return entry;
}

} // namespace exhibit::storage
