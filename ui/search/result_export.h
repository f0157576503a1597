// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/search/search_controller.h"

#include <QPointer>

namespace exhibit::ui {

enum class ExportFormat : std::uint8_t { Csv, Ndjson };

/// What a search found, to be taken out: incidents or calls.
struct FoundRows {
    QString title; ///< Of the job: "Export 40 results".
    QString tooMany; ///< Said beforehand where the server refuses it; else empty.
    QString fileStem; ///< "incidents".
    std::function<domain::Question(
        domain::IncidentSource&, domain::ExportChoice, domain::AnswerTo<Bytes>)>
        ask;
};

/// The incidents of the search that is shown.
[[nodiscard]] FoundRows foundIncidents(const SearchController& search);
/// What to say of more rows than the server writes into one file; empty where it writes them.
[[nodiscard]] QString tooManyRows(qint64 rows);

/// All matches of a search, as a file of the server's: redacted, and an entry of its log
/// (docs/decisions/0071). A job; the file appears when it is whole, a cancelled export leaves
/// nothing behind.
class ResultExport : public QObject {
    Q_OBJECT

public:
    /// Asks for a reason, then for a file; nothing where either is given up.
    static void askAndStart(SearchController& search,
                            FoundRows rows,
                            ExportFormat format,
                            QWidget* window);
    /// Owned by the search; deletes itself when the job has ended. `reason` stands in the log and
    /// may be empty.
    static Job* start(SearchController& search,
                      const FoundRows& rows,
                      ExportFormat format,
                      const QString& file,
                      const QString& reason);

private:
    static void askFile(SearchController& search,
                        const FoundRows& rows,
                        ExportFormat format,
                        QWidget* window,
                        const QString& reason);
    ResultExport(SearchController& search, const FoundRows& rows, const QString& file);
    void ask(const FoundRows& rows, ExportFormat format, const QString& reason);
    void end(Job::State state, const QString& note);

    SearchController& m_search;
    QString m_file;
    QPointer<Job> m_job;
    domain::Question m_question;
};

} // namespace exhibit::ui
