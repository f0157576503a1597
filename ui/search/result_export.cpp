// SPDX-License-Identifier: Apache-2.0
#include "ui/search/result_export.h"

#include "ui/text.h"
#include "ui/windows/export_phase.h"

#include <QDir>
#include <QFileDialog>
#include <QInputDialog>
#include <QLineEdit>
#include <QSaveFile>

namespace exhibit::ui {
namespace {

using namespace Qt::StringLiterals;

constexpr int kReasonMax = 250;
constexpr qint64 kRowsMax = 50'000; ///< Of the server: it refuses more.

} // namespace

FoundRows foundIncidents(const SearchController& search)
{
    return {ResultExport::tr("Export %1 results").arg(grouped(search.total())),
            tooManyRows(search.total()),
            u"incidents"_s,
            [request = search.shownRequest()](domain::IncidentSource& source,
                                              domain::ExportChoice choice,
                                              domain::AnswerTo<Bytes> answer) {
                return source.exportSearch(request, std::move(choice), std::move(answer));
            }};
}

QString tooManyRows(qint64 rows)
{
    return rows > kRowsMax
        ? ResultExport::tr("%1 rows fit, and the server writes at most %2 into one file: take "
                           "fewer, of a shorter time for instance.")
              .arg(grouped(rows), grouped(kRowsMax))
        : QString();
}

/// Who takes records out leaves an entry in the log, and may say there why.
void ResultExport::askAndStart(SearchController& search,
                               FoundRows rows,
                               ExportFormat format,
                               QWidget* window)
{
    auto* why = new QInputDialog(window); // The window owns it.
    why->setObjectName(u"export.reason"_s);
    why->setAttribute(Qt::WA_DeleteOnClose);
    why->setWindowTitle(rows.title);
    const QString ask = tr("Why they are taken out; stands in the ledger (may be empty)");
    why->setLabelText(rows.tooMany.isEmpty() ? ask : rows.tooMany + u'\n' + ask);
    why->setOkButtonText(tr("Choose a file…"));
    why->setTextValue({}); // Makes the line.
    why->findChild<QLineEdit*>()->setMaxLength(kReasonMax);
    connect(why,
            &QInputDialog::textValueSelected,
            &search,
            [&search, rows = std::move(rows), format, window](const QString& reason) {
                askFile(search, rows, format, window, reason.trimmed());
            });
    why->open();
}

void ResultExport::askFile(SearchController& search,
                           const FoundRows& rows,
                           ExportFormat format,
                           QWidget* window,
                           const QString& reason)
{
    const QString suffix = format == ExportFormat::Csv ? u"csv"_s : u"ndjson"_s;
    auto* dialog = new QFileDialog(window, rows.title); // The window owns it.
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(suffix);
    dialog->selectFile(rows.fileStem + u'.' + suffix);
    connect(dialog,
            &QFileDialog::fileSelected,
            &search,
            [&search, rows, format, reason](const QString& file) {
                start(search, rows, format, file, reason);
            });
    dialog->open();
}

Job* ResultExport::start(SearchController& search,
                         const FoundRows& rows,
                         ExportFormat format,
                         const QString& file,
                         const QString& reason)
{
    auto* running = new ResultExport(search, rows, file); // The search owns it.
    Job* job = running->m_job;
    running->ask(rows, format, reason);
    return job;
}

ResultExport::ResultExport(SearchController& search, const FoundRows& rows, const QString& file)
    : QObject(&search)
    , m_search(search)
    , m_file(file)
    , m_job(search.services().jobs->start(
          rows.title,
          [self = QPointer(this)] {
              if (self) {
                  self->m_question.reset();
                  self->deleteLater();
              }
          },
          file))
{
    connect(search.services().sources, &SourceHub::sourceChanged, this, [this] {
        end(Job::State::Failed, tr("The connection to the server ended."));
    });
}

void ResultExport::ask(const FoundRows& rows, ExportFormat format, const QString& reason)
{
    auto* source = m_search.services().sources->source();
    if (source == nullptr) {
        return end(Job::State::Failed, tr("There is no connection."));
    }
    const domain::ExportChoice choice{
        format == ExportFormat::Csv ? "csv" : "ndjson",
        {},
        fromQt(reason),
        [job = m_job](auto done, auto total, const std::string& phase) {
            if (job) {
                job->progress(done, total, exportPhaseText(phase));
            }
        }};
    m_question = rows.ask(*source, choice, [this](const domain::SourceResult<Bytes>& reply) {
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
