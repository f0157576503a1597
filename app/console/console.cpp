// SPDX-License-Identifier: Apache-2.0
#include "app/console/console.h"

#include "app/console/first_paint.h"
#include "app/console/screenshots.h"
#include "ui/calls/calls_panes.h"
#include "ui/certificate/certificate_panes.h"
#include "ui/detail/detail_panes.h"
#include "ui/search/search_controller.h"
#include "ui/search/search_panes.h"
#include "ui/timeline/timeline_panes.h"
#include "ui/widgets/time_display.h"
#include "ui/windows/note_drafts.h"

#include <QApplication>
#include <QFileInfo>
#include <QSettings>
#include <QStandardPaths>

#include <algorithm>

namespace exhibit::console {
namespace {

using namespace Qt::StringLiterals;

constexpr int kJournalDelayMs = 300;

ui::ThemeChoice themeOf(const QString& name, ui::ThemeChoice otherwise)
{
    const QStringList names{u"system"_s, u"light"_s, u"dark"_s, u"contrast"_s};
    const auto at = names.indexOf(name);
    return at < 0 ? otherwise : static_cast<ui::ThemeChoice>(at);
}

} // namespace

void registerPanes(ui::PaneRegistry& registry)
{
    ui::registerSearchPanes(registry);
    ui::registerCallsPanes(registry);
    ui::registerTimelinePanes(registry);
    ui::registerDetailPanes(registry);
    registry.add(ui::Workspace{"investigate",
                               QT_TRANSLATE_NOOP("Panes", "Investigate"),
                               ui::Icon::Search,
                               {"query", "facets", "results", "calls", "timeline", "record"}});
    ui::registerCertificatePage(registry);
}

Console::Console(CommandLine options)
    : m_options(std::move(options))
    , m_theme(nullptr)
    , m_local(m_options.programs.isEmpty() ? QCoreApplication::applicationDirPath()
                                           : m_options.programs,
              dataFolder() + u"/gateway"_s,
              nullptr)
    , m_single(socketPathFor(dataFolder()), nullptr)
{
    if (m_plurals.load(u":/i18n/exhibit_en.qm"_s)) {
        QCoreApplication::installTranslator(&m_plurals); // Leaves with this.
    }
    if (m_options.safeMode || !m_options.screenshotDir.isEmpty()) {
        m_borrowed.emplace();
    }
    registerPanes(m_registry);
    const QSettings settings;
    const auto kept = static_cast<ui::ThemeChoice>(settings.value(u"view/theme"_s, 0).toInt());
    m_theme.setSystemFont(!m_options.safeMode && settings.value(u"view/system_font"_s).toBool());
    m_theme.setReducedMotion(settings.value(u"view/reduce_motion"_s).toBool());
    m_theme.choose(themeOf(m_options.theme, m_options.safeMode ? ui::ThemeChoice::System : kept));
    if (!m_options.safeMode && settings.value(u"view/utc"_s).toBool()) {
        ui::TimeDisplay::instance().setZone(QTimeZone::utc());
    }
    m_connection = std::make_unique<Connection>(m_hub, nullptr);
    m_keys = std::make_unique<KeyStore>(dataFolder() + u"/keys"_s, true, nullptr);
    m_session = std::make_unique<SessionStore>(dataFolder());
    m_records = std::make_unique<RecordWindows>(
        m_registry,
        m_hub,
        [this](const QStringList& files) { window().openFiles(files); },
        m_options.safeMode);
    m_journalDelay.setSingleShot(true);
    m_journalDelay.setInterval(kJournalDelayMs);
    connect(&m_journalDelay, &QTimer::timeout, this, [this] { saveState(); });
    connect(m_records.get(), &RecordWindows::changed, this, [this] { m_journalDelay.start(); });
    connect(m_records.get(), &RecordWindows::quitAsked, this, &Console::quit);
    connect(m_connection.get(), &Connection::connected, this, &Console::connected);
    connect(m_connection.get(), &Connection::failed, this, &Console::failed);
    auto& notes = ui::NoteDrafts::of(m_hub);
    if (!m_options.safeMode) {
        notes.restore(m_session->readNotes());
        connect(&notes, &ui::NoteDrafts::changed, this, [this] { m_notesDelay.start(); });
    }
    m_notesDelay.setSingleShot(true);
    m_notesDelay.setInterval(kJournalDelayMs);
    connect(&m_notesDelay, &QTimer::timeout, this, &Console::saveNotes);
    followGateways();
    qApp->installEventFilter(this);
    connect(&m_single, &SingleInstance::asked, this, &Console::takeOver);
}

Console::~Console()
{
    if (m_notesDelay.isActive()) {
        saveNotes();
    }
    m_records.reset();
    m_windows.clear();
}

QString Console::dataFolder() const
{
    return QStandardPaths::writableLocation(QStandardPaths::AppDataLocation);
}

int Console::run()
{
    if (!m_options.screenshotDir.isEmpty()) {
        m_options.newInstance = true;
        m_options.safeMode = true;
    }
    if (!m_options.newInstance && !m_options.safeMode) { // That is asked for when one hangs.
        const auto absolute = [](const QString& path) { // The other console stands elsewhere.
            return path.isEmpty() ? path : QFileInfo(path).absoluteFilePath();
        };
        HandedOver asked{{}, m_options.server, absolute(m_options.keyFile), m_options.query};
        for (const QString& file : m_options.files) {
            asked.files << absolute(file);
        }
        if (m_single.handOver(asked)) {
            return 0;
        }
        m_single.listen();
    }
    openWindow();
    begin();
    window().openFiles(m_options.files);
    if (!m_options.screenshotDir.isEmpty()) {
        auto* shots = new Screenshots(*this, m_options.screenshotDir); // Ends with the program.
        shots->setParent(this);
        const bool isNamed
            = !m_options.server.isEmpty() || qEnvironmentVariableIsSet("EXHIBIT_SERVER");
        isNamed ? shots->start() : shots->startOnSample();
    }
    const int code = QApplication::exec();
    if (!m_options.safeMode) { // It offers nothing, so it takes no offer away.
        m_session->endCleanly();
    }
    m_single.close();
    endGateways();
    return code;
}

void Console::takeOver(const HandedOver& asked)
{
    auto& shown = shownWindow();
    shown.raise();
    shown.activateWindow();
    const bool connected = m_hub.source() != nullptr;
    const bool named = !asked.server.isEmpty() || !asked.keyFile.isEmpty();
    const QString server = asked.server.isEmpty() ? m_connection->address() : asked.server;
    if (named && !server.isEmpty()
        && (!connected || (server == m_connection->address() && !asked.keyFile.isEmpty()))) {
        m_options.query = asked.query; // Shown when it is connected.
        connectWith(server, asked.keyFile);
    } else if (connected && server != m_connection->address()) {
        // What runs here is not ended unasked: the address waits for somebody to connect.
        for (auto* welcome : m_welcomes) {
            welcome->setAddress(server);
        }
        shown.showHome(true);
    } else if (connected && !asked.query.isEmpty()) {
        auto& search = ui::SearchController::of(shown.services());
        shown.showHome(false);
        search.show({asked.query, search.order()});
    }
    shown.openFiles(asked.files);
}

ui::MainWindow& Console::shownWindow()
{
    const auto visible = std::find_if(
        m_windows.rbegin(), m_windows.rend(), [](const auto& one) { return one->isVisible(); });
    if (visible != m_windows.rend()) {
        return **visible;
    }
    window().show(); // What was asked for is not opened where nobody sees it.
    return window();
}

ui::Welcome* Console::makeWelcome(ui::MainWindow& shown)
{
    return new ui::Welcome( // The window owns it.
        {.connectTo = [this](const ui::ConnectChoice& choice) { connectTo(choice); },
         .startLocal = [this, &shown] { startLocal(shown, LocalGateways::Kind::Kept); },
         .startSample = [this, &shown] { startLocal(shown, LocalGateways::Kind::Sample); },
         .openFirstIncident = [this, &shown] { openFirst(shown, Step::Newest); },
         .jumpToInflection = [this, &shown] { openFirst(shown, Step::Inflection); },
         .openEvidence = [&shown] { shown.actions().trigger(u"evidence.open"); },
         .pasteEvidence = [&shown] { shown.actions().trigger(u"evidence.paste"); },
         .openFiles = [&shown](const QStringList& files) { shown.openFiles(files); },
         .forgetServer = [this](const QString& address) { forgetServer(address); },
         .forgetFiles =
             [this] {
                 ui::RecentFiles::clear();
                 showRecent();
             }},
        &shown);
}

void Console::openWindow()
{
    m_windows.push_back(std::make_unique<ui::MainWindow>(m_registry, m_hub, m_options.safeMode));
    auto* shown = m_windows.back().get();
    auto* welcome = makeWelcome(*shown);
    welcome->setKeyStoreNote(m_keys->note());
    m_welcomes.push_back(welcome);
    shown->setHome(welcome);
    connect(shown, &ui::MainWindow::pageShown, this, [this] {
        showRecent();
        m_journalDelay.start();
    });
    showRecent();
    if (!m_options.safeMode) {
        m_session->restoreWindow(*shown);
    }
    if (m_hub.source() != nullptr) {
        shown->showHome(false);
    }
    connect(shown, &ui::MainWindow::newWindowAsked, this, &Console::openWindow);
    connect(shown, &ui::MainWindow::connectAsked, this, [shown] { shown->showHome(true); });
    connect(shown, &ui::MainWindow::sampleAsked, this, [this, shown] {
        startLocal(*shown, LocalGateways::Kind::Sample);
    });
    connect(shown, &ui::MainWindow::disconnectAsked, this, &Console::goOffline);
    connect(shown,
            &ui::MainWindow::recordWindowAsked,
            this,
            [this](const std::shared_ptr<const domain::SearchHit>& hit) { m_records->open(hit); });
    shown->setEndingJobs([this, shown] {
        QList<ui::JobList*> jobs{shown->services().jobs};
        for (auto* record :
             isLastOpen(*shown) ? m_records->windows() : QList<ui::RecordWindow*>{}) {
            jobs << record->services().jobs;
        }
        return jobs;
    });
    connect(shown, &ui::MainWindow::closing, this, [this, shown] {
        if (!m_options.safeMode) { // What was kept is somebody's layout, not the default.
            m_session->saveWindow(*shown);
        }
        saveState(shown);
        m_journalDelay.stop();
        if (m_notesDelay.isActive()) {
            saveNotes();
        }
        if (isLastOpen(*shown)) {
            m_records->closeAll();
        }
    });
    connect(shown, &ui::MainWindow::quitAsked, this, &Console::quit);
    journal(*shown);
    FirstPaint::watch(*shown);
    shown->show();
}

bool Console::isLastOpen(const ui::MainWindow& closing) const
{
    return std::none_of(m_windows.begin(), m_windows.end(), [&closing](const auto& window) {
        return window.get() != &closing && window->isVisible();
    });
}
} // namespace exhibit::console
