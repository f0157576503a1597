// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/domain/incident_source.h"
#include "ui/windows/pane_registry.h"

#include <QPointer>

namespace exhibit::ui {

class Job;

/// Every incident that a search finds, read page by page because something is to be done with all
/// of them: a job that can be cancelled. Deletes itself when it has told how it ended; of one that
/// is cancelled nothing is told. GUI thread.
class MatchingIncidents : public QObject {
    Q_OBJECT

public:
    static constexpr qint64 kMax = 10'000; ///< Up to there totals are exact.

    MatchingIncidents(const Services& services,
                      domain::SearchRequest request,
                      qint64 total,
                      QObject* parent);

Q_SIGNALS:
    void read(const std::vector<exhibit::domain::Incident>& incidents);
    void failed(const QString& why);

private:
    void ask();
    void take(domain::SourceResult<domain::SearchReply> reply);
    void fail(const QString& why);

    SourceHub& m_sources;
    domain::SearchRequest m_request;
    qint64 m_total;
    QPointer<Job> m_job;
    std::vector<domain::Incident> m_incidents;
    domain::Question m_question;
};

} // namespace exhibit::ui
