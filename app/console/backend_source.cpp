// SPDX-License-Identifier: Apache-2.0
#include "app/console/backend_source.h"

#include "models/domain/incident_source_json.h"

#include <QFutureWatcher>

namespace exhibit::console {
namespace {

/// Asks a future; the returned question is a watcher in this thread, and dropping it drops the
/// answer and cancels what has not begun.
template <class T, class U, class Convert>
domain::Question ask(QFuture<client::Reply<T>> future, domain::AnswerTo<U> answer, Convert convert)
{
    using Watcher = QFutureWatcher<client::Reply<T>>;
    auto* raw = new Watcher;
    // Deleted later: the answer itself may drop the question while the watcher's signal runs.
    domain::Question question(raw, [](Watcher* watcher) {
        watcher->disconnect();
        watcher->future().cancel();
        watcher->deleteLater();
    });
    QObject::connect(
        raw, &QFutureWatcherBase::finished, raw, [raw, answer = std::move(answer), convert] {
            if (raw->future().resultCount() == 0) {
                return; // Cancelled with its client.
            }
            auto reply = raw->future().takeResult(); // A long run is not copied here.
            if (!reply) {
                answer(tl::make_unexpected(toSourceFailure(reply.error())));
            } else {
                answer(convert(*std::move(reply)));
            }
        });
    raw->setFuture(future);
    return question;
}

template <class T>
T same(T value)
{
    return value;
}

JsonObject exportRequest(const domain::ExportChoice& choice)
{
    JsonObject request = choice.details;
    request["format"] = choice.format;
    if (!choice.reason.empty()) {
        request["reason"] = choice.reason;
    }
    return request;
}

client::ExportTold toldOf(domain::ExportChoice choice)
{
    if (!choice.told) {
        return {};
    }
    return [tell = std::move(choice.told)](const client::ExportJob& job) {
        tell(job.done, job.total, job.phase);
    };
}

domain::Incident theIncident(const client::IncidentReply& reply)
{
    return reply.incident;
}

} // namespace

domain::SourceFailure toSourceFailure(const client::Failure& failure)
{
    domain::SourceFailure result;
    result.error = failure.error;
    if (failure.server) {
        result.requestId = failure.server->requestId.value_or("");
        result.suggestion = failure.server->suggestion.value_or("");
        if (failure.server->position) {
            result.position = {static_cast<std::size_t>(failure.server->position->begin),
                               static_cast<std::size_t>(failure.server->position->end)};
        }
    }
    return result;
}

BackendSource::BackendSource(std::unique_ptr<client::Client> client)
    : m_client(std::move(client))
{
}

BackendSource::~BackendSource() = default;

domain::Question BackendSource::search(domain::SearchRequest request,
                                       domain::AnswerTo<domain::SearchReply> answer)
{
    return ask(m_client->searchIncidents(request), std::move(answer), same<domain::SearchReply>);
}

domain::Question BackendSource::searchCalls(domain::CallSearchRequest request,
                                            domain::AnswerTo<domain::CallSearchReply> answer)
{
    return ask(m_client->searchCalls(request), std::move(answer), same<domain::CallSearchReply>);
}

domain::Question BackendSource::facets(domain::FacetsRequest request,
                                       domain::AnswerTo<domain::FacetsReply> answer)
{
    return ask(m_client->facets(request), std::move(answer), same<domain::FacetsReply>);
}

domain::Question BackendSource::values(domain::ValuesRequest request,
                                       domain::AnswerTo<domain::ValuesReply> answer)
{
    return ask(m_client->values(request), std::move(answer), same<domain::ValuesReply>);
}

domain::Question BackendSource::histogram(domain::HistogramRequest request,
                                          domain::AnswerTo<domain::HistogramReply> answer)
{
    return ask(m_client->histogram(request), std::move(answer), same<domain::HistogramReply>);
}

domain::Question BackendSource::incident(std::string id, domain::AnswerTo<domain::Incident> answer)
{
    return ask(m_client->incident(id), std::move(answer), theIncident);
}

domain::Question BackendSource::timeline(std::string incidentId,
                                         domain::AnswerTo<domain::TimelineReply> answer)
{
    return ask(m_client->timeline(incidentId), std::move(answer), same<domain::TimelineReply>);
}

domain::Question BackendSource::call(std::string id, domain::AnswerTo<domain::CallExchange> answer)
{
    return ask(m_client->recordedCall(id), std::move(answer), [](const client::CallReply& reply) {
        return reply.call;
    });
}

domain::Question BackendSource::callContent(std::string id,
                                            domain::CallPart part,
                                            domain::AnswerTo<Bytes> answer)
{
    return ask(m_client->callContent(id, part), std::move(answer), same<Bytes>);
}

domain::Question BackendSource::run(std::string id, domain::AnswerTo<domain::Run> answer)
{
    return ask(m_client->run(id), std::move(answer), [](const client::RunReply& reply) {
        return reply.run;
    });
}

domain::Question BackendSource::explain(std::string runId,
                                        UtcTime at,
                                        domain::AnswerTo<domain::RunExplanation> answer)
{
    return ask(m_client->explain(runId, formatTime(at)),
               std::move(answer),
               [](const client::ExplainReply& reply) { return reply.explanation; });
}

domain::Question BackendSource::snapshot(std::string id, domain::AnswerTo<Json> answer)
{
    return ask(m_client->snapshot(id), std::move(answer), same<Json>);
}

domain::Question BackendSource::change(std::string incidentId,
                                       domain::IncidentChange change,
                                       domain::AnswerTo<domain::Incident> answer)
{
    return ask(m_client->changeIncident(incidentId, change), std::move(answer), theIncident);
}

domain::Question BackendSource::exportIncident(std::string id,
                                               domain::ExportChoice choice,
                                               domain::AnswerTo<Bytes> answer)
{
    JsonArray include;
    for (const auto& part : choice.include) {
        include.push_back(Json(part));
    }
    auto request = exportRequest(choice);
    request.emplace("include", std::move(include));
    return ask(m_client->exportIncident(id, request, toldOf(std::move(choice))),
               std::move(answer),
               same<Bytes>);
}

domain::Question BackendSource::exportSearch(domain::SearchRequest request,
                                             domain::ExportChoice choice,
                                             domain::AnswerTo<Bytes> answer)
{
    auto body = exportRequest(choice);
    body.emplace("search", toJson(request));
    return ask(
        m_client->exportSearch(body, toldOf(std::move(choice))), std::move(answer), same<Bytes>);
}

domain::Question BackendSource::exportCalls(domain::CallSearchRequest request,
                                            domain::ExportChoice choice,
                                            domain::AnswerTo<Bytes> answer)
{
    auto body = exportRequest(choice);
    body.emplace("search", toJson(request));
    return ask(
        m_client->exportSearch(body, toldOf(std::move(choice)), client::Client::Searched::Calls),
        std::move(answer),
        same<Bytes>);
}

domain::Question BackendSource::certify(std::string id,
                                        domain::AnswerTo<domain::IssuedCertificate> answer)
{
    return ask(m_client->certify(id), std::move(answer), same<domain::IssuedCertificate>);
}

} // namespace exhibit::console
