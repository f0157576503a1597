// SPDX-License-Identifier: Apache-2.0
#include "ui/search/result_export.h"

#include "ui/text.h"

#include <QDir>
#include <QSaveFile>

namespace exhibit::ui {

Job* ResultExport::start(SearchController& search, ExportFormat format, const QString& file)
{
    auto* running = new ResultExport(search, file); // The search owns it.
    Job* job = running->m_job;
    running->ask(format);
    return job;
}

ResultExport::ResultExport(SearchController& search, const QString& file)
    : QObject(&search)
    , m_search(search)
    , m_file(file)
    , m_job(search.services().jobs->start(tr("Export %1 results").arg(grouped(search.total())),
                                          [self = QPointer(this)] {
                                              if (self) {
                                                  self->m_question.reset();
                                                  self->deleteLater();
                                              }
                                          }))
{
    connect(search.services().sources, &SourceHub::sourceChanged, this, [this] {
        end(Job::State::Failed, tr("The connection to the server ended."));
    });
}

void ResultExport::ask(ExportFormat format)
{
    auto* source = m_search.services().sources->source();
    if (source == nullptr) {
        return end(Job::State::Failed, tr("There is no connection."));
    }
    const domain::ExportChoice choice{format == ExportFormat::Csv ? "csv" : "ndjson", {}, {}};
    m_question = source->exportSearch(
        m_search.shownRequest(), choice, [this](const domain::SourceResult<Bytes>& reply) {
            const auto done = std::exchange(m_question, nullptr);
            if (!reply) {
                return end(Job::State::Failed, toQt(reply.error().error.message));
            }
            QSaveFile file(m_file); // The whole file or none.
            const auto size = static_cast<qint64>(reply->size());
            const bool whole = file.open(QIODevice::WriteOnly)
                && file.write(reply->data(), size) == size && file.commit();
            end(whole ? Job::State::Done : Job::State::Failed,
                whole ? QDir::toNativeSeparators(m_file) : file.errorString());
        });
}

void ResultExport::end(Job::State state, const QString& note)
{
    m_question.reset();
    if (m_job) {
        m_job->finish(state, note);
    }
    deleteLater();
}

} // namespace exhibit::ui
