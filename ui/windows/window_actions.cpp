// SPDX-License-Identifier: Apache-2.0
#include "ui/windows/window_actions.h"

#include "ui/actions/shortcuts_dialog.h"
#include "ui/theme/fonts.h"
#include "ui/theme/style.h"
#include "ui/theme/theme.h"
#include "ui/widgets/time_display.h"
#include "ui/windows/context_menu.h"

#include <QActionGroup>
#include <QApplication>
#include <QDockWidget>
#include <QMainWindow>
#include <QMessageBox>
#include <QSettings>

namespace exhibit::ui {
namespace {

using namespace Qt::StringLiterals;

constexpr auto kStop = "stop";

constexpr std::pair<const char*, ThemeChoice> kThemes[] = {
    {"view.theme_system", ThemeChoice::System},
    {"view.theme_light", ThemeChoice::Light},
    {"view.theme_dark", ThemeChoice::Dark},
    {"view.theme_contrast", ThemeChoice::Contrast},
};

Context focusedContext(const ActionRegistry& actions)
{
    QWidget* at = QApplication::focusWidget();
    for (; at != nullptr; at = at->parentWidget()) {
        for (const QAction* action : at->actions()) {
            const auto* spec = actions.spec(action);
            if (spec != nullptr && spec->context != Context::Window) {
                return spec->context;
            }
        }
    }
    return Context::Window;
}

void handleThemes(const Services& services)
{
    auto& actions = *services.actions;
    auto* themes = new QActionGroup(services.window); // The window owns it.
    for (const auto& [id, choice] : kThemes) {
        themes->addAction(actions.action(QString::fromLatin1(id)));
        actions.handle(QString::fromLatin1(id), services.window, [picked = choice] {
            QSettings().setValue(u"view/theme"_s, static_cast<int>(picked));
            Theme::instance().choose(picked);
        });
    }
    actions.handleToggle(u"view.system_font", services.window, [](bool on) {
        QSettings().setValue(u"view/system_font"_s, on);
        Theme::instance().setSystemFont(on);
    });
    actions.handleToggle(u"view.reduce_motion", services.window, [](bool on) {
        QSettings().setValue(u"view/reduce_motion"_s, on);
        Theme::instance().setReducedMotion(on);
    });
    const auto show = [&actions] {
        const auto& theme = Theme::instance();
        for (const auto& [id, choice] : kThemes) {
            actions.action(QString::fromLatin1(id))->setChecked(theme.choice() == choice);
        }
        actions.action(u"view.system_font")->setChecked(usesSystemFont());
        actions.action(u"view.reduce_motion")->setChecked(theme.reducedMotion());
    };
    QObject::connect(&Theme::instance(), &Theme::changed, &actions, show);
    show();
}

void handleZones(const Services& services)
{
    auto& actions = *services.actions;
    auto* zones = new QActionGroup(services.window); // The window owns it.
    zones->addAction(actions.action(u"view.time_local"));
    zones->addAction(actions.action(u"view.time_utc"));
    actions.handle(u"view.time_local", services.window, [] {
        QSettings().setValue(u"view/utc"_s, false);
        TimeDisplay::instance().setZone(QTimeZone::systemTimeZone());
    });
    actions.handle(u"view.time_utc", services.window, [] {
        QSettings().setValue(u"view/utc"_s, true);
        TimeDisplay::instance().setZone(QTimeZone::utc());
    });
    const auto show = [&actions] {
        const bool utc = TimeDisplay::instance().isUtc();
        actions.action(u"view.time_utc")->setChecked(utc);
        actions.action(u"view.time_local")->setChecked(!utc);
    };
    QObject::connect(&TimeDisplay::instance(), &TimeDisplay::changed, &actions, show);
    show();
}

void openPalette(const Services& services,
                 const QList<PaletteProvider>& providers,
                 CommandPalette::Scope scope)
{
    auto* window = services.window;
    auto* palette = new CommandPalette(*services.actions, providers, scope, window);
    palette->move(
        window->mapToGlobal(QPoint((window->width() - palette->width()) / 2, scaled(92))));
    palette->show();
}

/// Itself, what it gives its focus to, or the first thing in it that Tab reaches.
QWidget* firstFocusable(QWidget* part)
{
    if (part->focusProxy() != nullptr || part->focusPolicy() != Qt::NoFocus) {
        return part;
    }
    for (QWidget* at = part->nextInFocusChain(); at != part; at = at->nextInFocusChain()) {
        const bool takesTab = (at->focusPolicy() & Qt::TabFocus) != 0;
        if (takesTab && part->isAncestorOf(at) && at->isVisible() && at->isEnabled()) {
            return at;
        }
    }
    return nullptr;
}

} // namespace

void handleWindowActions(const Services& services, const QList<PaletteProvider>& providers)
{
    auto& actions = *services.actions;
    auto* window = services.window;
    actions.handle(u"file.close", window, [window] { window->close(); });
    actions.handle(u"edit.menu", window, [window] { openContextMenu(*window); });
    actions.handle(u"tools.palette", window, [services, &providers] {
        openPalette(services, providers, CommandPalette::Scope::Actions);
    });
    actions.handle(u"tools.everything", window, [services, &providers] {
        openPalette(services, providers, CommandPalette::Scope::Everything);
    });
    actions.handle(u"help.keys", window, [&actions, window] {
        (new ShortcutsDialog(actions, focusedContext(actions), window))->show();
    });
    actions.handle(u"help.about", window, [window] {
        QMessageBox::about(window,
                           QCoreApplication::translate("MainWindow", "About Exhibit"),
                           QCoreApplication::translate(
                               "MainWindow",
                               "Exhibit %1\nAI incident investigation console. Apache-2.0.\n"
                               "Inter and JetBrains Mono are under the SIL Open Font License.")
                               .arg(QLatin1StringView(EXHIBIT_VERSION)));
    });
    handleThemes(services);
    handleZones(services);
}

void makeStop(QWidget* part)
{
    part->setProperty(kStop, true);
}

QList<QWidget*> stopsIn(const QWidget& page)
{
    QList<QWidget*> stops;
    for (QWidget* part : page.findChildren<QWidget*>()) {
        if (part->property(kStop).toBool() && part->isVisible()) {
            stops << part;
        }
    }
    return stops;
}

void cycleFocus(const QList<QWidget*>& stops, int step)
{
    const auto has = [](const QWidget* stop, const QWidget* focus) {
        return focus != nullptr && (stop == focus || stop->isAncestorOf(focus));
    };
    qsizetype at = step > 0 ? -1 : 0;
    for (qsizetype i = 0; i < stops.size(); ++i) {
        at = has(stops.at(i), QApplication::focusWidget()) ? i : at;
    }
    for (qsizetype i = 0; i < stops.size(); ++i) { // What takes no keys is passed over.
        at = (at + step + stops.size()) % stops.size();
        auto* dock = qobject_cast<QDockWidget*>(stops.at(at));
        if (QWidget* target = firstFocusable(dock != nullptr ? dock->widget() : stops.at(at))) {
            if (dock != nullptr) {
                dock->raise();
            }
            if (!target->isActiveWindow()) {
                target->activateWindow(); // A pane that floats has a window of its own.
            }
            return target->setFocus(Qt::ShortcutFocusReason);
        }
    }
}

} // namespace exhibit::ui
