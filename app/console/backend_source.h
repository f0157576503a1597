// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backend-client/client.h"
#include "models/domain/run_explainer.h"

namespace exhibit::console {

/// A server as the user interface sees it. GUI thread.
class BackendSource : public domain::IncidentSource, public domain::RunExplainer {
public:
    explicit BackendSource(std::unique_ptr<client::Client> client);
    ~BackendSource() override;

    [[nodiscard]] client::Client& client() { return *m_client; }

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
    domain::Question timeline(std::string incidentId,
                              domain::AnswerTo<domain::TimelineReply> answer) override;
    domain::Question call(std::string id, domain::AnswerTo<domain::CallExchange> answer) override;
    domain::Question callContent(std::string id,
                                 domain::CallPart part,
                                 domain::AnswerTo<Bytes> answer) override;
    domain::Question run(std::string id, domain::AnswerTo<domain::Run> answer) override;
    domain::Question explain(std::string runId,
                             UtcTime at,
                             domain::AnswerTo<domain::RunExplanation> answer) override;
    domain::Question snapshot(std::string id, domain::AnswerTo<Json> answer) override;
    domain::Question change(std::string incidentId,
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
    std::unique_ptr<client::Client> m_client;
};

/// A client's failure in the terms of the user interface.
[[nodiscard]] domain::SourceFailure toSourceFailure(const client::Failure& failure);

} // namespace exhibit::console
