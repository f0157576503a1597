// SPDX-License-Identifier: Apache-2.0
#include "ui/windows/matching_incidents.h"

#include "models/base/limits.h"
#include "ui/text.h"
#include "ui/windows/jobs.h"

#include <utility>

namespace exhibit::ui {

MatchingIncidents::MatchingIncidents(const Services& services,
                                     domain::SearchRequest request,
                                     qint64 total,
                                     QObject* parent)
    : QObject(parent)
    , m_sources(*services.sources)
    , m_request(std::move(request))
    , m_total(total)
    , m_job(services.jobs->start(tr("Reading %1 incidents").arg(grouped(total)),
                                 [self = QPointer(this)] { delete self; }))
{
    m_request.limit = limits::kPageRowsMax;
    connect(&m_sources, &SourceHub::sourceChanged, this, [this] {
        fail(tr("The connection to the server ended."));
    });
    QMetaObject::invokeMethod( // Later: who waits for it is connected by then.
        this,
        &MatchingIncidents::ask,
        Qt::QueuedConnection);
}

void MatchingIncidents::ask()
{
    auto* source = m_sources.source();
    if (source == nullptr) {
        return fail(tr("There is no connection to the server."));
    }
    m_question = source->search(m_request, [this](domain::SourceResult<domain::SearchReply> reply) {
        take(std::move(reply));
    });
}

void MatchingIncidents::take(domain::SourceResult<domain::SearchReply> reply)
{
    const auto done = std::exchange(m_question, nullptr);
    if (!reply) {
        return fail(toQt(reply.error().error.message));
    }
    for (auto& hit : reply->incidents) {
        m_incidents.push_back(std::move(hit.incident));
    }
    const auto here = static_cast<qint64>(m_incidents.size());
    m_job->progress(here, std::max(here, m_total));
    if (here > kMax) {
        return fail(tr("At most %1 are changed in one step.").arg(grouped(kMax)));
    }
    if (reply->nextCursor && !reply->incidents.empty()) {
        m_request.cursor = std::move(reply->nextCursor);
        return ask();
    }
    m_job->finish(Job::State::Done, {});
    deleteLater();
    Q_EMIT read(m_incidents);
}

void MatchingIncidents::fail(const QString& why)
{
    m_question.reset();
    m_job->finish(Job::State::Failed, why);
    deleteLater();
    Q_EMIT failed(why);
}

} // namespace exhibit::ui
