// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/evidence/inspection.h"
#include "ui/certificate/trust_store.h"
#include "ui/windows/jobs.h"

#include <QDateTime>
#include <QStringList>

#include <memory>
#include <vector>

namespace exhibit::ui {

/// A file of evidence that somebody opened, and what its verification found.
struct EvidenceFile {
    QString path;
    QDateTime openedAt;
    QDateTime verifiedAt; ///< Not valid: the inspection is none, or an older one.
    qint64 verifiedInMs = 0;
    quint64 question = 0; ///< Its newest verification; the answers of older ones count no more.
    bool cancelled = false; ///< Somebody stopped that one.
    evidence::Inspection inspection;

    [[nodiscard]] QString name() const;
    [[nodiscard]] bool isVerified() const { return verifiedAt.isValid(); }
};

/// The opened files. Verification runs beside the GUI thread, reads only, and asks no server.
class EvidenceList : public QObject {
    Q_OBJECT

public:
    EvidenceList(TrustStore& trust, JobList& jobs, QObject* parent);

    struct Opened {
        qsizetype last = -1; ///< Index of the last one that was opened or verified again.
        QStringList skipped; ///< Not opened: a hundred are.
        bool more = false; ///< A folder holds more files than were looked at.
        QStringList empty; ///< Folders without a file.
    };

    /// Opens and verifies; a file that is open already is verified again. Of a folder all files
    /// are opened, those of its folders too.
    Opened open(const QStringList& paths);
    void verifyAgain(qsizetype index);
    void close(qsizetype index);
    [[nodiscard]] const std::vector<EvidenceFile>& files() const { return m_files; }

Q_SIGNALS:
    void changed(qsizetype index); ///< That file was opened or verified.
    void closed();

private:
    void verify(EvidenceFile& file);
    /// The same without telling.
    void begin(EvidenceFile& file);
    void verified(const QString& path, std::shared_ptr<EvidenceFile> result);
    void cancelled(const QString& path, quint64 question);
    [[nodiscard]] qsizetype indexOf(const QString& path) const;

    TrustStore& m_trust;
    JobList& m_jobs;
    std::vector<EvidenceFile> m_files;
    quint64 m_questions = 0;
};

} // namespace exhibit::ui
