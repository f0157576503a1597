// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json.h"
#include "models/base/time.h"
#include "models/domain/call_exchange.h"
#include "models/domain/certificate.h"
#include "models/domain/field_values.h"
#include "models/domain/found_call.h"
#include "models/domain/incident.h"
#include "models/domain/live_event.h"
#include "models/domain/run.h"
#include "models/domain/search_order.h"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

/// What the user interface asks for, and the source it asks: a server or, later, an opened pack.
namespace exhibit::domain {

struct SearchRequest {
    std::optional<std::string> query; ///< In the search language (models/query).
    std::optional<std::string> userId;
    std::optional<std::string> sessionId;
    std::optional<std::string> runId;
    std::optional<UtcTime> timeFrom; ///< Inclusive.
    std::optional<UtcTime> timeTo; ///< Exclusive.
    std::vector<Severity> severities; ///< Empty: any.
    std::optional<std::string> policy;
    std::optional<IncidentStatus> status;
    std::optional<std::string> model;
    std::optional<FailureCode> failureCode;
    std::optional<SearchSort> sort; ///< Absent: by time.
    std::optional<SearchOrder> order; ///< Absent: descending, by time the newest first.
    std::optional<std::uint32_t> limit;
    std::optional<std::string> cursor; ///< nextCursor of the page before.
    std::optional<std::uint32_t> offset; ///< At most limits::kPageOffsetMax.
};

struct SearchHit {
    Incident incident;
    std::vector<std::string> highlights; ///< Text with <mark>…</mark>, else HTML-escaped.
    std::optional<DecisionResult> result; ///< What the policy did; absent when not recorded.
};

struct SearchReply {
    std::vector<SearchHit> incidents;
    std::int64_t total = 0;
    bool totalIsEstimate = false;
    std::optional<std::string> nextCursor; ///< Empty on the last page.
    UtcTime asOf{};
};

/// Counts over all matches; each field ignores its own restriction: the alternatives stay visible.
struct FacetsRequest {
    SearchRequest search;
    /// "severity", "policy", "status", "model", "user", "session", "tag".
    std::vector<std::string> fields;
    std::uint32_t limit = 8; ///< Values per field, the most frequent first.
};

struct FacetValue {
    std::string value;
    std::int64_t count = 0;
};

struct Facet {
    std::string field;
    std::vector<FacetValue> values;
    std::int64_t others = 0; ///< Matches under values that are not listed.
};

struct FacetsReply {
    std::vector<Facet> facets;
    bool isEstimate = false;
};

struct HistogramRequest {
    SearchRequest search; ///< Its times are ignored unless they are the only bounds.
    std::uint32_t bars = 120; ///< At most; the width is rounded up to a unit of the clock.
    std::optional<bool> estimate{}; ///< Many matches may be: as long however many there are.
};

struct HistogramReply {
    UtcTime from{}; ///< Of the first bar.
    std::int64_t barSeconds = 0;
    std::vector<std::int64_t> counts; ///< Of all matches, oldest first.
    bool isEstimate = false;
};

struct TimelineReply {
    IncidentId incidentId;
    RunId runId;
    std::vector<TimelineEvent> events;
    std::optional<std::int64_t> inflectionStep;
    bool truncated = false; ///< There are more events than these, which are around the incident.
    std::int64_t stepCount = 0; ///< Of the whole run.
    std::optional<std::string> currency; ///< Of every event's cost_microcents.
    UtcTime asOf{};
};

/// Absent members stay as they are.
struct IncidentChange {
    std::optional<IncidentStatus> status;
    std::optional<IncidentStatus> statusWas; ///< Nothing is changed when it is another by now.
    /// Empty inside: nobody.
    std::optional<std::optional<std::string>> assignee;
    /// Likewise; nothing is changed when it is somebody else by now.
    std::optional<std::optional<std::string>> assigneeWas;
    std::optional<std::vector<std::string>> tags; ///< Replaces all; not with the two below.
    std::optional<std::vector<std::string>> addTags;
    std::optional<std::vector<std::string>> removeTags;
    std::optional<std::string> addNote;
    std::optional<NoteId> withdrawNote; ///< It stays, marked as taken back.
};

/// What an export is asked for (ExportRequest of the API); names as on the wire.
struct ExportChoice {
    std::string format;
    std::vector<std::string> include;
    std::string reason; ///< Why somebody takes it out; stands in the ledger. May be empty.
    /// Told of one that takes long: how much of how much (0: not known) of which phase. The thread
    /// of the source; may be empty.
    std::function<void(std::int64_t done, std::int64_t total, const std::string& phase)> told{};
    JsonObject details{}; ///< Other members of the ExportRequest.
};

/// Why a question has no answer, in words for people.
struct SourceFailure {
    Error error;
    std::string requestId; ///< To find it in the server's log; may be empty.
    std::optional<std::pair<std::size_t, std::size_t>> position; ///< Of an invalid query, in bytes.
    std::string suggestion;
};

template <class T>
using SourceResult = tl::expected<T, SourceFailure>;
template <class T>
using AnswerTo = std::function<void(SourceResult<T>)>;

/// Keeps a question open: the answer comes only while it lives. Dropping it cancels.
using Question = std::shared_ptr<void>;

/// All questions are asked and answered in the user interface's thread; an answer never comes
/// inside the call that asks.
class IncidentSource {
public:
    virtual ~IncidentSource() = default;

    [[nodiscard]] virtual Question search(SearchRequest request, AnswerTo<SearchReply> answer) = 0;
    /// Of all calls, also those without an incident.
    [[nodiscard]] virtual Question searchCalls(CallSearchRequest request,
                                               AnswerTo<CallSearchReply> answer)
        = 0;
    [[nodiscard]] virtual Question facets(FacetsRequest request, AnswerTo<FacetsReply> answer) = 0;
    [[nodiscard]] virtual Question values(ValuesRequest request, AnswerTo<ValuesReply> answer) = 0;
    [[nodiscard]] virtual Question histogram(HistogramRequest request,
                                             AnswerTo<HistogramReply> answer)
        = 0;
    [[nodiscard]] virtual Question incident(std::string id, AnswerTo<Incident> answer) = 0;
    [[nodiscard]] virtual Question timeline(std::string incidentId, AnswerTo<TimelineReply> answer)
        = 0;
    /// A closed call as it stood on the wire, and its recorded bytes.
    [[nodiscard]] virtual Question call(std::string id, AnswerTo<CallExchange> answer) = 0;
    [[nodiscard]] virtual Question callContent(std::string id,
                                               CallPart part,
                                               AnswerTo<Bytes> answer)
        = 0;
    [[nodiscard]] virtual Question run(std::string id, AnswerTo<Run> answer) = 0;
    [[nodiscard]] virtual Question snapshot(std::string id, AnswerTo<Json> answer) = 0;
    [[nodiscard]] virtual Question change(std::string incidentId,
                                          IncidentChange change,
                                          AnswerTo<Incident> answer)
        = 0;
    /// The file of an export.
    [[nodiscard]] virtual Question exportIncident(std::string incidentId,
                                                  ExportChoice choice,
                                                  AnswerTo<Bytes> answer)
        = 0;
    /// Everything that a search finds, redacted, as the server writes it; `choice` without parts.
    [[nodiscard]] virtual Question exportSearch(SearchRequest request,
                                                ExportChoice choice,
                                                AnswerTo<Bytes> answer)
        = 0;
    /// The same of calls.
    [[nodiscard]] virtual Question exportCalls(CallSearchRequest request,
                                               ExportChoice choice,
                                               AnswerTo<Bytes> answer)
        = 0;
    /// Replays the incident's call, which takes as long as its provider does.
    [[nodiscard]] virtual Question certify(std::string incidentId,
                                           AnswerTo<IssuedCertificate> answer)
        = 0;
};

} // namespace exhibit::domain
