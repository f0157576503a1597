// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/windows/pane_registry.h"

#include <QMainWindow>

namespace exhibit::ui {

class MessageBar;

/// One record beside others: panes of the registry on one incident, which no other window's
/// selection changes. Back and Forward walk what was looked at of its run; tags and status have
/// an undo of their own. Deletes itself when closed.
class RecordWindow : public QMainWindow {
    Q_OBJECT

public:
    /// Panes by their ids, side by side.
    struct Shown {
        const PaneRegistry& registry;
        QStringList panes;
        /// Shows files in the workspace that opens such, in another window.
        std::function<void(const QStringList&)> openFiles;
        bool safeMode = false; ///< Of Services.
    };

    RecordWindow(const Shown& shown,
                 SourceHub& sources,
                 std::shared_ptr<const domain::SearchHit> hit);
    ~RecordWindow() override;

    [[nodiscard]] std::string incidentId() const;
    [[nodiscard]] const Services& services() const { return m_services; }
    [[nodiscard]] QWidget* pane(const QString& id) const { return m_panes.value(id); }
    [[nodiscard]] MessageBar& bar() { return *m_bar; }
    [[nodiscard]] QJsonObject paneStates() const { return m_registry.statesOf(m_panes); }
    void restorePanes(const QJsonObject& states) { m_registry.restore(m_panes, states); }

Q_SIGNALS:
    /// Whoever knows all windows closes them.
    void quitAsked();

protected:
    /// While a job of this window runs it asks first: they end with the window.
    void closeEvent(QCloseEvent* event) override;

private:
    void buildBar();
    void handleActions();
    void hideForeignActions();
    void handleChanges();
    void followChanges();
    void showChanged(const domain::Incident& incident);
    void followSteps();
    void showTitle();

    const PaneRegistry& m_registry;
    Services m_services;
    MessageBar* m_bar;
    QHash<QString, QWidget*> m_panes;
    QList<QWidget*> m_stops; ///< Of F6, from left to right.
    QList<PaletteProvider> m_providers;
    Trail<RunPlace> m_trail;
    domain::Question m_question;
};

} // namespace exhibit::ui
