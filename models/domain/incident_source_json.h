// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/domain/incident_source.h"

namespace exhibit {

/// What may be set to nothing: null says so, where absence says nothing.
template <>
struct JsonCodec<std::optional<std::string>> {
    static Json write(const std::optional<std::string>& value)
    {
        return value ? Json(*value) : Json(nullptr);
    }
};

} // namespace exhibit

/// How the questions and answers of incident_source.h stand on the wire (resources/openapi.json).
namespace exhibit::domain {

template <class V>
void visitFields(V& visit, Of<V, SearchRequest>& request)
{
    visit("query", request.query);
    visit("user_id", request.userId);
    visit("session_id", request.sessionId);
    visit("run_id", request.runId);
    visit("time_from", request.timeFrom);
    visit("time_to", request.timeTo);
    // An empty array would select nothing.
    if (!request.severities.empty()) {
        visit("severity", request.severities);
    }
    visit("policy", request.policy);
    visit("status", request.status);
    visit("model", request.model);
    visit("failure_code", request.failureCode);
    visit("sort", request.sort);
    visit("order", request.order);
    visit("limit", request.limit);
    visit("cursor", request.cursor);
    visit("offset", request.offset);
}

template <class V>
void visitFields(V& visit, Of<V, SearchHit>& hit)
{
    visitFields(visit, hit.incident);
    visit.defaulted("highlights", hit.highlights);
    visit("result", hit.result);
}

template <class V>
void visitFields(V& visit, Of<V, SearchReply>& reply)
{
    visit("incidents", reply.incidents);
    visit("total", reply.total);
    visit("total_is_estimate", reply.totalIsEstimate);
    visit("next_cursor", reply.nextCursor);
    visit("as_of", reply.asOf);
}

template <class V>
void visitFields(V& visit, Of<V, FacetsRequest>& request)
{
    visit("search", request.search);
    visit("fields", request.fields);
    visit("limit", request.limit);
}

template <class V>
void visitFields(V& visit, Of<V, FacetValue>& value)
{
    visit("value", value.value);
    visit("count", value.count);
}

template <class V>
void visitFields(V& visit, Of<V, Facet>& facet)
{
    visit("field", facet.field);
    visit("values", facet.values);
    visit.defaulted("others", facet.others);
}

template <class V>
void visitFields(V& visit, Of<V, FacetsReply>& reply)
{
    visit("facets", reply.facets);
    visit.defaulted("is_estimate", reply.isEstimate);
}

template <class V>
void visitFields(V& visit, Of<V, HistogramRequest>& request)
{
    visit("search", request.search);
    visit("bars", request.bars);
    visit("estimate", request.estimate);
}

template <class V>
void visitFields(V& visit, Of<V, HistogramReply>& reply)
{
    visit("from", reply.from);
    visit("bar_seconds", reply.barSeconds);
    visit("counts", reply.counts);
    visit.defaulted("is_estimate", reply.isEstimate);
}

template <class V>
void visitFields(V& visit, Of<V, IncidentChange>& change)
{
    visit("status", change.status);
    visit("status_was", change.statusWas);
    visit("assignee", change.assignee);
    visit("assignee_was", change.assigneeWas);
    visit("tags", change.tags);
    visit("add_tags", change.addTags);
    visit("remove_tags", change.removeTags);
    visit("add_note", change.addNote);
    visit("withdraw_note", change.withdrawNote);
}

template <class V>
void visitFields(V& visit, Of<V, TimelineReply>& reply)
{
    visit("incident_id", reply.incidentId);
    visit("run_id", reply.runId);
    visit("events", reply.events);
    visit("inflection_step", reply.inflectionStep);
    visit.defaulted("truncated", reply.truncated);
    visit.defaulted("step_count", reply.stepCount);
    visit("currency", reply.currency);
    visit("as_of", reply.asOf);
}

} // namespace exhibit::domain
