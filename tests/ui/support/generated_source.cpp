// SPDX-License-Identifier: Apache-2.0
#include "tests/ui/support/generated_source.h"

#include <QTimer>

#include <algorithm>

namespace exhibit::test {
namespace {

const UtcTime kNewest = parseTime("2026-11-21T10:00:00Z").value();
constexpr std::int64_t kBarSeconds = 600;

domain::SourceFailure notHere()
{
    return {{ErrorCode::NotFound, "A generated source has no such thing.", {}}, {}, {}, {}};
}

} // namespace

template <class T>
domain::Question GeneratedSource::later(domain::SourceResult<T> result, domain::AnswerTo<T> answer)
{
    ++m_asked;
    auto alive = std::make_shared<bool>(true);
    QTimer::singleShot(0,
                       this,
                       [weak = std::weak_ptr<bool>(alive),
                        result = std::move(result),
                        answer = std::move(answer)] {
                           if (const auto keep = weak.lock()) {
                               answer(result);
                           }
                       });
    return alive;
}

domain::SearchHit GeneratedSource::hit(std::int64_t number) const
{
    domain::SearchHit hit;
    auto& incident = hit.incident;
    incident.incidentId.value.bytes[15] = static_cast<std::uint8_t>(number);
    incident.incidentId.value.bytes[14] = static_cast<std::uint8_t>(number >> 8);
    incident.incidentId.value.bytes[13] = static_cast<std::uint8_t>(number >> 16);
    incident.title = "Incident " + std::to_string(number);
    incident.policyId = "CONTENT_ACCURACY";
    incident.model = "gpt-4o";
    incident.severity = static_cast<domain::Severity>(number % 4);
    incident.latencyUs = 1000 * (number % 2000);
    incident.createdAt = kNewest - std::chrono::seconds(number);
    hit.result = domain::DecisionResult::Block;
    return hit;
}

domain::Question GeneratedSource::search(domain::SearchRequest request,
                                         domain::AnswerTo<domain::SearchReply> answer)
{
    if (std::exchange(m_failNext, false)) {
        return later<domain::SearchReply>(tl::make_unexpected(notHere()), std::move(answer));
    }
    std::int64_t first = request.offset.value_or(0);
    if (request.timeTo && *request.timeTo <= kNewest) { // Exclusive: seconds are whole.
        first += std::chrono::duration_cast<std::chrono::seconds>(kNewest - *request.timeTo).count()
            + 1;
    }
    std::int64_t end = m_count;
    if (request.timeFrom) {
        const auto back = std::chrono::floor<std::chrono::seconds>(kNewest - *request.timeFrom);
        end = std::clamp<std::int64_t>(back.count() + 1, 0, m_count);
    }
    domain::SearchReply reply;
    reply.total = std::max<std::int64_t>(0, end - (first - request.offset.value_or(0)));
    const std::int64_t last = std::min(end, first + request.limit.value_or(50));
    for (std::int64_t number = first; number < last; ++number) {
        reply.incidents.push_back(hit(number));
    }
    return later<domain::SearchReply>(std::move(reply), std::move(answer));
}

domain::HistogramReply GeneratedSource::bars() const
{
    domain::HistogramReply reply;
    reply.barSeconds = kBarSeconds;
    const auto bars = (m_count + kBarSeconds - 1) / kBarSeconds;
    reply.from = kNewest + std::chrono::seconds(1) - std::chrono::seconds(bars * kBarSeconds);
    reply.counts.assign(static_cast<std::size_t>(bars), kBarSeconds);
    if (m_count % kBarSeconds != 0) {
        reply.counts.front() = m_count % kBarSeconds;
    }
    return reply;
}

domain::Question GeneratedSource::histogram(domain::HistogramRequest,
                                            domain::AnswerTo<domain::HistogramReply> answer)
{
    return later<domain::HistogramReply>(bars(), std::move(answer));
}

domain::Question GeneratedSource::searchCalls(domain::CallSearchRequest,
                                              domain::AnswerTo<domain::CallSearchReply> answer)
{
    return later<domain::CallSearchReply>(domain::CallSearchReply{}, std::move(answer));
}

domain::Question GeneratedSource::facets(domain::FacetsRequest,
                                         domain::AnswerTo<domain::FacetsReply> answer)
{
    return later<domain::FacetsReply>(domain::FacetsReply{}, std::move(answer));
}

domain::Question GeneratedSource::values(domain::ValuesRequest request,
                                         domain::AnswerTo<domain::ValuesReply> answer)
{
    return later<domain::ValuesReply>(domain::ValuesReply{request.field, {}, false},
                                      std::move(answer));
}

domain::Question GeneratedSource::incident(std::string, domain::AnswerTo<domain::Incident> answer)
{
    return later<domain::Incident>(tl::make_unexpected(notHere()), std::move(answer));
}

domain::Question GeneratedSource::timeline(std::string,
                                           domain::AnswerTo<domain::TimelineReply> answer)
{
    return later<domain::TimelineReply>(tl::make_unexpected(notHere()), std::move(answer));
}

domain::Question GeneratedSource::call(std::string, domain::AnswerTo<domain::CallExchange> answer)
{
    return later<domain::CallExchange>(tl::make_unexpected(notHere()), std::move(answer));
}

domain::Question GeneratedSource::callContent(std::string,
                                              domain::CallPart,
                                              domain::AnswerTo<Bytes> answer)
{
    return later<Bytes>(tl::make_unexpected(notHere()), std::move(answer));
}

domain::Question GeneratedSource::run(std::string, domain::AnswerTo<domain::Run> answer)
{
    return later<domain::Run>(tl::make_unexpected(notHere()), std::move(answer));
}

domain::Question GeneratedSource::snapshot(std::string, domain::AnswerTo<Json> answer)
{
    return later<Json>(tl::make_unexpected(notHere()), std::move(answer));
}

domain::Question GeneratedSource::change(std::string,
                                         domain::IncidentChange,
                                         domain::AnswerTo<domain::Incident> answer)
{
    return later<domain::Incident>(tl::make_unexpected(notHere()), std::move(answer));
}

domain::Question GeneratedSource::exportIncident(std::string id,
                                                 domain::ExportChoice choice,
                                                 domain::AnswerTo<Bytes> answer)
{
    Q_UNUSED(id)
    Q_UNUSED(choice)
    return later<Bytes>(tl::make_unexpected(domain::SourceFailure{
                            {ErrorCode::NotFound, "Nothing is exported here.", {}}, {}, {}, {}}),
                        std::move(answer));
}

domain::Question GeneratedSource::exportSearch(domain::SearchRequest,
                                               domain::ExportChoice,
                                               domain::AnswerTo<Bytes> answer)
{
    return later<Bytes>(tl::make_unexpected(notHere()), std::move(answer));
}

domain::Question GeneratedSource::exportCalls(domain::CallSearchRequest,
                                              domain::ExportChoice,
                                              domain::AnswerTo<Bytes> answer)
{
    return later<Bytes>(tl::make_unexpected(notHere()), std::move(answer));
}

domain::Question GeneratedSource::certify(std::string id,
                                          domain::AnswerTo<domain::IssuedCertificate> answer)
{
    Q_UNUSED(id)
    return later<domain::IssuedCertificate>(
        tl::make_unexpected(domain::SourceFailure{
            {ErrorCode::NotFound, "Nothing is exported here.", {}}, {}, {}, {}}),
        std::move(answer));
}

} // namespace exhibit::test
