// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/search/search_controller.h"

#include <QPointer>
#include <QSaveFile>

namespace exhibit::ui {

enum class ExportFormat : std::uint8_t { Csv, Ndjson };

/// Writes all matches of the current search to a file, page by page, as a job. The file appears
/// when it is whole (QSaveFile); a cancelled export leaves nothing behind.
class ResultExport : public QObject {
    Q_OBJECT

public:
    /// Owned by the search; deletes itself when the job has ended.
    static Job* start(SearchController& search, ExportFormat format, const QString& file);

private:
    ResultExport(SearchController& search, ExportFormat format, const QString& file);
    void next();
    void write(const domain::SearchReply& reply);
    void end(Job::State state, const QString& note);

    SearchController& m_search;
    ExportFormat m_format;
    QSaveFile m_file;
    QPointer<Job> m_job;
    domain::SearchRequest m_request;
    domain::Question m_question;
    qint64 m_rows = 0;
};

/// One line of CSV (RFC 4180); cells that a spreadsheet would run as a formula get an apostrophe.
[[nodiscard]] QByteArray csvLine(const std::vector<std::string>& cells);

} // namespace exhibit::ui
