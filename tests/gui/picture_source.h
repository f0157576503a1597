// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/domain/incident_source.h"

#include <QObject>

namespace exhibit::test {

/// A few incidents and one run that never change, for pictures that can be compared.
class PictureSource : public QObject, public domain::IncidentSource {
public:
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

private:
    template <class T>
    domain::Question later(domain::SourceResult<T> result, domain::AnswerTo<T> answer);
};

} // namespace exhibit::test
