// SPDX-License-Identifier: Apache-2.0
#include "ui/search/result_export.h"

#include "models/domain/incident_source_json.h"
#include "ui/text.h"

namespace exhibit::ui {
namespace {

constexpr std::uint32_t kPageRows = 500;

QByteArray header()
{
    std::vector<std::string> names;
    for (const auto& column : incidentColumns()) {
        names.emplace_back(column.id);
    }
    return csvLine(names);
}

QByteArray csvRow(const domain::SearchHit& hit)
{
    std::vector<std::string> cells;
    for (const auto& column : incidentColumns()) {
        cells.push_back(column.raw(hit));
    }
    return csvLine(cells);
}

} // namespace

QByteArray csvLine(const std::vector<std::string>& cells)
{
    QByteArray line;
    for (const auto& cell : cells) {
        QByteArray text = QByteArray::fromStdString(cell);
        if (!text.isEmpty() && QByteArrayView("=+-@\t\r").contains(text.front())) {
            text.prepend('\'');
        }
        if (text.contains('"') || text.contains(',') || text.contains('\n')
            || text.contains('\r')) {
            text.replace("\"", "\"\"");
            text.prepend('"');
            text.append('"');
        }
        line += line.isEmpty() && &cell == &cells.front() ? "" : ",";
        line += text;
    }
    line += "\r\n";
    return line;
}

Job* ResultExport::start(SearchController& search, ExportFormat format, const QString& file)
{
    auto* running = new ResultExport(search, format, file);
    running->next();
    return running->m_job;
}

ResultExport::ResultExport(SearchController& search, ExportFormat format, const QString& file)
    : QObject(&search)
    , m_search(search)
    , m_format(format)
    , m_file(file)
{
    m_job = search.services().jobs->start(tr("Export %1 results").arg(grouped(search.total())),
                                          [this] {
                                              m_question.reset();
                                              m_file.cancelWriting();
                                              deleteLater();
                                          });
    m_request = search.orderedRequest();
    m_request.limit = kPageRows;
    if (!m_file.open(QIODevice::WriteOnly)) {
        end(Job::State::Failed, m_file.errorString());
    } else if (format == ExportFormat::Csv) {
        m_file.write(header());
    }
}

void ResultExport::next()
{
    auto* source = m_search.services().sources->source();
    if (!m_job || m_job->state() != Job::State::Running) {
        return;
    }
    if (source == nullptr) {
        return end(Job::State::Failed, tr("There is no connection."));
    }
    m_question = source->search(m_request, [this](domain::SourceResult<domain::SearchReply> reply) {
        if (!reply) {
            return end(Job::State::Failed, toQt(reply.error().error.message));
        }
        write(*reply);
    });
}

void ResultExport::write(const domain::SearchReply& reply)
{
    for (const auto& hit : reply.incidents) {
        if (m_format == ExportFormat::Csv) {
            m_file.write(csvRow(hit));
        } else {
            m_file.write(QByteArray::fromStdString(printJson(toJson(hit.incident)) + "\n"));
        }
    }
    m_rows += static_cast<qint64>(reply.incidents.size());
    m_job->progress(m_rows, reply.total, tr("%1 of %2").arg(grouped(m_rows), grouped(reply.total)));
    if (reply.nextCursor) {
        m_request.cursor = reply.nextCursor;
        return next();
    }
    const bool whole = m_file.commit();
    end(whole ? Job::State::Done : Job::State::Failed,
        whole ? tr("%1 rows in %2").arg(grouped(m_rows), m_file.fileName()) : m_file.errorString());
}

void ResultExport::end(Job::State state, const QString& note)
{
    if (m_job) {
        m_job->finish(state, note);
    }
    deleteLater();
}

} // namespace exhibit::ui
