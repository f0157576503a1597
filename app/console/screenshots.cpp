// SPDX-License-Identifier: Apache-2.0
#include "app/console/screenshots.h"

#include "app/console/console.h"
#include "ui/search/search_controller.h"

#include <QApplication>
#include <QDir>
#include <QPainter>

#include <cstdio>

namespace exhibit::console {
namespace {

using namespace Qt::StringLiterals;

constexpr int kStepMs = 100;
constexpr int kQuietSteps = 5; ///< Nothing changes any more.
constexpr int kPatienceSteps = 100;
constexpr int kFailed = 3;

} // namespace

Screenshots::Screenshots(Console& console, QString folder)
    : m_console(console)
    , m_folder(std::move(folder))
{
    m_poll.setInterval(kStepMs);
    connect(&m_poll, &QTimer::timeout, this, [this] {
        m_quietSteps = isQuiet() ? m_quietSteps + 1 : 0;
        if (m_quietSteps >= kQuietSteps || ++m_patience > kPatienceSteps) {
            m_poll.stop();
            next();
        }
    });
}

void Screenshots::start()
{
    if (!QDir().mkpath(m_folder)) {
        std::fprintf(stderr, "exhibit: %s cannot be made\n", qPrintable(m_folder));
        QMetaObject::invokeMethod(
            this, [] { QApplication::exit(kFailed); }, Qt::QueuedConnection);
        return;
    }
    m_console.window().resize(1600, 1000);
    listShots();
    m_poll.start();
}

bool Screenshots::isQuiet() const
{
    const auto& search = ui::SearchController::of(m_console.window().services());
    const bool connecting = m_console.hub().state() == ui::ConnectionState::Connecting;
    return !connecting && search.state() != ui::SearchState::Working;
}

void Screenshots::listShots()
{
    auto& window = m_console.window();
    const auto run
        = [&window](const char* id) { window.actions().trigger(QString::fromLatin1(id)); };
    const auto ask = [&window](const QString& text) {
        ui::SearchController::of(window.services()).setText(text, true);
    };
    m_shots.push_back({u"welcome"_s, [&window] { window.showHome(true); }});
    if (m_console.hub().source() == nullptr && m_console.connection().address().isEmpty()) {
        return;
    }
    m_shots.push_back({u"investigate"_s, [&window, run] {
                           window.showHome(false);
                           run("timeline.inflection");
                       }});
    m_shots.push_back({u"filtered"_s,
                       [ask] { ask(u"severity:critical or severity:high -status:resolved"_s); },
                       false});
    m_shots.push_back({u"empty"_s, [ask] { ask(u"severity:low policy:BUDGET"_s); }, false});
    m_shots.push_back({u"invalid"_s, [ask] { ask(u"severty:high"_s); }, false});
    m_shots.push_back({u"palette"_s,
                       [ask, run] {
                           ask(QString());
                           run("tools.everything");
                       },
                       false});
}

void Screenshots::next()
{
    if (m_at >= m_shots.size()) {
        QApplication::exit(0);
        return;
    }
    const Shot& shot = m_shots[m_at++];
    shot.prepare();
    m_patience = 0;
    m_quietSteps = 0;
    // Answers of what was just asked first; then the picture.
    auto* wait = new QTimer(this);
    wait->setSingleShot(true);
    connect(wait, &QTimer::timeout, this, [this, &shot, wait] {
        wait->deleteLater();
        render(shot);
        m_poll.start();
    });
    wait->start(1200);
}

void Screenshots::render(const Shot& shot)
{
    using ui::ThemeChoice;
    const std::pair<ThemeChoice, QString> themes[] = {{ThemeChoice::Dark, u"dark"_s},
                                                      {ThemeChoice::Light, u"light"_s},
                                                      {ThemeChoice::Contrast, u"contrast"_s}};
    for (const auto& [choice, name] : themes) {
        if (choice == ThemeChoice::Contrast && !shot.allThemes) {
            continue;
        }
        ui::Theme::instance().choose(choice);
        grab(shot.name + u"-"_s + name);
    }
}

void Screenshots::grab(const QString& name)
{
    auto& window = m_console.window();
    QPixmap picture = window.grab();
    if (QWidget* popup = QApplication::activePopupWidget()) {
        QPainter painter(&picture);
        painter.drawPixmap(window.mapFromGlobal(popup->mapToGlobal(QPoint())), popup->grab());
    }
    const QString file = m_folder + u"/"_s + name + u".png"_s;
    if (!picture.save(file)) {
        std::fprintf(stderr, "exhibit: %s cannot be written\n", qPrintable(file));
    }
}

} // namespace exhibit::console
