// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/actions/action_registry.h"
#include "ui/actions/command_palette.h"
#include "ui/windows/jobs.h"
#include "ui/windows/selection.h"
#include "ui/windows/source_hub.h"

#include <QHash>
#include <QJsonObject>
#include <QUndoStack>

#include <functional>
#include <span>
#include <vector>

class QMainWindow;

namespace exhibit::ui {

/// What a window gives its panes; everything outlives them.
struct Services {
    QMainWindow* window = nullptr;
    ActionRegistry* actions = nullptr;
    SourceHub* sources = nullptr;
    Selection* selection = nullptr;
    JobList* jobs = nullptr;
    QUndoStack* undo = nullptr;
    /// What Ctrl+K finds beside the actions.
    std::function<void(PaletteProvider)> addPaletteProvider;
    /// Shows files in the workspace that opens such.
    std::function<void(const QStringList&)> openFiles;
    /// Shows a record in a window of its own; empty where there is none to leave.
    std::function<void(std::shared_ptr<const domain::SearchHit>)> openRecord;
    /// Leads to the panes from a page that stands before them; false where there is nothing to show
    /// in them. Empty where no page ever stands there.
    std::function<bool()> showPanes;
    /// Nothing that a person arranged is restored, and none of it is written over.
    bool safeMode = false;
};

enum class Placement : std::uint8_t { Bar, Left, Top, Bottom, Right };

/// One part of the window, as its feature registers it. The shell knows nothing else of features.
struct Pane {
    const char* id; ///< Stable: stands in saved layouts.
    const char* title; ///< Translated at use, context "Panes".
    Icon icon;
    QWidget* (*factory)(const Services& services, QWidget* parent); ///< The parent owns it.
    Placement placement;
    bool defaultVisible = true;
    int defaultExtent = 0; ///< Width at the sides, height above and below; 0: what is left.
    /// Where a person left it, for the next start: a tab, a zoom, a place in a list. What restore()
    /// does not know it ignores; it may be called before there is anything to show. nullptr:
    /// nothing of it is kept.
    QJsonObject (*state)(const QWidget& pane) = nullptr;
    void (*restore)(QWidget& pane, const QJsonObject& state) = nullptr;
};

struct Workspace {
    const char* id;
    const char* title; ///< Translated at use, context "Panes".
    Icon icon;
    std::vector<const char*> panes; ///< Shown in this workspace; none where it is a page.
    /// A page of its own instead of docks, which needs no server; nullptr: the docks.
    QWidget* (*page)(const Services& services, QWidget* parent) = nullptr;
    /// Takes files that were dropped or named; nullptr: it opens none.
    void (*open)(QWidget* page, const QStringList& files) = nullptr;
    /// Those that are open, for the next start.
    QStringList (*opened)(const QWidget& page) = nullptr;
};

/// Filled once by app/console, in the order of the feature folders.
class PaneRegistry {
public:
    void add(const Pane& pane) { m_panes.push_back(pane); }
    void add(Workspace workspace) { m_workspaces.push_back(std::move(workspace)); }
    [[nodiscard]] std::span<const Pane> panes() const { return m_panes; }
    [[nodiscard]] std::span<const Workspace> workspaces() const { return m_workspaces; }
    [[nodiscard]] const Pane* find(const QString& id) const;
    /// Of those of a window, by their ids: the widgets of their factories, or docks around them.
    [[nodiscard]] QJsonObject statesOf(const QHash<QString, QWidget*>& panes) const;
    void restore(const QHash<QString, QWidget*>& panes, const QJsonObject& states) const;

private:
    std::vector<Pane> m_panes;
    std::vector<Workspace> m_workspaces;
};

} // namespace exhibit::ui
