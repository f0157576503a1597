// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/windows/layouts.h"
#include "ui/windows/pane_registry.h"

#include <QHash>
#include <QMainWindow>

class QActionGroup;
class QDockWidget;
class QStackedWidget;
class QToolBar;

namespace exhibit::ui {

class CollapsingSides;
class ConsoleStatusBar;
class MessageBar;

/// The shell: menus, tool bar, docks, status bar. It knows no feature; panes come from the registry
/// and find each other only through Services.
class MainWindow : public QMainWindow {
    Q_OBJECT

public:
    MainWindow(const PaneRegistry& registry, SourceHub& sources, bool safeMode);
    ~MainWindow() override;

    /// Shown instead of the docks while there is no source. The window owns it.
    void setHome(QWidget* home);
    /// The welcome page, or the panes.
    void showHome(bool show);
    /// Whether a page stands where the panes would be.
    [[nodiscard]] bool isHome() const { return m_isHome; }
    /// Leads from a page to the panes; false where there is no source to show in them.
    bool leadToPanes();
    /// Of the registry; without a source the one with the panes is the welcome page.
    void showWorkspace(const QString& id);
    /// Shows them in the workspace that opens files.
    void openFiles(const QStringList& files);
    /// The workspace whose page is shown; empty where that is the panes or the welcome page.
    [[nodiscard]] QString shownPage() const;
    /// What the workspace that opens files has open.
    [[nodiscard]] QStringList openedFiles() const;
    /// As they were in an earlier session: those files that are still there, and the page of that
    /// workspace, if it is known, in front.
    void restorePage(const QString& workspace, const QStringList& files);
    /// The page of a workspace; nullptr for one with panes.
    [[nodiscard]] QWidget* page(const QString& workspace) const { return m_pages.value(workspace); }

    [[nodiscard]] const Services& services() const { return m_services; }
    [[nodiscard]] ActionRegistry& actions() const { return *m_services.actions; }
    [[nodiscard]] ConsoleStatusBar& status() const { return *m_status; }
    /// The dock or bar of a pane; nullptr for unknown ids.
    [[nodiscard]] QWidget* pane(const QString& id) const { return m_panes.value(id); }
    [[nodiscard]] Layouts& layouts() { return m_layouts; }
    /// How the docks stand, or will when the page before them is left; empty before they stood.
    [[nodiscard]] QByteArray dockLayout() const;
    /// What the panes keep from one start to the next.
    [[nodiscard]] QJsonObject paneStates() const { return m_registry.statesOf(m_panes); }
    void restorePanes(const QJsonObject& states) { m_registry.restore(m_panes, states); }
    void cyclePane(int step);
    /// The jobs that end when this window closes, where those are more than its own.
    void setEndingJobs(std::function<QList<JobList*>()> jobs) { m_endingJobs = std::move(jobs); }

Q_SIGNALS:
    void pageShown(); ///< A page, or the panes, came to the front.
    void newWindowAsked();
    void connectAsked();
    void sampleAsked(); ///< A gateway with recorded stories, on this machine.
    void disconnectAsked();
    void recordWindowAsked(const std::shared_ptr<const exhibit::domain::SearchHit>& hit);
    void closing();
    /// Whoever knows all windows asks once for them, and closes them.
    void quitAsked();

protected:
    void closeEvent(QCloseEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void buildToolBar();
    void buildPanes();
    void buildPages();
    void showPage(QWidget* page);
    void showPanes();
    void markWorkspace();
    void addBar(const Pane& pane);
    void addDock(const Pane& pane);
    void arrangeDocks();
    void applyDefaultExtents();
    [[nodiscard]] QDockWidget* firstDock(Placement placement) const;
    void handleActions();
    void handleLayoutActions();
    void manageLayouts();
    void showLayout(const QString& name);
    void fillLayoutMenu();
    [[nodiscard]] QDockWidget* focusedDock() const;
    [[nodiscard]] QWidget* shownPane(Placement placement) const;
    void climbOut(const QDockWidget& from);

    const PaneRegistry& m_registry;
    Services m_services;
    Layouts m_layouts;
    std::function<QList<JobList*>()> m_endingJobs;
    QHash<QString, QWidget*> m_panes;
    QList<QDockWidget*> m_docks;
    QList<QToolBar*> m_bars;
    QList<PaletteProvider> m_providers;
    QStackedWidget* m_home; ///< The welcome page first, then those of workspaces.
    QHash<QString, QWidget*> m_pages;
    QByteArray m_panesState; ///< The docks while a page is shown.
    ConsoleStatusBar* m_status = nullptr;
    CollapsingSides* m_sides = nullptr;
    QDockWidget* m_jobsDock = nullptr;
    QDockWidget* m_lastDock = nullptr; ///< Had the focus last: what Float and Dock back mean.
    bool m_isHome = false;
    bool m_panesStand = false;
};

} // namespace exhibit::ui
