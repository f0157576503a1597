// SPDX-License-Identifier: Apache-2.0
#include "app/console/screenshots.h"

#include "app/console/console.h"
#include "ui/search/search_controller.h"

#include <QApplication>
#include <QDialog>
#include <QDir>
#include <QFileInfo>
#include <QPainter>
#include <QTabWidget>

#include <cstdio>

namespace exhibit::console {
namespace {

using namespace Qt::StringLiterals;

constexpr int kAnswerMs = 1000;
constexpr int kPaintMs = 150;
constexpr int kStepMs = 50;
constexpr int kQuietSteps = 3; ///< Nothing changes any more.
constexpr int kPatienceSteps = 100;
constexpr int kFailed = 3;

} // namespace

QPixmap pictureOf(QWidget& window)
{
    QPixmap picture = window.grab();
    for (auto* dialog : window.findChildren<QDialog*>(QString(), Qt::FindDirectChildrenOnly)) {
        if (dialog->isVisible() && dialog->windowType() == Qt::Dialog) {
            QPainter(&picture).drawPixmap(QPoint((window.width() - dialog->width()) / 2, 160),
                                          dialog->grab());
        }
    }
    if (QWidget* popup = QApplication::activePopupWidget()) {
        QPainter painter(&picture);
        painter.drawPixmap(window.mapFromGlobal(popup->mapToGlobal(QPoint())), popup->grab());
    }
    return picture;
}

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

void Screenshots::startOnSample()
{
    connect(&m_console.connection(),
            &Connection::connected,
            this,
            &Screenshots::start,
            Qt::SingleShotConnection);
    connect(&m_console.gateways(),
            &LocalGateways::said,
            this,
            [this](const QString& text, bool failed) {
                if (failed && m_shots.empty()) { // It has not begun.
                    std::fprintf(stderr, "exhibit: no sample data: %s\n", qPrintable(text));
                    start();
                }
            });
    m_console.gateways().start(LocalGateways::Kind::Sample, *m_console.window().services().jobs);
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
    addShot(u"welcome"_s, true, [&window] { window.showHome(true); });
    for (const QString& file : m_console.options().files) {
        addShot(u"certificate-"_s + QFileInfo(file).completeBaseName(), true, [&window, file] {
            window.openFiles({file});
        });
    }
    if (m_console.options().files.isEmpty()) {
        addShot(u"certificate"_s, true, [&window] { window.showWorkspace(u"certificate"_s); });
    }
    if (m_console.hub().source() == nullptr && m_console.connection().address().isEmpty()) {
        return;
    }
    addShot(u"investigate"_s, true, [&window, run] {
        window.showHome(false);
        run("timeline.inflection");
    });
    addShot(u"filtered"_s, false, [ask] {
        ask(u"severity:critical or severity:high -status:resolved policy:CONTENT_ACCURACY"_s);
    });
    listSearchShots();
    listDialogShots();
    addShot(u"empty"_s, false, [ask] { ask(u"severity:low policy:BUDGET"_s); });
    addShot(u"invalid"_s, false, [ask] { ask(u"severty:high"_s); });
    addShot(u"request"_s, false, [ask, &window] {
        ask(QString());
        window.pane(u"record"_s)->findChild<QTabWidget*>()->setCurrentIndex(1);
    });
    addShot(u"smallest"_s, false, [&window] {
        window.pane(u"record"_s)->findChild<QTabWidget*>()->setCurrentIndex(0);
        window.resize(window.minimumSize());
    });
    addShot(u"palette"_s, false, [run, &window] {
        window.resize(1600, 1000);
        run("tools.everything");
    });
}

/// Orders, groups, calls, builder, a record of its own.
void Screenshots::listSearchShots()
{
    auto& window = m_console.window();
    addShot(u"grouped"_s, true, [&window] {
        ui::SearchController::of(window.services())
            .show({{},
                   {domain::SearchSort::Severity,
                    domain::SearchOrder::Descending,
                    query::Field::Policy}});
    });
    addShot(u"calls"_s, false, [&window] {
        ui::SearchController::of(window.services()).show({});
        window.actions().trigger(u"search.calls");
    });
    addShot(u"builder"_s, false, [&window] {
        window.pane(u"calls"_s)->hide();
        ui::SearchController::of(window.services())
            .setText(u"policy:CONTENT_ACCURACY or policy:BUDGET latency:>10ms -severity:low"_s,
                     true);
        window.actions().trigger(u"search.builder");
    });
    const auto leave = [&window] {
        window.findChild<QDialog*>(u"query.builder"_s)->close();
        ui::SearchController::of(window.services()).setText({}, true);
    };
    m_shots.push_back({{}, leave, kAnswerMs});
    addShot(u"reference"_s, false, [&window] { window.actions().trigger(u"help.query"); });
    addShot(u"away"_s, false, [&window, this] {
        window.findChild<QDialog*>(u"query.reference"_s)->close();
        m_console.hub().setState(
            ui::ConnectionState::Reconnecting, tr("trying again in 4 s"), u"Connection refused"_s);
    });
    addShot(u"record"_s, false, [&window, this] {
        m_console.hub().setState(ui::ConnectionState::Connected);
        if (const auto hit = window.services().selection->shared()) {
            m_shown = &m_console.records().open(hit);
        }
    });
}

/// What is asked and arranged in windows of their own.
void Screenshots::listDialogShots()
{
    auto& window = m_console.window();
    const auto open = [&window](const char* action) {
        return [&window, action] {
            for (auto* dialog : window.findChildren<QDialog*>()) {
                dialog->close();
            }
            window.actions().trigger(QString::fromLatin1(action));
        };
    };
    m_shots.push_back({{}, [this] { m_shown = nullptr; }, kPaintMs});
    addShot(u"columns"_s, false, open("search.columns"));
    addShot(u"layouts"_s, false, open("window.layouts"));
    addShot(u"export"_s, false, open("evidence.export"));
    addShot(u"jobs"_s, false, [&window, close = open("tools.jobs")] {
        auto* job = window.services().jobs->start(tr("Export 9 results"), {}, u"incidents.csv"_s);
        job->progress(4, 9, tr("writing the rows"));
        close();
    });
    m_shots.push_back({{}, open("tools.jobs"), kPaintMs});
}

void Screenshots::addShot(const QString& name, bool contrast, std::function<void()> prepare)
{
    using ui::ThemeChoice;
    const auto in
        = [](ThemeChoice theme) { return [theme] { ui::Theme::instance().choose(theme); }; };
    m_shots.push_back({{}, std::move(prepare), kAnswerMs});
    m_shots.push_back({name + u"-dark"_s, in(ThemeChoice::Dark), kPaintMs});
    m_shots.push_back({name + u"-light"_s, in(ThemeChoice::Light), kPaintMs});
    if (contrast) {
        m_shots.push_back({name + u"-contrast"_s, in(ThemeChoice::Contrast), kPaintMs});
    }
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
    // Answers and repaints of what was just asked first; then the picture.
    QTimer::singleShot(shot.settleMs, this, [this, &shot] {
        if (!shot.name.isEmpty()) {
            grab(shot.name);
        }
        m_poll.start();
    });
}

void Screenshots::grab(const QString& name)
{
    const QPixmap picture = pictureOf(m_shown != nullptr ? *m_shown : m_console.window());
    const QString file = m_folder + u"/"_s + name + u".png"_s;
    if (!picture.save(file)) {
        std::fprintf(stderr, "exhibit: %s cannot be written\n", qPrintable(file));
    }
}

} // namespace exhibit::console
