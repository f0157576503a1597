// SPDX-License-Identifier: Apache-2.0
#include "ui/certificate/evidence_list.h"

#include "models/evidence/mapped_file.h"
#include "models/report/handed_out.h"
#include "ui/text.h"

#include <QDirIterator>
#include <QElapsedTimer>
#include <QFileInfo>
#include <QPointer>
#include <QThreadPool>

#include <algorithm>

namespace exhibit::ui {
namespace {

constexpr std::size_t kFilesMax = 100; ///< Open at once.
constexpr qsizetype kFolderFilesMax = 2000; ///< Looked at in one folder: it may be a whole disk.

/// The file itself; of a folder what lies in it, in the order of the names.
QStringList filesIn(const QString& path)
{
    const QFileInfo info(path);
    if (!info.isDir()) {
        return {info.absoluteFilePath()};
    }
    QStringList files;
    QDirIterator entries(info.absoluteFilePath(), QDir::Files, QDirIterator::Subdirectories);
    while (entries.hasNext() && files.size() < kFolderFilesMax) {
        files << entries.next();
    }
    files.sort();
    return files;
}

evidence::Inspection inspect(const QString& path, const report::Anchors& anchors)
{
    const auto mapped = evidence::MappedFile::open(fromQt(path));
    if (mapped) {
        return report::inspectHandedOut(mapped->bytes(), anchors);
    }
    evidence::Inspection inspection;
    inspection.report.failed("container", "", mapped.error().message);
    return inspection;
}

} // namespace

QString EvidenceFile::name() const
{
    return QFileInfo(path).fileName();
}

EvidenceList::EvidenceList(TrustStore& trust, JobList& jobs, QObject* parent)
    : QObject(parent)
    , m_trust(trust)
    , m_jobs(jobs)
{
    connect(&m_trust, &TrustStore::changed, this, [this] {
        for (auto& file : m_files) {
            verify(file);
        }
    });
}

EvidenceList::Opened EvidenceList::open(const QStringList& paths)
{
    Opened opened;
    QStringList all;
    for (const QString& path : paths) {
        const QStringList files = filesIn(path);
        if (files.isEmpty()) {
            opened.empty << path;
        }
        opened.more = opened.more || files.size() >= kFolderFilesMax;
        all << files;
    }
    for (const QString& path : all) {
        if (indexOf(path) < 0 && m_files.size() >= kFilesMax) {
            opened.skipped << path;
            continue;
        }
        if (indexOf(path) < 0) {
            m_files.push_back({path, QDateTime::currentDateTimeUtc(), {}, 0, 0, false, {}});
        }
        opened.last = indexOf(path);
        begin(m_files.at(static_cast<std::size_t>(opened.last)));
    }
    if (opened.last >= 0) {
        Q_EMIT changed(opened.last); // Once: a hundred files may come at once.
    }
    return opened;
}

void EvidenceList::verifyAgain(qsizetype index)
{
    verify(m_files.at(static_cast<std::size_t>(index)));
}

void EvidenceList::close(qsizetype index)
{
    m_files.erase(m_files.begin() + index);
    Q_EMIT closed();
}

void EvidenceList::verify(EvidenceFile& file)
{
    begin(file);
    Q_EMIT changed(indexOf(file.path));
}

void EvidenceList::begin(EvidenceFile& file)
{
    file.verifiedAt = {};
    file.cancelled = false;
    file.question = ++m_questions;
    const auto stop = [list = QPointer(this), path = file.path, question = file.question] {
        if (list) {
            list->cancelled(path, question);
        }
    };
    Job* job = m_jobs.start(tr("Verify %1").arg(isolatedText(file.name())), stop);
    QThreadPool::globalInstance()->start([list = QPointer(this),
                                          job = QPointer(job),
                                          path = file.path,
                                          question = file.question,
                                          anchors = m_trust.anchors()] {
        QElapsedTimer timer;
        timer.start();
        auto result = std::make_shared<EvidenceFile>();
        result->inspection = inspect(path, anchors);
        result->verifiedInMs = timer.elapsed();
        result->question = question;
        result->verifiedAt = QDateTime::currentDateTimeUtc();
        QMetaObject::invokeMethod(qApp, [list, job, path, result] {
            if (!list || !job || job->state() != Job::State::Running) {
                return; // Cancelled, or the window is gone.
            }
            job->finish(Job::State::Done, toQt(wireName(result->inspection.report.verdict)));
            list->verified(path, result);
        });
    });
}

void EvidenceList::verified(const QString& path, std::shared_ptr<EvidenceFile> result)
{
    const qsizetype index = indexOf(path);
    if (index < 0) {
        return; // Closed meanwhile.
    }
    auto& file = m_files.at(static_cast<std::size_t>(index));
    if (file.question != result->question) {
        return; // Asked with the keys that were pinned then, or of what the file held then.
    }
    file.inspection = std::move(result->inspection);
    file.verifiedAt = result->verifiedAt;
    file.verifiedInMs = result->verifiedInMs;
    Q_EMIT changed(index);
}

void EvidenceList::cancelled(const QString& path, quint64 question)
{
    const qsizetype index = indexOf(path);
    auto* file = index < 0 ? nullptr : &m_files.at(static_cast<std::size_t>(index));
    if (file != nullptr && file->question == question) {
        file->cancelled = true;
        Q_EMIT changed(index);
    }
}

qsizetype EvidenceList::indexOf(const QString& path) const
{
    const auto found = std::find_if(
        m_files.begin(), m_files.end(), [&path](const auto& file) { return file.path == path; });
    return found == m_files.end() ? -1 : found - m_files.begin();
}

} // namespace exhibit::ui
