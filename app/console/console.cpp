// SPDX-License-Identifier: Apache-2.0
#include "app/console/console.h"

#include "app/console/screenshots.h"
#include "models/base/limits.h"
#include "ui/calls/calls_panes.h"
#include "ui/certificate/certificate_panes.h"
#include "ui/detail/detail_panes.h"
#include "ui/search/search_controller.h"
#include "ui/search/search_panes.h"
#include "ui/text.h"
#include "ui/timeline/timeline_panes.h"

#include <QApplication>
#include <QDir>
#include <QFile>
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

QString programBeside(const QString& name)
{
    const QString path = QCoreApplication::applicationDirPath() + u"/"_s + name;
    return QFile::exists(path) ? path : QString();
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
    , m_single(socketPathFor(dataFolder()), nullptr)
{
    if (m_plurals.load(u":/i18n/exhibit_en.qm"_s)) {
        QCoreApplication::installTranslator(&m_plurals); // Leaves with this.
    }
    registerPanes(m_registry);
    const QSettings settings;
    const auto kept = static_cast<ui::ThemeChoice>(settings.value(u"view/theme"_s, 0).toInt());
    m_theme.setReducedMotion(settings.value(u"view/reduce_motion"_s).toBool());
    m_theme.choose(themeOf(m_options.theme, m_options.safeMode ? ui::ThemeChoice::System : kept));
    m_connection = std::make_unique<Connection>(m_hub, nullptr);
    m_keys = std::make_unique<KeyStore>(dataFolder() + u"/keys"_s, true, nullptr);
    m_session = std::make_unique<SessionStore>(dataFolder());
    m_records = std::make_unique<RecordWindows>(
        m_registry, m_hub, [this](const QStringList& files) { window().openFiles(files); });
    m_journalDelay.setSingleShot(true);
    m_journalDelay.setInterval(kJournalDelayMs);
    connect(&m_journalDelay, &QTimer::timeout, this, &Console::saveState);
    connect(m_records.get(), &RecordWindows::changed, this, [this] { m_journalDelay.start(); });
    connect(m_connection.get(), &Connection::connected, this, &Console::connected);
    connect(m_connection.get(), &Connection::failed, this, &Console::failed);
    connect(&m_single, &SingleInstance::asked, this, [this](const QStringList& files) {
        auto& shown = shownWindow();
        shown.raise();
        shown.activateWindow();
        shown.openFiles(files);
    });
}

Console::~Console()
{
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
    if (!m_options.newInstance) {
        if (m_single.handOver(m_options.files)) {
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
        shots->start();
    }
    const int code = QApplication::exec();
    m_session->endCleanly();
    return code;
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

void Console::openWindow()
{
    m_windows.push_back(std::make_unique<ui::MainWindow>(m_registry, m_hub, m_options.safeMode));
    auto* shown = m_windows.back().get();
    auto* welcome = new ui::Welcome(
        {.connectTo = [this](const ui::ConnectChoice& choice) { connectTo(choice); },
         .startLocal = [this] { startLocal(); },
         .openFirstIncident = [this] { openFirst(false); },
         .jumpToInflection = [this] { openFirst(true); },
         .openEvidence = [shown] { shown->actions().trigger(u"evidence.open"); }},
        shown);
    welcome->setKeyStoreNote(m_keys->note());
    QList<ui::RecentServer> recent;
    for (const auto& [address, day] : m_session->recentServers()) {
        recent << ui::RecentServer{address, day};
    }
    welcome->setRecent(recent);
    m_welcomes.push_back(welcome);
    shown->setHome(welcome);
    if (!m_options.safeMode) {
        m_session->restoreWindow(*shown);
    }
    if (m_hub.source() != nullptr) {
        shown->showHome(false);
    }
    connect(shown, &ui::MainWindow::newWindowAsked, this, &Console::openWindow);
    connect(shown, &ui::MainWindow::connectAsked, this, [shown] { shown->showHome(true); });
    connect(shown, &ui::MainWindow::disconnectAsked, this, &Console::goOffline);
    connect(shown,
            &ui::MainWindow::recordWindowAsked,
            this,
            [this](const std::shared_ptr<const domain::SearchHit>& hit) { m_records->open(hit); });
    connect(shown, &ui::MainWindow::closing, this, [this, shown] {
        m_session->saveWindow(*shown);
        saveState();
        m_journalDelay.stop();
        if (isLastOpen(*shown)) {
            m_records->closeAll();
        }
    });
    auto& search = ui::SearchController::of(shown->services());
    const auto journal = [this] { m_journalDelay.start(); };
    connect(&search, &ui::SearchController::resultsShown, this, journal);
    connect(&search, &ui::SearchController::textChanged, this, journal);
    connect(shown->services().selection, &ui::Selection::incidentChanged, this, journal);
    shown->show();
}

bool Console::isLastOpen(const ui::MainWindow& closing) const
{
    return std::none_of(m_windows.begin(), m_windows.end(), [&closing](const auto& window) {
        return window.get() != &closing && window->isVisible();
    });
}

Secret Console::keyFromOptions() const
{
    if (!m_options.keyFile.isEmpty()) {
        QFile file(m_options.keyFile);
        if (file.open(QIODevice::ReadOnly)) {
            return Secret(file.read(limits::kKeyFileBytesMax).trimmed().toStdString());
        }
    }
    return Secret(qgetenv("EXHIBIT_API_KEY").trimmed().toStdString());
}

void Console::connectTo(const ui::ConnectChoice& choice)
{
    for (auto* welcome : m_welcomes) {
        welcome->setProgress(tr("Connecting to %1 …").arg(choice.address), false);
    }
    if (!choice.key.empty()) {
        if (choice.keepKey) {
            m_keys->write(choice.address, choice.key, [this](const QString& error) {
                for (auto* welcome : m_welcomes) {
                    welcome->setKeyStoreNote(error.isEmpty()
                                                 ? m_keys->note()
                                                 : tr("The key was not kept: %1").arg(error));
                }
            });
        }
        return connectWith(choice.address, choice.key);
    }
    m_keys->read(choice.address, [this, address = choice.address](const Secret& key) {
        connectWith(address, key);
    });
}

void Console::connectWith(const QString& address, const Secret& key)
{
    m_connection->open(address, key);
}

void Console::connected()
{
    if (m_startJob) {
        m_startJob->finish(ui::Job::State::Done, tr("Running at %1").arg(m_connection->address()));
    }
    if (!m_options.safeMode) {
        m_session->rememberServer(m_connection->address());
    }
    for (std::size_t i = 0; i < m_windows.size(); ++i) {
        m_welcomes[i]->setProgress({}, false);
        m_windows[i]->showHome(false);
        if (!m_options.safeMode) {
            m_session->restoreWindow(*m_windows[i]);
        }
    }
    restoreSession();
}

void Console::failed(const QString& why)
{
    for (std::size_t i = 0; i < m_windows.size(); ++i) {
        m_welcomes[i]->setProgress(why, true);
        m_windows[i]->showHome(true);
    }
}

void Console::goOffline()
{
    m_connection->close();
    for (auto& shown : m_windows) {
        shown->showHome(true);
    }
}

void Console::startLocal()
{
    if (m_bundled && m_bundled->isRunning()) {
        return;
    }
    m_startJob
        = window().services().jobs->start(tr("Local gateway"), [this] { m_bundled.reset(); });
    m_bundled = std::make_unique<client::BundledServer>(
        client::BundledServer::Programs{programBeside(u"exhibitd"_s),
                                        programBeside(u"exhibit-demo"_s),
                                        dataFolder() + u"/gateway"_s},
        nullptr);
    connect(m_bundled.get(), &client::BundledServer::note, this, [this](const QString& text) {
        m_welcomes.front()->setProgress(text, false);
        if (m_startJob) {
            m_startJob->progress(0, 0, text);
        }
    });
    connect(m_bundled.get(), &client::BundledServer::failed, this, [this](const QString& why) {
        if (m_startJob) {
            m_startJob->finish(ui::Job::State::Failed, why);
        }
        failed(why);
    });
    connect(m_bundled.get(),
            &client::BundledServer::ready,
            this,
            [this](const QString& address, const QString& keyFile) {
                m_options.keyFile = keyFile;
                m_welcomes.front()->setAddress(address);
                connectTo({address, keyFromOptions(), false});
            });
    m_bundled->start();
}

void Console::openFirst(bool jump)
{
    if (m_hub.source() == nullptr) {
        startLocal(); // The steps lead on from wherever one is.
        return;
    }
    window().showHome(false);
    if (jump) {
        window().actions().trigger(u"timeline.inflection");
    }
}

} // namespace exhibit::console
