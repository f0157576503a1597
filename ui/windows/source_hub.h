// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/domain/run_explainer.h"

#include <QObject>
#include <QSet>
#include <QString>

#include <memory>

namespace exhibit::ui {

/// Reconnecting: the server is away. Refused: it does not take the key any more.
enum class ConnectionState : std::uint8_t { Offline, Connecting, Connected, Reconnecting, Refused };

/// Which parts a server puts into an export, by its description; a server that does not say so
/// takes every choice in every format.
struct ExportIncludes {
    QSet<QString> known; ///< All of them.
    QSet<QString> alwaysWhole; ///< Formats that hold every part whatever is chosen.
    QSet<QString> without; ///< Formats that no choice applies to.
};

/// Which source a window asks, and how the connection to it stands. Whoever asks keeps the question
/// and drops it on sourceChanged(); the old source lives until then.
class SourceHub : public QObject {
    Q_OBJECT

public:
    using QObject::QObject;

    /// nullptr while there is none.
    [[nodiscard]] domain::IncidentSource* source() const { return m_source.get(); }
    /// Of the source; nullptr where that cannot tell.
    [[nodiscard]] domain::RunExplainer* explainer() const;
    void setSource(std::shared_ptr<domain::IncidentSource> source,
                   const QString& name,
                   const QString& baseUrl);
    /// `detail` goes on in a sentence, `cause` is what the network said.
    void setState(ConnectionState state, const QString& detail = {}, const QString& cause = {});
    /// Asks whoever keeps the connection not to wait any longer.
    void retry() { Q_EMIT retryAsked(); }
    [[nodiscard]] ConnectionState state() const { return m_state; }
    [[nodiscard]] QString name() const { return m_name; } ///< Host of the server.
    /// "https://host[:port][/path]", as requests to it begin; empty while there is no source.
    [[nodiscard]] QString baseUrl() const { return m_baseUrl; }
    [[nodiscard]] QString detail() const { return m_detail; }
    [[nodiscard]] QString cause() const { return m_cause; }
    /// Paths of the server's own description (GET /openapi.json): what it can do.
    void setRoutes(const QSet<QString>& routes) { m_routes = routes; }
    [[nodiscard]] const QSet<QString>& routes() const { return m_routes; }
    /// Formats that it exports incidents in, from the same description.
    void setExportFormats(const QSet<QString>& formats) { m_exportFormats = formats; }
    [[nodiscard]] const QSet<QString>& exportFormats() const { return m_exportFormats; }
    void setExportIncludes(const ExportIncludes& includes) { m_exportIncludes = includes; }
    [[nodiscard]] const ExportIncludes& exportIncludes() const { return m_exportIncludes; }
    void tell(const domain::LiveEvent& event) { Q_EMIT live(event); }
    /// Whether live() tells what happens from now on; a connection begins without.
    [[nodiscard]] bool isListening() const { return m_isListening; }
    void setListening(bool listening);

Q_SIGNALS:
    void sourceChanged();
    void stateChanged();
    /// After an outage: what was shown may be old.
    void reconnected();
    void retryAsked();
    void listeningBegan(); ///< What happened since the first answers was not told.
    void live(const exhibit::domain::LiveEvent& event);

private:
    std::shared_ptr<domain::IncidentSource> m_source;
    ConnectionState m_state = ConnectionState::Offline;
    bool m_isListening = false;
    QString m_name;
    QString m_baseUrl;
    QString m_detail;
    QString m_cause;
    QSet<QString> m_routes;
    QSet<QString> m_exportFormats;
    ExportIncludes m_exportIncludes;
};

} // namespace exhibit::ui
