// SPDX-License-Identifier: Apache-2.0
#include "server/api/reply.h"
#include "server/api/resources.h"
#include "server/storage/incident_store.h"

#include <algorithm>
#include <set>

namespace exhibit::api {
namespace {

constexpr std::size_t kTagBytesMax = 128;
constexpr std::size_t kAssigneeBytesMax = 256;
constexpr std::size_t kNoteBytesMax = 8192;

struct ChangeRequest {
    std::optional<domain::IncidentStatus> status;
    std::optional<domain::IncidentStatus> statusWas;
    std::optional<std::string> assignee;
    std::optional<std::string> assigneeWas;
    std::optional<std::vector<std::string>> tags;
    std::vector<std::string> addTags;
    std::vector<std::string> removeTags;
    std::optional<std::string> addNote;
    std::optional<domain::NoteId> withdrawNote;
};

template <class V>
void visitFields(V& visit, Of<V, ChangeRequest>& request)
{
    visit("status", request.status);
    visit("status_was", request.statusWas);
    visit("assignee", request.assignee);
    visit("assignee_was", request.assigneeWas);
    visit("tags", request.tags);
    visit.defaulted("add_tags", request.addTags);
    visit.defaulted("remove_tags", request.removeTags);
    visit("add_note", request.addNote);
    visit("withdraw_note", request.withdrawNote);
}

Result<void> checkTags(const std::vector<std::string>& tags, std::string pointer)
{
    const bool fits = tags.size() <= storage::kIncidentTagsMax
        && std::all_of(tags.begin(), tags.end(), [](const auto& tag) {
                          return !tag.empty() && tag.size() <= kTagBytesMax;
                      });
    if (!fits) {
        return fail(
            ErrorCode::InvalidInput, "at most 64 tags of 1 to 128 bytes", std::move(pointer));
    }
    if (std::set<std::string_view>(tags.begin(), tags.end()).size() != tags.size()) {
        return fail(ErrorCode::InvalidInput, "each tag once", std::move(pointer));
    }
    return {};
}

Result<void> checkChange(const storage::IncidentChange& change)
{
    const bool tagsOne = !change.addTags.empty() || !change.removeTags.empty();
    if (!change.status && !change.assignee && !change.tags && !tagsOne && !change.addNote
        && !change.withdrawNote) {
        return fail(ErrorCode::InvalidInput,
                    "nothing to change; status, assignee, tags, add_tags, remove_tags, add_note or"
                    " withdraw_note expected");
    }
    if (change.statusWas && !change.status) {
        return fail(ErrorCode::InvalidInput, "status_was needs a status", "/status_was");
    }
    if (change.assigneeWas && !change.assignee) {
        return fail(ErrorCode::InvalidInput, "assignee_was needs an assignee", "/assignee_was");
    }
    if (change.addNote && (change.addNote->empty() || change.addNote->size() > kNoteBytesMax)) {
        return fail(ErrorCode::InvalidInput, "a note has 1 to 8192 bytes", "/add_note");
    }
    if (change.tags && tagsOne) {
        return fail(ErrorCode::InvalidInput, "either all tags or single ones", "/tags");
    }
    if (change.assignee && *change.assignee
        && ((*change.assignee)->empty() || (*change.assignee)->size() > kAssigneeBytesMax)) {
        return fail(ErrorCode::InvalidInput, "an assignee has 1 to 256 bytes", "/assignee");
    }
    EXHIBIT_CHECK(checkTags(change.tags.value_or(std::vector<std::string>{}), "/tags"));
    EXHIBIT_CHECK(checkTags(change.addTags, "/add_tags"));
    return checkTags(change.removeTags, "/remove_tags");
}

Result<storage::IncidentChange> readChange(const http::Request& request)
{
    EXHIBIT_TRY(const Json body, readObject(request));
    EXHIBIT_TRY(auto read, fromJson<ChangeRequest>(body, UnknownMembers::Reject));
    storage::IncidentChange change;
    change.status = read.status;
    change.statusWas = read.statusWas;
    change.tags = std::move(read.tags);
    change.addTags = std::move(read.addTags);
    change.removeTags = std::move(read.removeTags);
    if (findMember(body, "assignee") != nullptr) {
        change.assignee = std::move(read.assignee); // null clears it.
    }
    if (findMember(body, "assignee_was") != nullptr) {
        change.assigneeWas = std::move(read.assigneeWas);
    }
    change.addNote = std::move(read.addNote);
    change.withdrawNote = read.withdrawNote;
    EXHIBIT_CHECK(checkChange(change));
    return change;
}

Json incidentJson(const storage::StoredIncident& stored)
{
    const auto& incident = stored.incident;
    return JsonObject{
        {"incident", toJson(incident)},
        {"links",
         JsonObject{{"run", "/api/v1/runs/" + incident.runId.text()},
                    {"policy", "/api/v1/policies/" + incident.policyId},
                    {"timeline", "/api/v1/incidents/" + incident.incidentId.text() + "/timeline"},
                    {"snapshot", "/api/v1/snapshots/" + stored.snapshotId}}}};
}

/// 404, or what is true of an incident that still waits in the spool (rulings.md 24).
http::Response notFound(const SharedServices& services,
                        const http::Request& request,
                        const security::Principal& principal,
                        IncidentId incident,
                        const Error& error)
{
    const bool waits = error.code == ErrorCode::NotFound || error.code == ErrorCode::Unavailable
        || error.code == ErrorCode::DeadlineExceeded;
    if (waits && services->incidentInSpool
        && services->incidentInSpool(principal.tenant, incident)) {
        http::ErrorReply reply;
        reply.status = 404;
        reply.code = "not_yet_ingested";
        reply.message = "the incident is recorded and will be found here shortly";
        reply.incidentId = incident.text();
        reply.retryAfterSeconds = 1;
        return http::errorResponse(reply, request.id);
    }
    return refusal(request, error);
}

http::Response getIncident(const SharedServices& services,
                           const http::Request& request,
                           const security::Principal& principal)
{
    EXHIBIT_ANSWER(request, const auto id, readId<IncidentId>(request));
    const auto stored = storage::IncidentStore(services->database)
                            .get(principal.tenant, id, Deadline::after(kHandlerTimeout));
    if (!stored) {
        return notFound(services, request, principal, id, stored.error());
    }
    return http::jsonResponse(200, incidentJson(*stored));
}

http::Response changeIncident(const SharedServices& services,
                              const http::Request& request,
                              const security::Principal& principal)
{
    EXHIBIT_ANSWER(request, const auto id, readId<IncidentId>(request));
    EXHIBIT_ANSWER(request, const auto change, readChange(request));
    const auto stored = storage::IncidentStore(services->database)
                            .change(principal.tenant,
                                    id,
                                    change,
                                    actorOf(request, principal),
                                    services->ledger,
                                    Deadline::after(kHandlerTimeout));
    if (!stored) {
        return notFound(services, request, principal, id, stored.error());
    }
    return http::jsonResponse(200, incidentJson(*stored));
}

http::Response getTimeline(const SharedServices& services,
                           const http::Request& request,
                           const security::Principal& principal)
{
    EXHIBIT_ANSWER(request, const auto id, readId<IncidentId>(request));
    const auto timeline = storage::IncidentStore(services->database)
                              .timeline(principal.tenant, id, Deadline::after(kHandlerTimeout));
    if (!timeline) {
        return notFound(services, request, principal, id, timeline.error());
    }
    JsonObject reply{{"incident_id", id.text()},
                     {"run_id", timeline->runId.text()},
                     {"events", toJson(timeline->events)},
                     {"inflection_step",
                      timeline->inflectionStep ? Json(*timeline->inflectionStep) : Json(nullptr)},
                     {"truncated", timeline->truncated()},
                     {"step_count", timeline->steps},
                     {"as_of", formatTime(asOf(*services, timeline->asOf))}};
    if (timeline->currency) {
        reply.emplace("currency", *timeline->currency);
    }
    return http::jsonResponse(200, std::move(reply));
}

} // namespace

std::vector<ApiRoute> incidentRoutes(const SharedServices& services)
{
    using domain::Scope;
    return {
        {"GET", "/api/v1/incidents/{id}", Scope::IncidentRead, with(services, getIncident)},
        {"PATCH", "/api/v1/incidents/{id}", Scope::IncidentWrite, with(services, changeIncident)},
        {"GET",
         "/api/v1/incidents/{id}/timeline",
         Scope::IncidentRead,
         with(services, getTimeline)}};
}

} // namespace exhibit::api
