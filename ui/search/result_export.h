// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/search/search_controller.h"

#include <QPointer>

namespace exhibit::ui {

enum class ExportFormat : std::uint8_t { Csv, Ndjson };

/// All matches of the search that is shown, as a file of the server's: redacted, and an entry of
/// its log (docs/decisions/0071). A job; the file appears when it is whole, a cancelled export
/// leaves nothing behind.
class ResultExport : public QObject {
    Q_OBJECT

public:
    /// Owned by the search; deletes itself when the job has ended.
    static Job* start(SearchController& search, ExportFormat format, const QString& file);

private:
    ResultExport(SearchController& search, const QString& file);
    void ask(ExportFormat format);
    void end(Job::State state, const QString& note);

    SearchController& m_search;
    QString m_file;
    QPointer<Job> m_job;
    domain::Question m_question;
};

} // namespace exhibit::ui
