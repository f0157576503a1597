// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/windows/pane_registry.h"

#include <QObject>
#include <QPointer>

#include <map>

namespace exhibit::ui {

/// Exports and certificates of incidents as files: asks the server, writes the whole file or none,
/// and opens what can be verified. Progress and failures show in the jobs; those that still run end
/// with this, cancelled. GUI thread.
class IncidentExport : public QObject {
    Q_OBJECT

public:
    IncidentExport(const Services& services, QObject* parent);
    ~IncidentExport() override;

    /// Asks what and where to in a dialog, then does it.
    void ask(const domain::Incident& incident, bool certify);
    /// A name for the file of an incident: "inc_….exhibit".
    [[nodiscard]] static QString fileName(const domain::Incident& incident,
                                          const std::string& format);
    void exportTo(const QString& path,
                  const std::string& incidentId,
                  const domain::ExportChoice& choice,
                  bool verify);
    void certifyTo(const QString& path, const std::string& incidentId, bool verify);

Q_SIGNALS:
    /// The file stands, whole.
    void written(const QString& path);

private:
    template <class T, class Ask, class Store>
    void run(const QString& title, const QString& path, Ask ask, Store store);
    /// What went wrong; empty when the file stands.
    [[nodiscard]] QString write(const QString& path, BytesView bytes, bool verify);

    struct Running {
        QPointer<Job> job;
        domain::Question question;
    };

    Services m_services;
    std::map<quint64, Running> m_running; ///< By their order; a question goes with its answer.
    quint64 m_asked = 0;
};

} // namespace exhibit::ui
