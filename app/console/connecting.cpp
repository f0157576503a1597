// SPDX-License-Identifier: Apache-2.0
// The way to a server: which one, with which key, and what is done when it is there.
#include "app/console/console.h"
#include "models/base/limits.h"
#include "ui/text.h"

#include <QFile>
#include <QUrl>

#include <utility>

namespace exhibit::console {

using namespace Qt::StringLiterals;

/// With the key of that file alone, or else the one kept: never with this process's own, which is
/// another server's.
void Console::connectWith(const QString& server, const QString& keyFile)
{
    Secret key = keyFile.isEmpty() ? Secret() : readKey(keyFile);
    for (auto* welcome : m_welcomes) {
        welcome->setAddress(server);
        if (key.empty() && !keyFile.isEmpty()) {
            welcome->setProgress(tr("There is no key in %1.").arg(ui::isolated(keyFile)), true);
        }
    }
    if (keyFile.isEmpty() || !key.empty()) {
        connectTo({server, std::move(key), false});
    } else {
        shownWindow().showHome(true);
    }
}

Secret Console::readKey(const QString& file)
{
    QFile opened(file);
    return opened.open(QIODevice::ReadOnly)
        ? Secret(opened.read(limits::kKeyFileBytesMax).trimmed().toStdString())
        : Secret();
}

Secret Console::keyFromOptions() const
{
    if (!m_options.keyFile.isEmpty()) {
        if (auto key = readKey(m_options.keyFile); !key.empty()) {
            return key;
        }
    }
    return Secret(qgetenv("EXHIBIT_API_KEY").trimmed().toStdString());
}

void Console::connectTo(const ui::ConnectChoice& choice)
{
    m_toKeep = {};
    if (choice.key.empty() && m_local.isKeptAt(choice.address)) {
        return startLocal(window(), LocalGateways::Kind::Kept);
    }
    for (auto* welcome : m_welcomes) {
        welcome->takeQuestionBack();
        welcome->setProgress(tr("Connecting to %1 …").arg(ui::isolated(choice.address)), false);
    }
    if (!choice.key.empty()) {
        if (choice.keepKey) {
            m_toKeep = choice;
        }
        return connectWith(choice.address, choice.key);
    }
    m_keys->read(choice.address, [this, address = choice.address](const Secret& key) {
        showKeyStoreNote();
        connectWith(address, key);
    });
}

void Console::showKeyStoreNote(const QString& error)
{
    for (auto* welcome : m_welcomes) {
        welcome->setKeyStoreNote(error.isEmpty() ? m_keys->note()
                                                 : tr("The key was not kept: %1").arg(error));
    }
}

void Console::connectWith(const QString& address, const Secret& key)
{
    const bool isReadable = !key.empty() && client::isReadableByOthers(QUrl(address));
    if (isReadable && !m_sentReadable.contains(address)) {
        return askToSend(address, key);
    }
    leaveSession();
    m_connection->open(address, key);
}

/// Once for an address, until the program ends. What is connected meanwhile stays so.
void Console::askToSend(const QString& address, const Secret& key)
{
    const auto answered = [this](const QString& progress, bool failed) {
        for (auto* welcome : m_welcomes) {
            welcome->takeQuestionBack();
            welcome->setProgress(progress, failed);
        }
    };
    for (auto* welcome : m_welcomes) {
        welcome->setProgress({}, false);
        welcome->askToSendReadable(
            address,
            [this, answered, address, key] {
                m_sentReadable << address;
                answered(tr("Connecting to %1 …").arg(ui::isolated(address)), false);
                connectWith(address, key);
            },
            [this, answered] {
                m_toKeep = {};
                answered(tr("Not connected: the key was not sent."), false);
            });
    }
    shownWindow().showHome(true);
}

void Console::forgetServer(const QString& address)
{
    m_keys->forget(address, [this](const QString& error) {
        if (!error.isEmpty()) {
            for (auto* welcome : m_welcomes) {
                welcome->setKeyStoreNote(tr("The kept key could not be removed: %1").arg(error));
            }
        }
    });
    m_session->forgetServer(address);
    const bool isOpen = m_hub.source() != nullptr && m_connection->address() == address;
    if (!isOpen && m_session->readState().server == address) {
        m_sessionOf.clear();
        m_session->saveState({}); // Else the next start would ask there again.
    }
    showRecent();
}

void Console::showRecent()
{
    QList<ui::RecentServer> servers;
    for (const auto& [address, day] : m_session->recentServers()) {
        servers << ui::RecentServer{address, day};
    }
    for (auto* welcome : m_welcomes) {
        welcome->setRecent(servers, ui::RecentFiles::list());
    }
}

/// A key that the server took is worth keeping, no other.
void Console::keepKey()
{
    const auto choice = std::exchange(m_toKeep, {});
    if (choice.keepKey && choice.address == m_connection->address()) {
        m_keys->write(
            choice.address, choice.key, [this](const QString& error) { showKeyStoreNote(error); });
    }
}

/// Windows whose panes somebody arranged already, and pages that somebody reads, stay so.
void Console::connected()
{
    keepKey();
    if (!m_options.safeMode
        && !m_local.servesAt(LocalGateways::Kind::Sample, m_connection->address())) {
        m_session->rememberServer(m_connection->address());
    }
    const bool isArranged = !window().dockLayout().isEmpty();
    std::vector<QString> pages;
    for (std::size_t i = 0; i < m_windows.size(); ++i) {
        auto& shown = *m_windows[i];
        pages.push_back(shown.shownPage());
        m_welcomes[i]->setProgress({}, false);
        const bool isNew = shown.dockLayout().isEmpty();
        shown.showHome(false);
        if (isNew && !m_options.safeMode) {
            m_session->restoreWindow(shown);
        }
    }
    restoreSession(isArranged);
    for (std::size_t i = 0; i < pages.size(); ++i) {
        if (!pages[i].isEmpty()) {
            m_windows[i]->showWorkspace(pages[i]);
        }
    }
    goOn();
}

void Console::failed(const QString& why)
{
    m_sessionOf.clear();
    m_toKeep = {};
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

} // namespace exhibit::console
