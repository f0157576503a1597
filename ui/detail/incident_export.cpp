// SPDX-License-Identifier: Apache-2.0
#include "ui/detail/incident_export.h"

#include "ui/detail/export_dialog.h"
#include "ui/text.h"
#include "ui/windows/export_phase.h"

#include <QDir>
#include <QFileDialog>
#include <QMainWindow>
#include <QPointer>
#include <QSaveFile>

namespace exhibit::ui {
namespace {

using namespace Qt::StringLiterals;

QString endingOf(std::string_view format)
{
    static const std::pair<std::string_view, QString> kEndings[]
        = {{"exhibit", u".exhibit"_s},
           {"pdf", u".pdf"_s},
           {"soc2", u".pdf"_s},
           {"executive_debrief", u".pdf"_s},
           {"ai_act_art73", u".pdf"_s},
           {"fre_902", u".pdf"_s},
           {"legal_discovery", u".zip"_s},
           {"case_uco", u".jsonld"_s}};
    for (const auto& [name, ending] : kEndings) {
        if (name == format) {
            return ending;
        }
    }
    return u".json"_s;
}

/// What certifying found, in one line.
QString levelText(const domain::EvidenceCertificate& certificate)
{
    return certificate.matchLevel ? toQt(wireName(*certificate.matchLevel))
                                  : IncidentExport::tr("not replayed: %1")
                                        .arg(toQt(certificate.notReplayableReason.value_or("")));
}

/// Of the others a pack or a cover within is what can be verified.
bool isVerifiable(std::string_view format)
{
    const QString ending = endingOf(format);
    return ending == u".exhibit"_s || ending == u".pdf"_s;
}

} // namespace

IncidentExport::IncidentExport(const Services& services, QObject* parent)
    : QObject(parent)
    , m_services(services)
{
    connect(services.sources, &SourceHub::sourceChanged, this, [this] {
        for (const auto& [number, running] : std::exchange(m_running, {})) {
            if (running.job) {
                running.job->finish(Job::State::Failed, tr("The connection to the server ended."));
            }
        }
    });
}

IncidentExport::~IncidentExport()
{
    for (const auto& [number, running] : std::exchange(m_running, {})) {
        if (running.job) {
            running.job->cancel();
        }
    }
}

void IncidentExport::ask(const domain::Incident& incident, bool certify)
{
    using Kind = ExportDialog::Kind;
    auto* dialog = new ExportDialog(
        certify ? Kind::Certify : Kind::Export, incident, *m_services.sources, m_services.window);
    connect(dialog, &QDialog::accepted, this, [this, dialog, certify, incident] {
        const auto choice = dialog->choice();
        const QString path = QFileDialog::getSaveFileName(
            m_services.window,
            certify ? tr("Save the certificate") : tr("Save the export"),
            fileName(incident, certify ? "certificate" : choice.format));
        if (path.isEmpty()) {
            return;
        }
        const std::string id = incident.incidentId.text();
        certify ? certifyTo(path, id, dialog->verifiesAfterwards())
                : exportTo(
                    path, id, choice, dialog->verifiesAfterwards() && isVerifiable(choice.format));
    });
    dialog->open();
}

QString IncidentExport::fileName(const domain::Incident& incident, const std::string& format)
{
    return toQt(incident.incidentId.text()) + endingOf(format);
}

template <class T, class Ask, class Store>
void IncidentExport::run(const QString& title, const QString& path, Ask ask, Store store)
{
    auto* source = m_services.sources->source();
    if (source == nullptr) {
        return;
    }
    const quint64 number = ++m_asked;
    auto* job = m_services.jobs->start(
        title,
        [list = QPointer(this), number] {
            if (list) {
                list->m_running.erase(number);
            }
        },
        path);
    auto answer = [this, number, store](domain::SourceResult<T> reply) {
        const auto done = std::move(m_running.at(number)); // The question lives until the end.
        m_running.erase(number);
        if (!done.job) {
            return; // Its window is about to go.
        }
        if (!reply) {
            done.job->finish(Job::State::Failed, toQt(reply.error().error.message));
            return;
        }
        const auto [trouble, note] = store(*reply);
        done.job->finish(trouble.isEmpty() ? Job::State::Done : Job::State::Failed,
                         trouble.isEmpty() ? note : trouble);
    };
    m_running[number] = {job, ask(*source, *job, std::move(answer))};
}

void IncidentExport::exportTo(const QString& path,
                              const std::string& incidentId,
                              const domain::ExportChoice& choice,
                              bool verify)
{
    run<Bytes>(
        tr("Export %1").arg(isolated(shortId(toQt(incidentId)))),
        path,
        [&](domain::IncidentSource& source, Job& job, domain::AnswerTo<Bytes> answer) {
            auto followed = choice;
            followed.told
                = [shown = QPointer<Job>(&job)](auto done, auto total, const std::string& phase) {
                      if (shown) {
                          shown->progress(done, total, exportPhaseText(phase));
                      }
                  };
            return source.exportIncident(incidentId, followed, std::move(answer));
        },
        [this, path, verify](const Bytes& bytes) {
            return std::pair(write(path, bytes, verify), QDir::toNativeSeparators(path));
        });
}

void IncidentExport::certifyTo(const QString& path, const std::string& incidentId, bool verify)
{
    using domain::IssuedCertificate;
    run<IssuedCertificate>(
        tr("Certify %1").arg(isolated(shortId(toQt(incidentId)))),
        path,
        [&](domain::IncidentSource& source, Job&, domain::AnswerTo<IssuedCertificate> answer) {
            return source.certify(incidentId, std::move(answer));
        },
        [this, path, verify](const IssuedCertificate& issued) {
            return std::pair(
                write(path, issued.document, verify),
                QString(levelText(issued.certificate) + u", "_s + QDir::toNativeSeparators(path)));
        });
}

QString IncidentExport::write(const QString& path, BytesView bytes, bool verify)
{
    QSaveFile file(path); // The whole file or none.
    const auto size = static_cast<qint64>(bytes.size());
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes.data(), size) != size
        || !file.commit()) {
        return tr("%1 was not written: %2")
            .arg(isolated(QDir::toNativeSeparators(path)), file.errorString());
    }
    Q_EMIT written(path);
    if (verify) {
        m_services.openFiles({path});
    }
    return {};
}

} // namespace exhibit::ui
