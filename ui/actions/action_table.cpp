// SPDX-License-Identifier: Apache-2.0
#include "ui/actions/action_spec.h"

#include <QCoreApplication>

namespace exhibit::ui {
namespace {

using enum Context;

// clang-format off
constexpr ActionSpec kActions[] = {
    {"file.connect", QT_TRANSLATE_NOOP("Actions", "&Connect to a gateway…"),
     "Ctrl+Shift+O", Icon::Plug, Window, MenuId::File},
    {"file.disconnect", QT_TRANSLATE_NOOP("Actions", "&Disconnect"),
     "", Icon::None, Window, MenuId::File},
    {"file.new_window", QT_TRANSLATE_NOOP("Actions", "&New window"),
     "Ctrl+N", Icon::Window, Window, MenuId::File, true},
    {"file.close", QT_TRANSLATE_NOOP("Actions", "C&lose window"),
     "Ctrl+W", Icon::None, Window, MenuId::File},
    {"file.quit", QT_TRANSLATE_NOOP("Actions", "&Quit"),
     "Ctrl+Q", Icon::None, Window, MenuId::File, true},

    {"edit.undo", QT_TRANSLATE_NOOP("Actions", "&Undo"),
     "Ctrl+Z", Icon::Undo, Window, MenuId::Edit},
    {"edit.redo", QT_TRANSLATE_NOOP("Actions", "&Redo"),
     "Ctrl+Shift+Z", Icon::Redo, Window, MenuId::Edit},
    {"edit.copy_id", QT_TRANSLATE_NOOP("Actions", "Copy incident &id"),
     "Ctrl+Shift+C", Icon::Copy, Window, MenuId::Edit, true},
    {"edit.copy_json", QT_TRANSLATE_NOOP("Actions", "Copy as &JSON"),
     "Ctrl+Alt+J", Icon::Copy, Window, MenuId::Edit},
    {"edit.copy_markdown", QT_TRANSLATE_NOOP("Actions", "Copy as &Markdown"),
     "Ctrl+Alt+C", Icon::Copy, Window, MenuId::Edit},
    {"edit.copy_curl", QT_TRANSLATE_NOOP("Actions", "Copy request as c&url"),
     "Ctrl+Alt+U", Icon::Copy, Window, MenuId::Edit},
    {"edit.menu", QT_TRANSLATE_NOOP("Actions", "Open the &menu of this place"),
     "Shift+F10", Icon::None, Window, MenuId::Edit, true},

    {"view.theme_system", QT_TRANSLATE_NOOP("Actions", "Follow the &system"),
     "", Icon::None, Window, MenuId::View, false, true},
    {"view.theme_light", QT_TRANSLATE_NOOP("Actions", "&Light"),
     "", Icon::None, Window, MenuId::View, false, true},
    {"view.theme_dark", QT_TRANSLATE_NOOP("Actions", "&Dark"),
     "", Icon::None, Window, MenuId::View, false, true},
    {"view.theme_contrast", QT_TRANSLATE_NOOP("Actions", "&High contrast"),
     "", Icon::None, Window, MenuId::View, false, true},
    {"view.time_local", QT_TRANSLATE_NOOP("Actions", "Times in l&ocal zone"),
     "", Icon::Clock, Window, MenuId::View, true, true},
    {"view.time_utc", QT_TRANSLATE_NOOP("Actions", "Times in &UTC"),
     "Ctrl+Shift+U", Icon::Globe, Window, MenuId::View, false, true},
    {"view.reduce_motion", QT_TRANSLATE_NOOP("Actions", "Reduce &motion"),
     "", Icon::None, Window, MenuId::View, false, true},

    {"search.focus", QT_TRANSLATE_NOOP("Actions", "&Go to the query"),
     "Ctrl+F", Icon::Search, Window, MenuId::Search},
    {"search.builder", QT_TRANSLATE_NOOP("Actions", "B&uild a query…"),
     "Ctrl+B", Icon::Funnel, Window, MenuId::Search},
    {"search.calls", QT_TRANSLATE_NOOP("Actions", "Search all &calls"),
     "Ctrl+Shift+F", Icon::Server, Window, MenuId::Search},
    {"search.back", QT_TRANSLATE_NOOP("Actions", "&Back"),
     "Alt+Left", Icon::ChevronLeft, Window, MenuId::Search},
    {"search.forward", QT_TRANSLATE_NOOP("Actions", "&Forward"),
     "Alt+Right", Icon::ChevronRight, Window, MenuId::Search},
    {"search.refresh", QT_TRANSLATE_NOOP("Actions", "&Search again"),
     "F5", Icon::Refresh, Window, MenuId::Search},
    {"search.cancel", QT_TRANSLATE_NOOP("Actions", "S&top searching"),
     "Esc", Icon::Stop, Window, MenuId::Search},
    {"search.clear", QT_TRANSLATE_NOOP("Actions", "&Clear all filters"),
     "Ctrl+Shift+X", Icon::Close, Window, MenuId::Search},
    {"search.show_new", QT_TRANSLATE_NOOP("Actions", "Show &new incidents"),
     "Ctrl+Shift+R", Icon::None, Window, MenuId::Search},
    {"search.only_this", QT_TRANSLATE_NOOP("Actions", "&Only this value"),
     "Ctrl+Return", Icon::Funnel, Results, MenuId::Search, true},
    {"search.not_this", QT_TRANSLATE_NOOP("Actions", "No&t this value"),
     "Ctrl+Shift+Return", Icon::Minus, Results, MenuId::Search},
    {"search.add_this", QT_TRANSLATE_NOOP("Actions", "&Add this value"),
     "Ctrl+Shift+A", Icon::Plus, Results, MenuId::Search},
    {"search.copy_filter", QT_TRANSLATE_NOOP("Actions", "Copy as &query"),
     "", Icon::Copy, Results, MenuId::Search},
    {"search.sort_column", QT_TRANSLATE_NOOP("Actions", "Sort &by this column"),
     "O", Icon::None, Results, MenuId::Search, true},
    {"search.sort_newest", QT_TRANSLATE_NOOP("Actions", "Ne&west first"),
     "Shift+O", Icon::None, Results, MenuId::Search},
    {"search.group", QT_TRANSLATE_NOOP("Actions", "&Group results…"),
     "G", Icon::List, Results, MenuId::Search},
    {"search.open_groups", QT_TRANSLATE_NOOP("Actions", "Open all groups"),
     "Shift+G", Icon::None, Results, MenuId::Search},
    {"search.close_groups", QT_TRANSLATE_NOOP("Actions", "Close all groups"),
     "Ctrl+G", Icon::None, Results, MenuId::Search},
    {"search.save", QT_TRANSLATE_NOOP("Actions", "Sa&ve this search…"),
     "Ctrl+S", Icon::Bookmark, Window, MenuId::Search, true},
    {"search.export_csv", QT_TRANSLATE_NOOP("Actions", "Export results as CS&V…"),
     "Ctrl+E", Icon::Export, Window, MenuId::Search},
    {"search.export_ndjson", QT_TRANSLATE_NOOP("Actions", "Export results as N&DJSON…"),
     "", Icon::Export, Window, MenuId::Search},
    {"search.columns", QT_TRANSLATE_NOOP("Actions", "Choose co&lumns…"),
     "", Icon::Columns, Window, MenuId::Search},

    {"timeline.inflection", QT_TRANSLATE_NOOP("Actions", "Go to the &inflection point"),
     "I", Icon::Diamond, Timeline, MenuId::Timeline},
    {"timeline.root_cause", QT_TRANSLATE_NOOP("Actions", "Go to the root &cause"),
     "C", Icon::None, Timeline, MenuId::Timeline},
    {"timeline.explain", QT_TRANSLATE_NOOP("Actions", "&Explain this instant"),
     "Return", Icon::Clock, Timeline, MenuId::Timeline},
    {"timeline.previous", QT_TRANSLATE_NOOP("Actions", "&Previous event"),
     ",; Left", Icon::StepBack, Timeline, MenuId::Timeline, true},
    {"timeline.next", QT_TRANSLATE_NOOP("Actions", "&Next event"),
     ".; Right", Icon::StepForward, Timeline, MenuId::Timeline},
    {"timeline.zoom_in", QT_TRANSLATE_NOOP("Actions", "Zoom i&n"),
     "W; +", Icon::ZoomIn, Timeline, MenuId::Timeline, true},
    {"timeline.zoom_out", QT_TRANSLATE_NOOP("Actions", "Zoom &out"),
     "S; -", Icon::ZoomOut, Timeline, MenuId::Timeline},
    {"timeline.pan_left", QT_TRANSLATE_NOOP("Actions", "Pan &left"),
     "A", Icon::None, Timeline, MenuId::Timeline},
    {"timeline.pan_right", QT_TRANSLATE_NOOP("Actions", "Pan &right"),
     "D", Icon::None, Timeline, MenuId::Timeline},
    {"timeline.fit", QT_TRANSLATE_NOOP("Actions", "&Fit the run"),
     "F", Icon::Fit, Timeline, MenuId::Timeline},
    {"timeline.measure", QT_TRANSLATE_NOOP("Actions", "&Measure"),
     "M", Icon::Ruler, Timeline, MenuId::Timeline, false, true},

    {"evidence.open", QT_TRANSLATE_NOOP("Actions", "&Open evidence…"),
     "Ctrl+O", Icon::Folder, Window, MenuId::Evidence},
    {"evidence.verify_again", QT_TRANSLATE_NOOP("Actions", "&Verify again"),
     "Ctrl+R", Icon::Refresh, Window, MenuId::Evidence},
    {"evidence.copy_summary", QT_TRANSLATE_NOOP("Actions", "Copy &summary"),
     "Ctrl+Alt+S", Icon::Copy, Window, MenuId::Evidence},
    {"evidence.close", QT_TRANSLATE_NOOP("Actions", "C&lose this evidence"),
     "", Icon::Close, Window, MenuId::Evidence},
    {"evidence.pinned_keys", QT_TRANSLATE_NOOP("Actions", "&Pinned keys…"),
     "", Icon::Key, Window, MenuId::Evidence},
    {"evidence.export", QT_TRANSLATE_NOOP("Actions", "&Export this incident…"),
     "Ctrl+Shift+E", Icon::Export, Window, MenuId::Evidence, true},
    {"evidence.certify", QT_TRANSLATE_NOOP("Actions", "&Certify this incident…"),
     "Ctrl+Shift+V", Icon::Certificate, Window, MenuId::Evidence},

    {"case.tag", QT_TRANSLATE_NOOP("Actions", "&Tag…"),
     "T", Icon::Tag, Results, MenuId::Case, false, false, true},
    {"case.status", QT_TRANSLATE_NOOP("Actions", "Set &status…"),
     "Shift+S", Icon::None, Results, MenuId::Case, false, false, true},

    {"tools.palette", QT_TRANSLATE_NOOP("Actions", "Command &palette…"),
     "Ctrl+Shift+P", Icon::List, Window, MenuId::Tools},
    {"tools.everything", QT_TRANSLATE_NOOP("Actions", "&Go to anything…"),
     "Ctrl+K", Icon::Search, Window, MenuId::Tools},
    {"tools.jobs", QT_TRANSLATE_NOOP("Actions", "&Jobs"),
     "Ctrl+J", Icon::Jobs, Window, MenuId::Tools, false, true},

    {"workspace.investigate", QT_TRANSLATE_NOOP("Actions", "&Investigate"),
     "Ctrl+1", Icon::Search, Window, MenuId::Window, false, true},
    {"workspace.certificate", QT_TRANSLATE_NOOP("Actions", "&Certificate"),
     "Ctrl+2", Icon::Shield, Window, MenuId::Window, false, true},
    {"record.window", QT_TRANSLATE_NOOP("Actions", "Open in a window of its o&wn"),
     "Shift+Return", Icon::Window, Results, MenuId::Window},
    {"record.pin", QT_TRANSLATE_NOOP("Actions", "Pin the recor&d"),
     "", Icon::Pin, Window, MenuId::Window, false, true},
    {"window.next_pane", QT_TRANSLATE_NOOP("Actions", "&Next pane"),
     "F6", Icon::None, Window, MenuId::Window, true},
    {"window.previous_pane", QT_TRANSLATE_NOOP("Actions", "&Previous pane"),
     "Shift+F6", Icon::None, Window, MenuId::Window},
    {"window.float", QT_TRANSLATE_NOOP("Actions", "&Float this pane"),
     "", Icon::Float, Window, MenuId::Window, true},
    {"window.dock", QT_TRANSLATE_NOOP("Actions", "&Dock back"),
     "", Icon::Layout, Window, MenuId::Window},
    {"window.save_layout", QT_TRANSLATE_NOOP("Actions", "&Save layout as…"),
     "", Icon::None, Window, MenuId::Window, true},
    {"window.reset_layout", QT_TRANSLATE_NOOP("Actions", "&Reset layout"),
     "", Icon::None, Window, MenuId::Window},

    {"help.keys", QT_TRANSLATE_NOOP("Actions", "&Keys for this place"),
     "?; Ctrl+F1", Icon::Keyboard, Window, MenuId::Help},
    {"help.query", QT_TRANSLATE_NOOP("Actions", "&Query reference"),
     "F1", Icon::Help, Window, MenuId::Help},
    {"help.about", QT_TRANSLATE_NOOP("Actions", "&About Exhibit"),
     "", Icon::Exhibit, Window, MenuId::Help, true},
};
// clang-format on

constexpr const char* kMenuTitles[] = {
    QT_TRANSLATE_NOOP("Actions", "&File"),
    QT_TRANSLATE_NOOP("Actions", "&Edit"),
    QT_TRANSLATE_NOOP("Actions", "&View"),
    QT_TRANSLATE_NOOP("Actions", "&Search"),
    QT_TRANSLATE_NOOP("Actions", "&Timeline"),
    QT_TRANSLATE_NOOP("Actions", "E&vidence"),
    QT_TRANSLATE_NOOP("Actions", "&Case"),
    QT_TRANSLATE_NOOP("Actions", "T&ools"),
    QT_TRANSLATE_NOOP("Actions", "&Window"),
    QT_TRANSLATE_NOOP("Actions", "&Help"),
};

} // namespace

QString menuTitle(MenuId menu)
{
    return QCoreApplication::translate("Actions", kMenuTitles[static_cast<std::size_t>(menu)]);
}

std::span<const ActionSpec> actionTable()
{
    return kActions;
}

} // namespace exhibit::ui
