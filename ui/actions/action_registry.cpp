// SPDX-License-Identifier: Apache-2.0
#include "ui/actions/action_registry.h"

#include "ui/actions/key_map.h"

#include <QCoreApplication>
#include <QMenu>
#include <QMenuBar>

namespace exhibit::ui {
namespace {

using namespace Qt::StringLiterals;

} // namespace

ActionRegistry::ActionRegistry(QWidget* window, bool ownKeys)
    : QObject(window)
    , m_window(window)
{
    for (const auto& spec : actionTable()) {
        auto* action = new QAction(QCoreApplication::translate("Actions", spec.text), window);
        action->setObjectName(QString::fromLatin1(spec.id));
        action->setIcon(icon(spec.icon));
        action->setCheckable(spec.checkable);
        action->setEnabled(false);
        action->setShortcuts(ownKeys ? KeyMap::keys(spec) : KeyMap::defaults(spec));
        if (spec.context == Context::Window) {
            action->setShortcutContext(Qt::WindowShortcut);
            window->addAction(action);
        } else {
            action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
        }
        m_actions.insert(action->objectName(), action);
        m_ordered << action;
    }
    connect(
        &KeyMap::instance(), &KeyMap::changed, this, [this, ownKeys](const ActionSpec* changed) {
            for (const auto& spec : actionTable()) { // A key that is free again may be another's.
                if (!ownKeys && &spec != changed) {
                    continue;
                }
                const auto keys = KeyMap::keys(spec);
                if (auto* one = action(QString::fromLatin1(spec.id)); one->shortcuts() != keys) {
                    one->setShortcuts(keys);
                }
            }
        });
}

QAction* ActionRegistry::action(QStringView id) const
{
    auto* found = m_actions.value(id.toString());
    if (found == nullptr) {
        qFatal("no action %s", qPrintable(id.toString()));
    }
    return found;
}

void ActionRegistry::claim(QAction* action, QObject* owner)
{
    action->setEnabled(true);
    const QString id = action->objectName();
    ++m_handled[id];
    connect(owner, &QObject::destroyed, this, [this, action, id] {
        action->setEnabled(false);
        if (--m_handled[id] == 0) {
            m_handled.remove(id);
        }
    });
}

bool ActionRegistry::mayRun(const QAction* action) const
{
    return !m_gate || m_gate(*spec(action));
}

void ActionRegistry::handle(QStringView id, QObject* owner, std::function<void()> run)
{
    QAction* found = action(id);
    claim(found, owner);
    connect(found, &QAction::triggered, owner, [this, found, run = std::move(run)] {
        if (mayRun(found)) {
            run();
        }
    });
}

void ActionRegistry::handleToggle(QStringView id, QObject* owner, std::function<void(bool)> run)
{
    QAction* found = action(id);
    claim(found, owner);
    connect(found, &QAction::triggered, owner, [this, found, run = std::move(run)](bool on) {
        mayRun(found) ? run(on) : found->setChecked(!on);
    });
}

void ActionRegistry::bindContext(Context context, QWidget* scope)
{
    for (std::size_t i = 0; i < actionTable().size(); ++i) {
        if (actionTable()[i].context == context) {
            scope->addAction(m_ordered.at(static_cast<qsizetype>(i)));
        }
    }
}

void ActionRegistry::fillMenuBar(QMenuBar* bar)
{
    for (int id = 0; id < static_cast<int>(MenuId::Count); ++id) {
        auto* menu = bar->addMenu(menuTitle(static_cast<MenuId>(id)));
        menu->setObjectName(u"menu.%1"_s.arg(id));
        m_menus.insert(id, menu);
    }
    for (std::size_t i = 0; i < actionTable().size(); ++i) {
        const auto& spec = actionTable()[i];
        QMenu* menu = m_menus.value(static_cast<int>(spec.menu));
        if (spec.separatorBefore) {
            menu->addSeparator();
        }
        menu->addAction(m_ordered.at(static_cast<qsizetype>(i)));
    }
}

bool ActionRegistry::trigger(QStringView id) const
{
    QAction* found = action(id);
    if (!found->isEnabled()) {
        return false;
    }
    found->trigger();
    return true;
}

const ActionSpec* ActionRegistry::spec(const QAction* action) const
{
    for (const auto& spec : actionTable()) {
        if (action->objectName() == QLatin1StringView(spec.id)) {
            return &spec;
        }
    }
    return nullptr;
}

QString ActionRegistry::plainText(const QAction* action)
{
    QString text = action->text();
    text.remove(QLatin1Char('&'));
    return text;
}

} // namespace exhibit::ui
