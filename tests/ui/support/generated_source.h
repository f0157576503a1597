// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/domain/incident_source.h"

#include <QObject>

namespace exhibit::test {

/// Incidents made from their number, as many as asked for, answered through the event loop: for
/// sizes no server is filled with in a test. Number 0 is the newest; they are one second apart.
class GeneratedSource : public QObject, public domain::IncidentSource {
public:
    explicit GeneratedSource(std::int64_t count)
        : m_count(count)
    {
    }

    [[nodiscard]] domain::SearchHit hit(std::int64_t number) const;
    /// How many questions were asked in all.
    [[nodiscard]] int asked() const { return m_asked; }
    void failNext() { m_failNext = true; }

    domain::Question search(domain::SearchRequest request,
                            domain::AnswerTo<domain::SearchReply> answer) override;
    domain::Question searchCalls(domain::CallSearchRequest request,
                                 domain::AnswerTo<domain::CallSearchReply> answer) override;
    domain::Question facets(domain::FacetsRequest request,
                            domain::AnswerTo<domain::FacetsReply> answer) override;
    domain::Question values(domain::ValuesRequest request,
                            domain::AnswerTo<domain::ValuesReply> answer) override;
    domain::Question histogram(domain::HistogramRequest request,
                               domain::AnswerTo<domain::HistogramReply> answer) override;
    domain::Question incident(std::string id, domain::AnswerTo<domain::Incident> answer) override;
    domain::Question timeline(std::string id,
                              domain::AnswerTo<domain::TimelineReply> answer) override;
    domain::Question call(std::string id, domain::AnswerTo<domain::CallExchange> answer) override;
    domain::Question callContent(std::string id,
                                 domain::CallPart part,
                                 domain::AnswerTo<Bytes> answer) override;
    domain::Question run(std::string id, domain::AnswerTo<domain::Run> answer) override;
    domain::Question snapshot(std::string id, domain::AnswerTo<Json> answer) override;
    domain::Question change(std::string id,
                            domain::IncidentChange change,
                            domain::AnswerTo<domain::Incident> answer) override;
    domain::Question exportIncident(std::string id,
                                    domain::ExportChoice choice,
                                    domain::AnswerTo<Bytes> answer) override;
    domain::Question exportSearch(domain::SearchRequest request,
                                  domain::ExportChoice choice,
                                  domain::AnswerTo<Bytes> answer) override;
    domain::Question exportCalls(domain::CallSearchRequest request,
                                 domain::ExportChoice choice,
                                 domain::AnswerTo<Bytes> answer) override;
    domain::Question certify(std::string id,
                             domain::AnswerTo<domain::IssuedCertificate> answer) override;

    [[nodiscard]] domain::HistogramReply bars() const;

private:
    /// Answers later, as every source does, unless the question was dropped.
    template <class T>
    domain::Question later(domain::SourceResult<T> result, domain::AnswerTo<T> answer);

    std::int64_t m_count;
    int m_asked = 0;
    bool m_failNext = false;
};

} // namespace exhibit::test
