// SPDX-License-Identifier: Apache-2.0
// Gateways on this machine, and the three steps of the welcome page.
#include "app/console/console.h"
#include "ui/search/search_controller.h"

#include <QDockWidget>
#include <QEventLoop>

namespace exhibit::console {

using namespace Qt::StringLiterals;
using Kind = LocalGateways::Kind;

void Console::followGateways()
{
    connect(&m_local, &LocalGateways::said, this, [this](const QString& text, bool failed) {
        for (auto* welcome : m_welcomes) {
            welcome->setProgress(text, failed);
        }
    });
    connect(&m_local,
            &LocalGateways::ready,
            this,
            [this](const QString& address, const QString& keyFile) {
                m_connection->setExcuse({});
                if (m_hub.source() != nullptr && m_connection->address() == address) {
                    m_connection->retryNow(); // It is back; what is shown stays.
                    return;
                }
                m_welcomes.front()->setAddress(address);
                connectWith(address, readKey(keyFile));
            });
    connect(&m_local, &LocalGateways::away, m_connection.get(), &Connection::setExcuse);
    connect(&m_hub, &ui::SourceHub::retryAsked, this, [this] {
        for (const auto kind : {Kind::Kept, Kind::Sample}) {
            if (m_local.servesAt(kind, m_connection->address())) {
                startLocal(shownWindow(), kind); // What gave up begins again.
            }
        }
    });
}

void Console::startLocal(ui::MainWindow& from, Kind kind)
{
    m_step = Step::None;
    m_local.start(kind, *from.services().jobs);
}

/// The steps lead on from wherever one is.
void Console::openFirst(ui::MainWindow& from, Step step)
{
    if (m_hub.source() == nullptr) {
        startLocal(from, Kind::Sample);
        m_step = step;
        m_stepWindow = &from;
        return;
    }
    m_step = step;
    m_stepWindow = &from;
    goOn();
}

void Console::goOn()
{
    const Step step = std::exchange(m_step, Step::None);
    auto* window = m_stepWindow.data();
    if (step == Step::None || window == nullptr) {
        return;
    }
    window->showHome(false);
    auto& selection = *window->services().selection;
    selection.want({}); // The first row is the newest.
    selection.setIncident(nullptr);
    auto* once = new QObject(window); // Until its job is done, or with the window.
    connect(&selection, &ui::Selection::timelineChanged, once, [window, step, once] {
        if (window->services().selection->timeline() == nullptr) {
            return;
        }
        once->deleteLater();
        const bool jumps = step == Step::Inflection;
        auto* dock = qobject_cast<QDockWidget*>(window->pane(jumps ? u"timeline"_s : u"results"_s));
        dock->show();
        dock->raise();
        dock->widget()->setFocus();
        if (jumps) {
            // Once whoever showed the run is done with it.
            QMetaObject::invokeMethod(
                window,
                [window] { window->actions().trigger(u"timeline.inflection"); },
                Qt::QueuedConnection);
        }
    });
    ui::SearchController::of(window->services()).show({});
}

/// No window is left that could freeze meanwhile.
void Console::endGateways()
{
    if (m_local.areRunning()) {
        QEventLoop rest;
        connect(&m_local, &LocalGateways::allEnded, &rest, &QEventLoop::quit);
        m_local.stop();
        rest.exec();
    }
}

} // namespace exhibit::console
